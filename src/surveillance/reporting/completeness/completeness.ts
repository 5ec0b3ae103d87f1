/** Who has reported, who was late, who is silent; and of how many. */
import { shiftPeriod, startOf, type Period, type PlainDate } from '../../../period.ts';
import { dueAt, type Deadline } from './deadline.ts';

export interface ExpectedUnit {
  readonly placeId: number;
  /** Periods that begin from `since` to `until` are owed. */
  readonly since: PlainDate;
  readonly until: PlainDate | undefined;
}

export interface Received {
  readonly placeId: number;
  readonly period: PlainDate;
  /** When the first value of the report was known. */
  readonly at: Date;
  /** Indicators that hold a value now. */
  readonly filled: number;
}

/** awaited: nothing yet, and not due yet. */
export type ReportStatus = 'on-time' | 'late' | 'silent' | 'awaited';

export interface UnitReport {
  readonly placeId: number;
  readonly status: ReportStatus;
  readonly receivedAt: Date | undefined;
  readonly filled: number;
  /** Of a silent unit: for how many owed periods in a row, this one included, as far back as was looked. */
  readonly silentPeriods: number;
  readonly lastReported: Period | undefined;
}

export interface PeriodSummary {
  readonly period: Period;
  readonly dueAt: Date;
  readonly expected: number;
  readonly received: number;
  readonly onTime: number;
}

export interface Completeness {
  readonly summary: PeriodSummary;
  /** The silent first, those silent longest before the others; then the late, the awaited, the punctual. */
  readonly units: readonly UnitReport[];
  /** Oldest first, this period last. */
  readonly trend: readonly PeriodSummary[];
}

/** The latest period of the form that should have been reported by now. */
export function latestDue(deadline: Deadline, current: Period, now: Date): Period {
  let period = current;
  while (dueAt(deadline, period) > now) period = shiftPeriod(period, -1);
  return period;
}

export interface CompletenessInput {
  readonly deadline: Deadline;
  readonly period: Period;
  /** How many periods before it are looked at. */
  readonly back: number;
  readonly units: readonly ExpectedUnit[];
  readonly received: readonly Received[];
  readonly now: Date;
}

export function measureCompleteness({ deadline, period, back, units, received, now }: CompletenessInput): Completeness {
  const byUnit = new Map<number, Map<PlainDate, Received>>();
  for (const report of received) {
    // A report that was taken back entirely is no report.
    if (report.filled === 0) continue;
    const ofUnit = byUnit.get(report.placeId) ?? new Map<PlainDate, Received>();
    byUnit.set(report.placeId, ofUnit.set(report.period, report));
  }
  const periods = Array.from({ length: back + 1 }, (_, at) => shiftPeriod(period, at - back));
  const summaries = periods.map((each) => summarise(deadline, each, units, byUnit));
  const summary = summaries.at(-1) ?? summarise(deadline, period, units, byUnit);
  const reports = units
    .filter((unit) => owes(unit, period))
    .map((unit) => describe(unit, periods, byUnit.get(unit.placeId) ?? new Map(), summary.dueAt, now));
  return {
    summary,
    trend: summaries,
    units: reports.toSorted((a, b) => urgency[a.status] - urgency[b.status] || b.silentPeriods - a.silentPeriods),
  };
}

const urgency = { silent: 0, late: 1, awaited: 2, 'on-time': 3 } as const satisfies Record<ReportStatus, number>;

function owes({ since, until }: ExpectedUnit, period: Period): boolean {
  const start = startOf(period);
  return start >= since && (until === undefined || start <= until);
}

type ByUnit = ReadonlyMap<number, ReadonlyMap<PlainDate, Received>>;

function summarise(deadline: Deadline, period: Period, units: readonly ExpectedUnit[], byUnit: ByUnit): PeriodSummary {
  const due = dueAt(deadline, period);
  const start = startOf(period);
  const owed = units.filter((unit) => owes(unit, period));
  const arrived = owed.flatMap(({ placeId }) => byUnit.get(placeId)?.get(start) ?? []);
  return {
    period,
    dueAt: due,
    expected: owed.length,
    received: arrived.length,
    onTime: arrived.filter(({ at }) => at <= due).length,
  };
}

function describe(
  unit: ExpectedUnit,
  periods: readonly Period[],
  reports: ReadonlyMap<PlainDate, Received>,
  due: Date,
  now: Date,
): UnitReport {
  const owed = periods.filter((period) => owes(unit, period)).toReversed();
  const [current] = owed;
  const report = current && reports.get(startOf(current));
  const firstReported = owed.findIndex((period) => reports.has(startOf(period)));
  const lastReported = firstReported === -1 ? undefined : owed[firstReported];
  const status = report ? (report.at <= due ? 'on-time' : 'late') : due <= now ? 'silent' : 'awaited';
  return {
    placeId: unit.placeId,
    status,
    receivedAt: report?.at,
    filled: report?.filled ?? 0,
    silentPeriods: status === 'silent' ? (firstReported === -1 ? owed.length : firstReported) : 0,
    lastReported,
  };
}
