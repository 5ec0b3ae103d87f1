/**
 * Who is bound from when until when. Computed from the acts and their legal times alone, so that every node answers alike: a clock
 * only says for which instant one asks. Where the text sets a delay, what it delays happens at 00:00 UTC of the day reached
 * (legal date + days); without a delay it happens at the legal time itself.
 */
import type { Did } from '../ids.ts';
import type { ForceRule } from './document.ts';
import {
  bindingText,
  consentNumber,
  currentText,
  isAcceptedByAll,
  isSignedByAll,
  partiesOf,
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

interface Consent {
  readonly party: Did;
  readonly at: Date;
}

function confirmedConsents(state: InstrumentState): Consent[] {
  return partiesOf(state).flatMap((party) => {
    const n = consentNumber(state, party);
    const at = n === undefined ? undefined : legalTime(state, n);
    return at ? [{ party, at }] : [];
  });
}

function isFulfilled(rule: ForceRule, consents: readonly Consent[], at: Date): boolean {
  if ('all' in rule) return rule.all.every((inner) => isFulfilled(inner, consents, at));
  if ('any' in rule) return rule.any.some((inner) => isFulfilled(inner, consents, at));
  if ('notBefore' in rule) return at >= new Date(rule.notBefore);
  const given = consents.filter((consent) => consent.at <= at);
  if ('consentOf' in rule) return given.some((consent) => consent.party === rule.consentOf);
  return given.length >= rule.consents;
}

function datesIn(rule: ForceRule): Date[] {
  if ('all' in rule) return rule.all.flatMap(datesIn);
  if ('any' in rule) return rule.any.flatMap(datesIn);
  return 'notBefore' in rule ? [new Date(rule.notBefore)] : [];
}

/** Undefined while the rule is not fulfilled by confirmed consents. May lie in the future. */
export function entryIntoForce(state: InstrumentState): Date | undefined {
  const { rule, delayDays } = currentText(state).document.entryIntoForce;
  const consents = confirmedConsents(state);
  // Rules only ever become true as consents and dates come, so the first of those instants at which it holds is the one.
  const instants = [...consents.map((consent) => consent.at), ...datesIn(rule)].sort(
    (a, b) => a.getTime() - b.getTime(),
  );
  const fulfilledAt = instants.find((instant) => isFulfilled(rule, consents, instant));
  return fulfilledAt && after(fulfilledAt, delayDays);
}

/** A party that consents after entry into force is bound by its own consent, after the same delay. */
export function boundFrom(state: InstrumentState, party: Did): Date | undefined {
  const inForce = entryIntoForce(state);
  const n = consentNumber(state, party);
  const consentedAt = n === undefined ? undefined : legalTime(state, n);
  if (!inForce || !consentedAt) return undefined;
  const own = after(consentedAt, currentText(state).document.entryIntoForce.delayDays);
  return own > inForce ? own : inForce;
}

/** Without a notice a withdrawal binds on receipt, hence the earliest instant there is; with one, it needs its legal time. */
export function boundUntil(state: InstrumentState, party: Did): Date | undefined {
  const n = state.withdrawals[party];
  if (n === undefined) return undefined;
  const { withdrawalNoticeDays } = bindingText(state).document;
  if (withdrawalNoticeDays === 0) return legalTime(state, n) ?? new Date(0);
  const time = legalTime(state, n);
  return time && after(time, withdrawalNoticeDays);
}

export function isBoundAt(state: InstrumentState, party: Did, at: Date): boolean {
  const [from, until] = [boundFrom(state, party), boundUntil(state, party)];
  return from !== undefined && from <= at && (until === undefined || at < until);
}

/** The text that binds at an instant: an amendment does from the legal time of its last acceptance. */
export function textInForceAt(state: InstrumentState, at: Date): TextVersion {
  const binding = state.amendments.findLast((amendment) => {
    if (!isAcceptedByAll(state, amendment)) return false;
    const times = Object.values(amendment.acceptances).map((n) => legalTime(state, n));
    return times.every((time) => time !== undefined && time <= at);
  });
  return binding ?? currentText(state);
}

export type InstrumentStatus =
  'negotiation' | 'refused' | 'signed' | 'unconfirmed' | 'awaiting-date' | 'in-force' | 'ended';

export function statusAt(state: InstrumentState, at: Date): InstrumentStatus {
  const parties = partiesOf(state);
  const withdrawn = parties.filter((party) => {
    const until = boundUntil(state, party);
    return until !== undefined && until <= at;
  });
  if (parties.length - withdrawn.length < 2) return 'ended';
  const inForce = entryIntoForce(state);
  if (inForce) return inForce <= at ? 'in-force' : 'awaiting-date';
  if (parties.length - Object.keys(state.refusals).length < 2) return 'refused';
  if (!isSignedByAll(state)) return 'negotiation';
  const consented = parties.filter((party) => consentNumber(state, party) !== undefined);
  const isUnconfirmed = consented.some((party) => {
    const n = consentNumber(state, party);
    return n !== undefined && legalTime(state, n) === undefined;
  });
  return isUnconfirmed ? 'unconfirmed' : 'signed';
}
