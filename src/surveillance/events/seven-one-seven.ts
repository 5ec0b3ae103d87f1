/**
 * The 7-1-7 target (Frieden et al. 2021, Lancet 398:638; 7-1-7 Alliance digital toolkit 2.2): an event is detected within 7 days of
 * emergence, notified to a responsible authority within 1 day of detection, and the early response is complete within 7 days of
 * notification. Whole days. Everything follows from the dates and from today, so a clock that runs out turns to "missed" by itself.
 */
import { addDays, daysBetween, type PlainDate } from '../../period.ts';

export const milestones = ['emergence', 'detection', 'notification'] as const;
export type Milestone = (typeof milestones)[number];

/** Undefined: not known, or not yet. */
export type MilestoneDates = { readonly [M in Milestone]?: PlainDate | undefined };

/**
 * The seven early response actions of the toolkit, in its order. `started`: the date is when it began; `completed`: when it was done.
 */
export const responseActions = {
  investigation: 'started',
  analysis: 'completed',
  laboratory: 'completed',
  'case-management': 'started',
  countermeasures: 'started',
  communication: 'started',
  coordination: 'completed',
} as const;
export type ResponseAction = keyof typeof responseActions;
export const responseActionCodes = Object.keys(responseActions) as readonly ResponseAction[];

export type ActionState =
  | { readonly state: 'done'; readonly on: PlainDate }
  | { readonly state: 'not-done' }
  | { readonly state: 'not-applicable'; readonly reason: string };

/** An action that nobody has said anything about is not done. */
export type ActionStates = { readonly [A in ResponseAction]?: ActionState | undefined };

export const intervals = ['detect', 'notify', 'respond'] as const;
export type Interval = (typeof intervals)[number];

export const targetDays = { detect: 7, notify: 1, respond: 7 } as const satisfies Record<Interval, number>;

export type IntervalState =
  | { readonly state: 'met'; readonly days: number }
  /** `days` is undefined while the end is still open after its deadline. */
  | { readonly state: 'missed'; readonly days: number | undefined; readonly deadline: PlainDate }
  | { readonly state: 'running'; readonly deadline: PlainDate; readonly daysLeft: number }
  /** Its clock has not started: the date it starts from is not known yet. */
  | { readonly state: 'waiting' }
  /** It can never be judged: emergence is unknown, or no response action applies. */
  | { readonly state: 'not-assessable' }
  /** The end lies before the start: a date is wrong. Never "met". */
  | { readonly state: 'data-error'; readonly days: number };

export interface SevenOneSeven {
  readonly detect: IntervalState;
  readonly notify: IntervalState;
  readonly respond: IntervalState;
  readonly overall: 'met' | 'missed' | 'pending' | 'not-assessable' | 'data-error';
  /** The earliest date of an action; the aim is one day after notification. Not part of the target. */
  readonly responseStarted: PlainDate | undefined;
  readonly responseCompleted: PlainDate | undefined;
}

export function evaluateSevenOneSeven(dates: MilestoneDates, actions: ActionStates, today: PlainDate): SevenOneSeven {
  const response = responseDates(actions);
  const detect: IntervalState =
    dates.emergence === undefined
      ? { state: 'not-assessable' }
      : judge(dates.emergence, dates.detection, targetDays.detect, today);
  const notify: IntervalState =
    dates.detection === undefined
      ? { state: 'waiting' }
      : judge(dates.detection, dates.notification, targetDays.notify, today);
  const respond = judgeResponse(dates.notification, response, today);
  return {
    detect,
    notify,
    respond,
    overall: overallOf([detect, notify, respond]),
    responseStarted: response.started,
    responseCompleted: response.completed,
  };
}

interface ResponseDates {
  readonly applicable: boolean;
  readonly started: PlainDate | undefined;
  readonly completed: PlainDate | undefined;
}

function responseDates(actions: ActionStates): ResponseDates {
  const applicable = responseActionCodes
    .map((code): ActionState => actions[code] ?? { state: 'not-done' })
    .filter(({ state }) => state !== 'not-applicable');
  const dates = applicable.flatMap((action) => (action.state === 'done' ? action.on : [])).toSorted();
  return {
    applicable: applicable.length > 0,
    started: dates[0],
    completed: dates.length === applicable.length ? dates.at(-1) : undefined,
  };
}

function judgeResponse(notification: PlainDate | undefined, response: ResponseDates, today: PlainDate): IntervalState {
  if (!response.applicable) return { state: 'not-assessable' };
  if (notification === undefined) return { state: 'waiting' };
  return judge(notification, response.completed, targetDays.respond, today);
}

function judge(start: PlainDate, end: PlainDate | undefined, target: number, today: PlainDate): IntervalState {
  const deadline = addDays(start, target);
  if (end === undefined) {
    const daysLeft = daysBetween(today, deadline);
    return daysLeft >= 0 ? { state: 'running', deadline, daysLeft } : { state: 'missed', days: undefined, deadline };
  }
  const days = daysBetween(start, end);
  if (days < 0) return { state: 'data-error', days };
  return days <= target ? { state: 'met', days } : { state: 'missed', days, deadline };
}

function overallOf(parts: readonly IntervalState[]): SevenOneSeven['overall'] {
  const any = (state: IntervalState['state']): boolean => parts.some((part) => part.state === state);
  if (any('data-error')) return 'data-error';
  if (any('missed')) return 'missed';
  if (any('running') || any('waiting')) return 'pending';
  return any('not-assessable') ? 'not-assessable' : 'met';
}

export interface IntervalSummary {
  /** Events for which the interval was met or missed. */
  readonly assessed: number;
  readonly met: number;
  /** Of those whose interval has ended. */
  readonly medianDays: number | undefined;
}

/** For a review: what share met each target, and how long it took. Running clocks and wrong dates count for nothing. */
export function summarise(events: readonly SevenOneSeven[]): Readonly<Record<Interval | 'all', IntervalSummary>> {
  const of = (interval: Interval): IntervalSummary => {
    const parts = events.map((event) => event[interval]);
    const days = parts.flatMap((part) => (part.state === 'met' || part.state === 'missed' ? (part.days ?? []) : []));
    return {
      assessed: parts.filter(({ state }) => state === 'met' || state === 'missed').length,
      met: parts.filter(({ state }) => state === 'met').length,
      medianDays: median(days),
    };
  };
  const judged = events.filter(({ overall }) => overall === 'met' || overall === 'missed');
  return {
    detect: of('detect'),
    notify: of('notify'),
    respond: of('respond'),
    all: {
      assessed: judged.length,
      met: judged.filter(({ overall }) => overall === 'met').length,
      medianDays: undefined,
    },
  };
}

function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  return upper === undefined || lower === undefined ? undefined : (upper + lower) / 2;
}
