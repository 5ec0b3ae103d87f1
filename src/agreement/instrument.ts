/** An instrument as the pure fold of its acts. What depends on the date (in force, bound, ended) is asked of the state, not stored in it. */
import { isDeepStrictEqual } from 'node:util';
import type { ActId, Did } from '../ids.ts';
import { assuranceMethods, type AssuranceMethod } from '../acts/payload.ts';
import type { FoldAct, Procedure } from '../acts/protocol.ts';
import { acceptAmendment, amend, propose, ratify, refuse, revise, sign, withdraw } from './act-types.ts';
import { partyWithoutKeepers } from './copy-keepers.ts';
import { documentSchema, type InstrumentDocument } from './document.ts';
import { articleBelowFloor } from './floor.ts';

export interface TextVersion {
  readonly act: ActId;
  readonly n: number;
  readonly by: Did;
  readonly document: InstrumentDocument;
}

export interface Signature {
  readonly n: number;
  readonly consent: 'definitive' | 'subject-to-ratification';
}

export interface Amendment extends TextVersion {
  /** The text that it changes. */
  readonly base: ActId;
  /** The acceptance of each party, by its number. Proposing is accepting. */
  readonly acceptances: Readonly<Record<string, number>>;
  /**
   * Those who were contracting parties when nobody else had to accept any more: each had, or was on its way out. Null until then. Whoever consents
   * later consents to the text as amended (Article 40, paragraph 5).
   */
  readonly completedBy: readonly Did[] | null;
}

export interface Withdrawal {
  readonly n: number;
  /** That the text asked for when notice was given; a later text cannot make it longer. */
  readonly noticeDays: number;
}

export interface InstrumentState {
  /** Every text so far; the last one is on the table, or was signed. */
  readonly versions: readonly TextVersion[];
  readonly signatures: Readonly<Record<string, Signature>>;
  readonly ratifications: Readonly<Record<string, number>>;
  readonly refusals: Readonly<Record<string, number>>;
  readonly withdrawals: Readonly<Record<string, Withdrawal>>;
  readonly amendments: readonly Amendment[];
  /** Legal time by act number, Unix seconds: only what independent copy-keepers confirmed. */
  readonly times: Readonly<Record<string, number>>;
}

export function currentText(state: InstrumentState): TextVersion {
  const version = state.versions.at(-1);
  if (!version) throw new RangeError('an instrument without a text');
  return version;
}

export function textWithId(state: InstrumentState, id: ActId): TextVersion {
  const text = [...state.versions, ...state.amendments].find(({ act }) => act === id);
  if (!text) throw new RangeError('a text that is not of this instrument');
  return text;
}

export const partiesOf = (state: InstrumentState): readonly Did[] => currentText(state).document.parties;

/** The act by which a party consents to be bound: its definitive signature, or its ratification. */
export function consentNumber(state: InstrumentState, party: Did): number | undefined {
  const signature = state.signatures[party];
  return signature?.consent === 'definitive' ? signature.n : state.ratifications[party];
}

/** Those who consented to be bound: whom the Vienna Convention calls contracting States or parties (Article 2), without those who refused. */
export const contractingParties = (state: InstrumentState): readonly Did[] =>
  partiesOf(state).filter((party) => consentNumber(state, party) !== undefined);

/** Everybody who negotiated has said whether to go on; from now on the text changes by amendment, among those who consented. */
export const isAnsweredByAll = (state: InstrumentState): boolean =>
  partiesOf(state).every((party) => state.signatures[party] !== undefined || state.refusals[party] !== undefined);

/** Once somebody consented, the text can change by amendment only. */
const isTextOpen = (state: InstrumentState): boolean =>
  partiesOf(state).every((party) => consentNumber(state, party) === undefined);

