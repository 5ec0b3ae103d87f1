/**
 * The life of a signal: triage, verification, risk assessment, event, end. One table, read by the actions before they write
 * and by the page that offers the buttons. A job may bring a signal into being or add an alarm to it; every step from
 * there on is a person's, and the database wants that person's name.
 */

export const signalStatuses = [
  'new',
  'to-verify',
  'monitoring',
  'verified',
  'assessed',
  'event',
  'closed',
  'duplicate',
  'not-relevant',
  'discarded',
] as const;
export type SignalStatus = (typeof signalStatuses)[number];

export const signalSteps = [
  'accept',
  'mark-duplicate',
  'set-aside',
  'discard',
  'monitor',
  'verify',
  'assess',
  'open-event',
  'close',
  'reopen',
] as const;
export type SignalStep = (typeof signalSteps)[number];

const nextByStatus = {
  new: { accept: 'to-verify', 'mark-duplicate': 'duplicate', 'set-aside': 'not-relevant' },
  'to-verify': { verify: 'verified', monitor: 'monitoring', discard: 'discarded', 'mark-duplicate': 'duplicate' },
  monitoring: { verify: 'verified', monitor: 'monitoring', discard: 'discarded' },
  verified: { assess: 'assessed' },
  assessed: { 'open-event': 'event', assess: 'assessed', monitor: 'monitoring', close: 'closed' },
  event: { assess: 'event', close: 'closed' },
  closed: {},
  duplicate: { reopen: 'to-verify' },
  'not-relevant': { reopen: 'to-verify' },
  discarded: { reopen: 'to-verify' },
} as const satisfies Record<SignalStatus, Partial<Record<SignalStep, SignalStatus>>>;

const nextOf = (status: SignalStatus): Partial<Record<SignalStep, SignalStatus>> => nextByStatus[status];

export function allowedSteps(status: SignalStatus): readonly SignalStep[] {
  return signalSteps.filter((step) => nextOf(status)[step] !== undefined);
}

/** Undefined: this step cannot be taken from here. */
export function nextStatus(status: SignalStatus, step: SignalStep): SignalStatus | undefined {
  return nextOf(status)[step];
}

/** While a signal is open it takes up new alarms of its rule and place. The migration's unique index lists the same. */
export const endedStatuses: readonly SignalStatus[] = ['closed', 'duplicate', 'not-relevant', 'discarded'];

export const isOpen = (status: SignalStatus): boolean => !endedStatuses.includes(status);

/** Confirmed by a person as true. Before that nothing of it leaves this node. */
export const isVerified = (status: SignalStatus): boolean =>
  status === 'verified' || status === 'assessed' || status === 'event' || status === 'closed';

/** Hours within which the office means to have triaged and then verified (Sphere Handbook 2018, health systems standard 1.5). */
export const promptHours = 24;

/** After the end of a signal the same rule is silent at the same place for this long. */
export const quietDays = 7;
