/** An instrument as the pure fold of its acts. What depends on the date (in force, bound, ended) is asked of the state, not stored in it. */
import type { ActId, Did } from '../ids.ts';
import { assuranceMethods } from '../acts/payload.ts';
import type { FoldAct, Procedure } from '../acts/protocol.ts';
import { acceptAmendment, amend, propose, ratify, refuse, revise, sign, withdraw } from './act-types.ts';
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
  /** The acceptance of each party, by its number. Proposing is accepting. */
  readonly acceptances: Readonly<Record<string, number>>;
}

export interface InstrumentState {
  /** Every text so far; the last one is on the table, or was signed. */
  readonly versions: readonly TextVersion[];
  readonly signatures: Readonly<Record<string, Signature>>;
  readonly ratifications: Readonly<Record<string, number>>;
  readonly refusals: Readonly<Record<string, number>>;
  readonly withdrawals: Readonly<Record<string, number>>;
  readonly amendments: readonly Amendment[];
  /** Legal time by act number, Unix seconds: only what independent copy-keepers confirmed. */
  readonly times: Readonly<Record<string, number>>;
}

export function currentText(state: InstrumentState): TextVersion {
  const version = state.versions.at(-1);
  if (!version) throw new RangeError('an instrument without a text');
  return version;
}

export const partiesOf = (state: InstrumentState): readonly Did[] => currentText(state).document.parties;

/** The act by which a party consents to be bound: its definitive signature, or its ratification. */
export function consentNumber(state: InstrumentState, party: Did): number | undefined {
  const signature = state.signatures[party];
  return signature?.consent === 'definitive' ? signature.n : state.ratifications[party];
}

export function isSignedByAll(state: InstrumentState): boolean {
  return partiesOf(state).every((party) => state.signatures[party] !== undefined);
}

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
    if (state.refusals[party] !== undefined) return 'already-refused';
    if (state.withdrawals[party] !== undefined) return 'already-withdrawn';
    switch (act.type) {
      case revise.name:
        if (!isTextOpen(state)) return 'text-closed';
        if (revise.summary.parse(act.summary).base !== currentText(state).act) return 'text-has-moved-on';
        return documentProblem(act, partiesOf(state));
      case sign.name:
        if (sign.summary.parse(act.summary).version !== currentText(state).act) return 'text-has-moved-on';
        if (state.signatures[party]) return 'already-signed';
        return isAssured(state, act) ? undefined : 'assurance-too-low';
      case ratify.name:
        if (ratify.summary.parse(act.summary).version !== currentText(state).act) return 'text-has-moved-on';
        if (state.signatures[party]?.consent !== 'subject-to-ratification') return 'nothing-to-ratify';
        if (state.ratifications[party] !== undefined) return 'already-ratified';
        return isAssured(state, act) ? undefined : 'assurance-too-low';
      case refuse.name:
        return consentNumber(state, party) === undefined ? undefined : 'already-bound';
      case withdraw.name:
        if (consentNumber(state, party) === undefined) return 'not-bound';
        return isAssured(state, act) ? undefined : 'assurance-too-low';
      case amend.name:
        if (!isSignedByAll(state)) return 'not-signed-by-all';
        if (amend.summary.parse(act.summary).base !== bindingText(state).act) return 'text-has-moved-on';
        return documentProblem(act, partiesOf(state));
      case acceptAmendment.name: {
        const { amendment: id } = acceptAmendment.summary.parse(act.summary);
        const amendment = state.amendments.find((candidate) => candidate.act === id);
        if (!amendment) return 'amendment-unknown';
        return amendment.acceptances[party] === undefined ? undefined : 'already-accepted';
      }
      default:
        return 'not-a-step-here';
    }
  },

  apply(state, act, n) {
    const { party } = act;
    switch (act.type) {
      case revise.name:
        return { ...state, versions: [...state.versions, versionOf(act, n)], signatures: {}, ratifications: {} };
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
        return { ...state, withdrawals: { ...state.withdrawals, [party]: n } };
      case amend.name:
        return { ...state, amendments: [...state.amendments, { ...versionOf(act, n), acceptances: { [party]: n } }] };
      case acceptAmendment.name: {
        const { amendment: id } = acceptAmendment.summary.parse(act.summary);
        const accept = (amendment: Amendment): Amendment =>
          amendment.act === id ? { ...amendment, acceptances: { ...amendment.acceptances, [party]: n } } : amendment;
        return { ...state, amendments: state.amendments.map(accept) };
      }
      default:
        throw new RangeError(`no step of an instrument: ${act.type}`);
    }
  },

  timed: (state, n, unixSeconds) => ({ ...state, times: { ...state.times, [n]: unixSeconds } }),
  participants: partiesOf,
  copyKeepers: (state) => {
    const { keepers, k } = currentText(state).document.copyKeepers;
    return { vkeys: keepers.map((keeper) => keeper.vkey), k };
  },
};

/** The text that binds, or will: the last amendment everybody accepted, else the signed text. */
export function bindingText(state: InstrumentState): TextVersion {
  return state.amendments.findLast((amendment) => isAcceptedByAll(state, amendment)) ?? currentText(state);
}

export function isAcceptedByAll(state: InstrumentState, amendment: Amendment): boolean {
  return partiesOf(state).every(
    (party) => amendment.acceptances[party] !== undefined || state.withdrawals[party] !== undefined,
  );
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
  return articleBelowFloor(document.data) ? 'below-the-floor' : undefined;
}

function isAssured(state: InstrumentState, act: FoldAct): boolean {
  const needed = currentText(state).document.assurance;
  return assuranceMethods.indexOf(act.assurance) >= assuranceMethods.indexOf(needed);
}