export const instrumentProcedure: Procedure<InstrumentState> = {
  kind: 'agreement',
  opening: propose.name,

  refusesOpening(act) {
    const document = documentSchema.safeParse(act.publicBody);
    if (!document.success) return 'text-malformed';
    if (!document.data.parties.includes(act.party)) return 'not-a-party';
    if (partyWithoutKeepers(document.data)) return 'keepers-too-few';
    return articleBelowFloor(document.data) ? 'below-the-floor' : undefined;
  },

  open: (act) => ({
    versions: [versionOf(act, 1)],
    signatures: {},
    ratifications: {},
    refusals: {},
    withdrawals: {},
    amendments: [],
    times: {},
  }),

  refuses(state, act) {
    const { party } = act;
    if (!partiesOf(state).includes(party)) return 'not-a-party';
    if (state.refusals[party] !== undefined && act.type !== revise.name) return 'already-refused';
    // Who has given notice is bound until it has run, and has a say in what binds until then (Articles 54 and 56).
    if (state.withdrawals[party] !== undefined && act.type !== acceptAmendment.name) return 'already-withdrawn';
    switch (act.type) {
      case revise.name:
        if (!isTextOpen(state)) return 'text-closed';
        if (revise.summary.parse(act.summary).base !== currentText(state).act) return 'text-has-moved-on';
        return documentProblem(act, partiesOf(state));
      case sign.name:
        if (sign.summary.parse(act.summary).version !== bindingText(state).act) return 'text-has-moved-on';
        if (state.signatures[party]) return 'already-signed';
        return isAssured(state, act) ? undefined : 'assurance-too-low';
      case ratify.name:
        if (ratify.summary.parse(act.summary).version !== bindingText(state).act) return 'text-has-moved-on';
        if (state.signatures[party]?.consent !== 'subject-to-ratification') return 'nothing-to-ratify';
        if (state.ratifications[party] !== undefined) return 'already-ratified';
        return isAssured(state, act) ? undefined : 'assurance-too-low';
      case refuse.name:
        if (refuse.summary.parse(act.summary).version !== currentText(state).act) return 'text-has-moved-on';
        return consentNumber(state, party) === undefined ? undefined : 'already-bound';
      case withdraw.name:
        if (consentNumber(state, party) === undefined) return 'not-bound';
        return isAssured(state, act) ? undefined : 'assurance-too-low';
      case amend.name: {
        if (!isAnsweredByAll(state)) return 'not-signed-by-all';
        if (consentNumber(state, party) === undefined) return 'not-bound';
        if (contractingParties(state).length < 2) return 'nobody-to-agree-with';
        const { document } = bindingText(state);
        if (amend.summary.parse(act.summary).base !== bindingText(state).act) return 'text-has-moved-on';
        if (!isAssured(state, act)) return 'assurance-too-low';
        return documentProblem(act, partiesOf(state)) ?? refusesAmended(act, document);
      }
      case acceptAmendment.name: {
        const { amendment: id } = acceptAmendment.summary.parse(act.summary);
        const amendment = state.amendments.find((candidate) => candidate.act === id);
        if (!amendment) return 'amendment-unknown';
        if (consentNumber(state, party) === undefined) return 'not-bound';
        if (amendment.acceptances[party] !== undefined) return 'already-accepted';
        // Another one was completed on the same text: this one would undo it unseen (Article 39 asks for agreement between all).
        if (amendment.completedBy === null && amendment.base !== bindingText(state).act) return 'text-has-moved-on';
        return isAssured(state, act) ? undefined : 'assurance-too-low';
      }
      default:
        return 'not-a-step-here';
    }
  },

  apply(state, act, n) {
    const { party } = act;
    switch (act.type) {
      case revise.name:
        // What was said of another text is not said of this one.
        return {
          ...state,
          versions: [...state.versions, versionOf(act, n)],
          signatures: {},
          ratifications: {},
          refusals: {},
        };
      case sign.name:
        return {
          ...state,
          signatures: { ...state.signatures, [party]: { n, consent: sign.summary.parse(act.summary).consent } },
        };
      case ratify.name:
        return { ...state, ratifications: { ...state.ratifications, [party]: n } };
      case refuse.name:
        return { ...state, refusals: { ...state.refusals, [party]: n } };
      case withdraw.name:
        return completeAmendments({
          ...state,
          withdrawals: {
            ...state.withdrawals,
            [party]: { n, noticeDays: bindingText(state).document.withdrawalNoticeDays },
          },
        });
      case amend.name: {
        const { base } = amend.summary.parse(act.summary);
        const amendment: Amendment = { ...versionOf(act, n), base, acceptances: { [party]: n }, completedBy: null };
        return completeAmendments({ ...state, amendments: [...state.amendments, amendment] });
      }
      case acceptAmendment.name: {
        const { amendment: id } = acceptAmendment.summary.parse(act.summary);
        const accept = (amendment: Amendment): Amendment =>
          amendment.act === id ? { ...amendment, acceptances: { ...amendment.acceptances, [party]: n } } : amendment;
        return completeAmendments({ ...state, amendments: state.amendments.map(accept) });
      }
      default:
        throw new RangeError(`no step of an instrument: ${act.type}`);
    }
  },

  timed: (state, n, unixSeconds) => ({ ...state, times: { ...state.times, [n]: unixSeconds } }),
  participants: partiesOf,
  copyKeepers: (state) => settledText(state).document.copyKeepers,
  keepersNamedBy(act) {
    const document = documentSchema.safeParse(act.publicBody);
    return document.success ? document.data.copyKeepers.keepers : [];
  },
};

