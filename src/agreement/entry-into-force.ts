/**
 * Who is bound from when until when. Computed from the acts and their legal times alone, so that every node answers alike: a clock
 * only says for which instant one asks. Where the text sets a delay, a consent counts from 00:00 UTC of the day reached
 * (legal date + days); without a delay from its legal time. A date in the rule is a date, and no delay is added to it.
 */
import type { Did } from '../ids.ts';
import type { ForceRule } from './document.ts';
import {
  chainOfTexts,
  consentNumber,
  contractingParties,
  currentText,
  isAnsweredByAll,
  partiesOf,
  type Amendment,
  type InstrumentState,
  type TextVersion,
} from './instrument.ts';

const dayMs = 86_400_000;

function legalTime(state: InstrumentState, n: number): Date | undefined {
  const unixSeconds = state.times[n];
  return unixSeconds === undefined ? undefined : new Date(unixSeconds * 1000);
}

function after(time: Date, days: number): Date {
  return days === 0 ? time : new Date((Math.floor(time.getTime() / dayMs) + days) * dayMs);
}

/**
 * Of a withdrawal that its host has not dated yet: it binds on receipt, and cannot be earlier than what came before it. Whoever asks about an
 * earlier instant is answered as before.
 */
function withdrawalTime(state: InstrumentState, party: Did): Date | undefined {
  const withdrawal = state.withdrawals[party];
  if (!withdrawal) return undefined;
  const known = legalTime(state, withdrawal.n);
  if (known) return known;
  const before = Object.entries(state.times).flatMap(([n, seconds]) => (Number(n) < withdrawal.n ? [seconds] : []));
  return new Date(Math.max(0, ...before) * 1000);
}

interface Consent {
  readonly party: Did;
  /** With the delay that the text sets. */
  readonly counts: Date;
  readonly withdrawn: Date | undefined;
}

function confirmedConsents(state: InstrumentState): Consent[] {
  const { delayDays } = currentText(state).document.entryIntoForce;
  return contractingParties(state).flatMap((party) => {
    const n = consentNumber(state, party);
    const at = n === undefined ? undefined : legalTime(state, n);
    return at ? [{ party, counts: after(at, delayDays), withdrawn: withdrawalTime(state, party) }] : [];
  });
}

function isFulfilled(rule: ForceRule, consents: readonly Consent[], at: Date): boolean {
  if ('all' in rule) return rule.all.every((inner) => isFulfilled(inner, consents, at));
  if ('any' in rule) return rule.any.some((inner) => isFulfilled(inner, consents, at));
  if ('notBefore' in rule) return at >= new Date(rule.notBefore);
  // Within one second the numbers decide, and whoever withdraws at that instant consented before it.
  const standing = consents.filter(({ counts, withdrawn }) => counts <= at && (!withdrawn || withdrawn >= at));
  if ('consentOf' in rule) return standing.some((consent) => consent.party === rule.consentOf);
  return standing.length >= rule.consents;
}

function datesIn(rule: ForceRule): Date[] {
  if ('all' in rule) return rule.all.flatMap(datesIn);
  if ('any' in rule) return rule.any.flatMap(datesIn);
  return 'notBefore' in rule ? [new Date(rule.notBefore)] : [];
}

/**
 * Undefined while the rule is not fulfilled by confirmed consents. May lie in the future. A consent that was taken back before then does
 * not count (Vienna Convention 1969, Articles 24 and 68); one taken back later does not undo it.
 */
export function entryIntoForce(state: InstrumentState): Date | undefined {
  const { rule } = currentText(state).document.entryIntoForce;
  const consents = confirmedConsents(state);
  // A rule becomes true only where a consent begins to count or a date is reached; the first of those instants at which it holds is the one.
  return [...consents.map(({ counts }) => counts), ...datesIn(rule)]
    .toSorted((a, b) => a.getTime() - b.getTime())
    .find((instant) => isFulfilled(rule, consents, instant));
}

