/** In which order signals ask for attention, and why: few reasons, each in words on the page, so that an officer can disagree. */

export interface Candidate {
  readonly id: string;
  /** The disease is notified at once, whatever the numbers say. */
  readonly isImmediate: boolean;
  /** Told by a person (a rumour, a colleague) rather than computed. */
  readonly isToldByPerson: boolean;
  readonly observed: number | undefined;
  /** What the method expected; undefined for a rule that expects nothing and only has a limit. */
  readonly usual: number | undefined;
  readonly limit: number | undefined;
  /** Of the method's test, where it has one. */
  readonly pValue: number | undefined;
  /** Neighbouring places with an open signal of the same indicator. */
  readonly neighbours: number;
  /** Periods of the signal that are in alarm. */
  readonly alarmPeriods: number;
  readonly raisedAt: Date;
}

export type RankReason =
  | { readonly code: 'immediate' }
  | { readonly code: 'told' }
  /** How rarely chance alone brings as much. */
  | { readonly code: 'evidence'; readonly pValue: number }
  /** Without a test: how far above the usual, in units of the chance variation of a count of that size. */
  | { readonly code: 'excess'; readonly units: number }
  /** For a rule without an expectation. */
  | { readonly code: 'over-limit'; readonly times: number }
  | { readonly code: 'neighbours'; readonly count: number }
  | { readonly code: 'persisting'; readonly periods: number };

export interface Ranked<C extends Candidate> {
  readonly candidate: C;
  readonly score: number;
  readonly reasons: readonly RankReason[];
}

/** A word from a person weighs as much as a count three units above the usual. */
const toldPoints = 3;
const neighbourPoints = 2;
const mostNeighbours = 3;
/** A p value of 1 in 10,000 millions: what lies beyond says more of the model than of the disease. */
const mostEvidence = 10;
/** Evidence of a disease for immediate notification weighs this many times that of others. */
export const immediateConsequence = 3;
const mostPeriods = 4;

const round = (value: number): number => Math.round(value * 10) / 10;

function weigh(candidate: Candidate): { readonly score: number; readonly reasons: readonly RankReason[] } {
  const { isImmediate, isToldByPerson, observed, usual, limit, pValue, neighbours, alarmPeriods } = candidate;
  const against = usual ?? limit;
  // The standard deviation of a Poisson count is the root of its mean; below one case it says nothing.
  const units =
    observed === undefined || against === undefined ? 0 : (observed - against) / Math.sqrt(Math.max(against, 1));
  const excess = round(Math.max(0, units));
  const times = observed === undefined || !limit ? 0 : round(observed / limit);
  const reasons: RankReason[] = [];
  if (isImmediate) reasons.push({ code: 'immediate' });
  if (isToldByPerson) reasons.push({ code: 'told' });
  if (pValue !== undefined) reasons.push({ code: 'evidence', pValue });
  else if (excess > 0 && usual !== undefined) reasons.push({ code: 'excess', units: excess });
  if (times > 1 && usual === undefined) reasons.push({ code: 'over-limit', times });
  if (neighbours > 0) reasons.push({ code: 'neighbours', count: neighbours });
  if (alarmPeriods > 1) reasons.push({ code: 'persisting', periods: alarmPeriods });
  const evidence =
    pValue === undefined
      ? Math.min(mostEvidence, excess)
      : Math.min(mostEvidence, -Math.log10(Math.max(pValue, 1e-300)));
  const score =
    (isToldByPerson ? toldPoints : 0) +
    round(evidence) * (isImmediate ? immediateConsequence : 1) +
    neighbourPoints * Math.min(neighbours, mostNeighbours) +
    Math.min(Math.max(alarmPeriods - 1, 0), mostPeriods - 1);
  return { score, reasons };
}

/** Diseases for immediate notification first, then by score; of equals, the one that has waited longest. */
export function rank<C extends Candidate>(candidates: readonly C[]): readonly Ranked<C>[] {
  return candidates
    .map((candidate): Ranked<C> => ({ candidate, ...weigh(candidate) }))
    .toSorted(
      (a, b) =>
        Number(b.candidate.isImmediate) - Number(a.candidate.isImmediate) ||
        b.score - a.score ||
        a.candidate.raisedAt.getTime() - b.candidate.raisedAt.getTime() ||
        (a.candidate.id < b.candidate.id ? -1 : 1),
    );
}