/**
 * The text that binds, or will without anybody doing anything more: the last amendment that is complete, else the signed text. From
 * when it binds is a matter of legal times (entry-into-force.ts).
 */
export function bindingText(state: InstrumentState): TextVersion {
  return chainOfTexts(state).at(-1) ?? currentText(state);
}

/**
 * The last text that rests on nobody's running notice, as far as the instrument's own legal times go. Its keepers give the times: named by those who
 * stay alone, other ones could leave the notice of whoever goes undated for ever.
 */
export function settledText(state: InstrumentState): TextVersion {
  let settled: TextVersion = currentText(state);
  for (const amendment of chainOfTexts(state)) {
    const { acceptances, completedBy } = amendment;
    if (!completedBy?.every((party) => acceptances[party] !== undefined || hasNoticeRun(state, party))) break;
    settled = amendment;
  }
  return settled;
}

const daySeconds = 86_400;

/** By its legal time and a later one: without a clock, and never sooner than the party is free (entry-into-force.ts). */
function hasNoticeRun({ withdrawals, times }: InstrumentState, party: Did): boolean {
  const withdrawal = withdrawals[party];
  const given = withdrawal && times[withdrawal.n];
  if (!withdrawal || given === undefined) return false;
  const { noticeDays } = withdrawal;
  const end = noticeDays === 0 ? given : (Math.floor(given / daySeconds) + noticeDays) * daySeconds;
  return Object.values(times).some((time) => time >= end);
}

/** Complete amendments, each on the one before it. */
export function chainOfTexts(state: InstrumentState): readonly Amendment[] {
  const chain: Amendment[] = [];
  let base = currentText(state).act;
  for (;;) {
    const next = state.amendments.find((amendment) => amendment.base === base && amendment.completedBy !== null);
    if (!next) return chain;
    chain.push(next);
    base = next.act;
  }
}

/** At most one amendment of a text is ever completed: acceptance of the others is refused from then on. */
function completeAmendments(state: InstrumentState): InstrumentState {
  const base = bindingText(state).act;
  const parties = contractingParties(state);
  const completed = state.amendments.find(
    (amendment) =>
      amendment.base === base &&
      parties.every((party) => amendment.acceptances[party] !== undefined || state.withdrawals[party] !== undefined),
  );
  if (!completed) return state;
  return {
    ...state,
    amendments: state.amendments.map((amendment) =>
      amendment === completed ? { ...amendment, completedBy: parties } : amendment,
    ),
  };
}

function versionOf(act: FoldAct, n: number): TextVersion {
  return { act: act.id, n, by: act.party, document: documentSchema.parse(act.publicBody) };
}

function documentProblem(act: FoldAct, parties: readonly Did[]): string | undefined {
  const document = documentSchema.safeParse(act.publicBody);
  if (!document.success) return 'text-malformed';
  // Who takes part was settled by the opening act; a new party accedes, it is not written in by others.
  if (
    document.data.parties.length !== parties.length ||
    document.data.parties.some((party) => !parties.includes(party))
  )
    return 'parties-changed';
  if (partyWithoutKeepers(document.data)) return 'keepers-too-few';
  return articleBelowFloor(document.data) ? 'below-the-floor' : undefined;
}

/** How the instrument enters into force was decided with it; an amendment that said otherwise would say nothing. */
function refusesAmended(act: FoldAct, { entryIntoForce }: InstrumentDocument): string | undefined {
  const amended = documentSchema.parse(act.publicBody);
  return isDeepStrictEqual(amended.entryIntoForce, entryIntoForce) ? undefined : 'entry-into-force-changed';
}

/** What the settled text asks for; and of all but a party on its way out, which need not have agreed to it, what the binding one asks for. */
export function assuranceNeeded(state: InstrumentState, party: Did): AssuranceMethod {
  const settled = settledText(state).document.assurance;
  const binding = state.withdrawals[party] ? settled : bindingText(state).document.assurance;
  return assuranceMethods.indexOf(binding) > assuranceMethods.indexOf(settled) ? binding : settled;
}

function isAssured(state: InstrumentState, act: FoldAct): boolean {
  return assuranceMethods.indexOf(act.assurance) >= assuranceMethods.indexOf(assuranceNeeded(state, act.party));
}
