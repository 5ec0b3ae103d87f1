import type { Did } from '../ids.ts';
import type { InstrumentStatus } from './entry-into-force.ts';
import {
  bindingText,
  consentNumber,
  contractingParties,
  isAnsweredByAll,
  partiesOf,
  type Amendment,
  type InstrumentState,
} from './instrument.ts';

export const instrumentSteps = [
  'revise',
  'sign',
  'sign-subject-to-ratification',
  'ratify',
  'refuse',
  'withdraw',
  'amend',
  'accept-amendment',
] as const;
export type InstrumentStep = (typeof instrumentSteps)[number];

/** Taken on one version of the text: that which was on the page. */
export const stepsOnVersion = [
  'sign',
  'sign-subject-to-ratification',
  'ratify',
  'refuse',
] as const satisfies readonly InstrumentStep[];
export type StepOnVersion = (typeof stepsOnVersion)[number];

/** What may be done next, by status: read by the server before it acts and by the page that offers the buttons. */
const stepsByStatus = {
  negotiation: ['revise', 'sign', 'sign-subject-to-ratification', 'ratify', 'refuse'],
  signed: ['ratify', 'refuse', 'withdraw', 'amend', 'accept-amendment'],
  unconfirmed: ['ratify', 'withdraw', 'amend', 'accept-amendment'],
  'awaiting-date': ['withdraw', 'amend', 'accept-amendment'],
  'in-force': ['sign', 'sign-subject-to-ratification', 'ratify', 'withdraw', 'amend', 'accept-amendment'],
  refused: [],
  ended: [],
} as const satisfies Record<InstrumentStatus, readonly InstrumentStep[]>;

/** Those of the status that this party has not taken already. What the fold refuses in the end, the host logs with its reason. */
export function allowedSteps(state: InstrumentState, status: InstrumentStatus, party: Did): readonly InstrumentStep[] {
  if (!partiesOf(state).includes(party)) return [];
  return stepsByStatus[status].filter((step) => isOpenTo(state, party, step));
}

function isOpenTo(state: InstrumentState, party: Did, step: InstrumentStep): boolean {
  if (state.refusals[party] !== undefined) return false;
  if (state.withdrawals[party] !== undefined && step !== 'accept-amendment') return false;
  const isBound = consentNumber(state, party) !== undefined;
  const signature = state.signatures[party];
  switch (step) {
    case 'revise':
      return partiesOf(state).every((each) => consentNumber(state, each) === undefined);
    case 'sign':
    case 'sign-subject-to-ratification':
      return signature === undefined;
    case 'ratify':
      return signature?.consent === 'subject-to-ratification' && !isBound;
    case 'refuse':
      return !isBound;
    case 'withdraw':
      return isBound;
    case 'amend':
      return isBound && isAnsweredByAll(state) && contractingParties(state).length > 1;
    case 'accept-amendment':
      return openAmendments(state, party).length > 0;
  }
}

/** Of the text that binds, or complete without this party, which is on its way out and may still join. */
export function openAmendments(state: InstrumentState, party: Did): readonly Amendment[] {
  if (consentNumber(state, party) === undefined) return [];
  const base = bindingText(state).act;
  return state.amendments.filter(
    ({ acceptances, completedBy, base: of }) =>
      acceptances[party] === undefined && (completedBy === null ? of === base : completedBy.includes(party)),
  );
}