/** A party that consents after entry into force is bound by its own consent, after the same delay. */
export function boundFrom(state: InstrumentState, party: Did): Date | undefined {
  const inForce = entryIntoForce(state);
  const own = confirmedConsents(state).find((consent) => consent.party === party)?.counts;
  if (!inForce || !own) return undefined;
  return own > inForce ? own : inForce;
}

/**
 * When the notice has run that the text asked for as it was given; it runs in whole days from the legal time. Without a notice, or before
 * there is anything in force, a withdrawal takes effect at once, dated or not.
 */
export function boundUntil(state: InstrumentState, party: Did): Date | undefined {
  const withdrawal = state.withdrawals[party];
  const given = withdrawalTime(state, party);
  if (!withdrawal || !given) return undefined;
  const inForce = entryIntoForce(state);
  if (withdrawal.noticeDays === 0 || !inForce || given < inForce) return given;
  return legalTime(state, withdrawal.n) && after(given, withdrawal.noticeDays);
}

/**
 * A host that numbers a withdrawal and never dates it would hold its author for ever. What the copy-keepers said of the author's own log starts the
 * notice then: `confirmed` has that time by author, Unix seconds. A time that the host did state counts before it.
 */
export function startNotices(state: InstrumentState, confirmed: ReadonlyMap<string, number>): InstrumentState {
  const times = { ...state.times };
  for (const [party, { n }] of Object.entries(state.withdrawals)) {
    const seconds = confirmed.get(party);
    if (times[n] === undefined && seconds !== undefined) times[n] = seconds;
  }
  return { ...state, times };
}

export function isBoundAt(state: InstrumentState, party: Did, at: Date): boolean {
  const [from, until] = [boundFrom(state, party), boundUntil(state, party)];
  return from !== undefined && from <= at && (until === undefined || at < until);
}

/**
 * The text that binds at an instant. An amendment does from the legal time of the last acceptance needed (Articles 39 and 40): of every
 * contracting party but those that were no longer bound by then. Whoever gave notice and did not accept is bound by the old text to the end.
 */
export function textInForceAt(state: InstrumentState, at: Date): TextVersion {
  let inForce: TextVersion = currentText(state);
  for (const amendment of chainOfTexts(state)) {
    const from = bindsFrom(state, amendment);
    if (!from || from > at) break;
    inForce = amendment;
  }
  return inForce;
}

function bindsFrom(state: InstrumentState, { acceptances, completedBy }: Amendment): Date | undefined {
  let last = new Date(0);
  for (const party of completedBy ?? []) {
    const n = acceptances[party];
    const freed = [n === undefined ? undefined : legalTime(state, n), boundUntil(state, party)].filter(
      (time) => time !== undefined,
    );
    const first = freed.toSorted((a, b) => a.getTime() - b.getTime())[0];
    if (!first) return undefined;
    if (first > last) last = first;
  }
  return last;
}

export type InstrumentStatus =
  'negotiation' | 'refused' | 'signed' | 'unconfirmed' | 'awaiting-date' | 'in-force' | 'ended';

export function statusAt(state: InstrumentState, at: Date): InstrumentStatus {
  const parties = partiesOf(state);
  const inForce = entryIntoForce(state);
  const hasLeft = (party: Did): boolean => {
    const until = boundUntil(state, party);
    return until !== undefined && until <= at;
  };
  if (inForce && inForce <= at)
    // One party has nobody to be bound to.
    return parties.filter((party) => isBoundAt(state, party, at)).length < 2 ? 'ended' : 'in-force';
  if (parties.filter((party) => !hasLeft(party)).length < 2) return 'ended';
  if (inForce) return 'awaiting-date';
  if (parties.length - Object.keys(state.refusals).length < 2) return 'refused';
  if (!isAnsweredByAll(state)) return 'negotiation';
  const isUnconfirmed = contractingParties(state).some((party) => {
    const n = consentNumber(state, party);
    return n !== undefined && legalTime(state, n) === undefined;
  });
  return isUnconfirmed ? 'unconfirmed' : 'signed';
}
