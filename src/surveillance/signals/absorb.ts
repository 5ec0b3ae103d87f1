/**
 * What a new judgement of one rule at one place does to what stands there already. Pure, so that running detection twice can be seen to
 * change nothing the second time.
 */
import { startOf, type PlainDate } from '../../period.ts';
import { quietDays } from './life-cycle.ts';
import type { Judgement } from './method.ts';
import type { SignalId } from './signal.ts';

export interface Standing {
  readonly signal: SignalId;
  readonly endedAt: Date | undefined;
  /** It goes along with another series' signal; its alarms are kept apart from those of the series that raised it. */
  readonly isMember: boolean;
  /** By first day of the period, every period that the rule has spoken of here: with which signal and number. */
  readonly covered: ReadonlyMap<PlainDate, CoveredPeriod>;
}

export interface CoveredPeriod {
  readonly signal: SignalId;
  readonly observed: number;
  readonly holds: boolean;
}

export type RaisedAlarm = Judgement & { readonly observed: number };

export type Change =
  /** No signal stands in the way: a new one, with all its alarms. */
  | { readonly kind: 'raise'; readonly alarms: readonly RaisedAlarm[] }
  /** An alarm more, or other numbers for one that was there. */
  | { readonly kind: 'record'; readonly signal: SignalId; readonly alarm: RaisedAlarm; readonly holds: boolean }
  /** The report behind an alarm is gone. */
  | { readonly kind: 'withdraw'; readonly signal: SignalId; readonly period: PlainDate };

const dayMs = 86_400_000;

const isRaised = (judgement: Judgement): judgement is RaisedAlarm =>
  judgement.alarm === true && judgement.observed !== undefined;

/** `stands`: whether an alarm may raise a signal, or is one of too many to be believed (see consolidation.ts). It never ends one. */
export function absorb(
  judgements: readonly Judgement[],
  standing: Standing | undefined,
  now: Date,
  stands: (alarm: RaisedAlarm) => boolean = () => true,
): readonly Change[] {
  if (standing === undefined) return raise(judgements.filter(isRaised).filter(stands));
  const { signal, endedAt, covered } = standing;
  const coveredBy = (judgement: Judgement): CoveredPeriod | undefined => covered.get(startOf(judgement.period));
  /** A higher number than the one that was decided about is news; the same one, again, is not. */
  const isNews = (alarm: RaisedAlarm): boolean => alarm.observed > (coveredBy(alarm)?.observed ?? -1);

  if (endedAt === undefined) return judgements.flatMap((judgement) => update(judgement, signal, coveredBy(judgement)));
  const news = judgements.filter(isRaised).filter(isNews).filter(stands);
  // The ended signal remembers what came while it kept the rule silent, so that the same alarm does not come up when the silence ends.
  if (now.getTime() < endedAt.getTime() + quietDays * dayMs)
    return news.map((alarm) => ({ kind: 'record', signal, alarm, holds: true }));
  return raise(news);
}

function raise(alarms: readonly RaisedAlarm[]): readonly Change[] {
  return alarms.length === 0 ? [] : [{ kind: 'raise', alarms }];
}

/** An open signal takes up alarms, and keeps those that a correction took back, marked as no longer holding. */
function update(judgement: Judgement, signal: SignalId, known: CoveredPeriod | undefined): readonly Change[] {
  if (isRaised(judgement)) {
    if (known?.observed === judgement.observed && known.holds) return [];
    // What another, ended signal was about stays with it, unless there is more of it now.
    if (known && known.signal !== signal && judgement.observed <= known.observed) return [];
    return [{ kind: 'record', signal, alarm: judgement, holds: true }];
  }
  if (!known || known.signal !== signal || !known.holds) return [];
  return judgement.observed === undefined
    ? [{ kind: 'withdraw', signal, period: startOf(judgement.period) }]
    : [{ kind: 'record', signal, alarm: { ...judgement, observed: judgement.observed }, holds: false }];
}
