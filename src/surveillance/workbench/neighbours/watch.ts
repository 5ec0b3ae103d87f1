/**
 * The latest period of every series that neighbours gave, judged as the office's own are: by the method that watches the indicator here, else by
 * the usual one, with false discoveries limited among all of them. An agreement has to permit it. Nothing of it is a signal of this office
 * until a person takes it up, and nothing is written: it is computed again when something new was received.
 */
import { controlFalseDiscovery } from '@reciproca/detect/false-discovery';
import { sql } from 'kysely';
import type { Purpose } from '../../../agreement/purposes.ts';
import type { Reader } from '../../../db/database.ts';
import { endOf, type PlainDate } from '../../../period.ts';
import { defaultMethod, historyNeeded, judge, suits, type Judgement, type Method } from '../../signals/method.ts';
import type { IndicatorFacts } from '../../signals/reported.ts';
import { listDetectors, listIndicatorFacts, readFalseDiscoveryRate } from '../../signals/reading.ts';
import { rank, type Candidate, type Ranked } from '../../signals/triage.ts';
import { listReceivedIndicators, loadReceivedSeries, type ReceivedIndicator } from '../received.ts';

/** What an early warning is part of. The first that a dispatch names is the one it is used under. */
const watchPurposes: readonly Purpose[] = ['public-health-surveillance', 'outbreak-response', 'preparedness'];

export interface ReceivedAlarm extends Candidate {
  readonly source: ReceivedIndicator;
  readonly purpose: Purpose;
  /** Known here under the same code. */
  readonly indicator: IndicatorFacts | undefined;
  readonly place: { readonly code: string; readonly name: string };
  readonly method: Method;
  readonly judgement: Judgement & { readonly observed: number };
}

export interface ReceivedWatch {
  readonly series: number;
  readonly notJudged: number;
  /** Series of which nothing recent has come, left out. */
  readonly outdated: number;
  /** Alarms that are as many as chance brings. */
  readonly heldBack: number;
  readonly alarms: readonly Ranked<ReceivedAlarm>[];
}

/** The statistic that watches the indicator here, since it says what is usual; else a rule; else what is usual here. */
export async function methodForReceived(
  reader: Reader,
  { kind }: ReceivedIndicator,
  own: IndicatorFacts | undefined,
): Promise<Method> {
  if (own?.periodKind !== kind) return defaultMethod({ isImmediate: false });
  const active = (await listDetectors(reader, [own.id])).filter(
    ({ isActive, method }) => isActive && suits(method, kind),
  );
  return (active.find(({ method }) => method.method !== 'rule') ?? active[0])?.method ?? defaultMethod(own);
}

/** An alarm about a period that ended longer ago is history. */
const recentDays = 70;
const dayMs = 86_400_000;

export async function watchReceived(reader: Reader, today: PlainDate): Promise<ReceivedWatch> {
  const oldest = new Date(Date.parse(today) - recentDays * dayMs).toISOString().slice(0, 10);
  let outdated = 0;
  const own = [...(await listIndicatorFacts(reader)).values()];
  const judged: { readonly alarm: ReceivedAlarm | undefined; readonly judgement: Judgement }[] = [];
  for (const source of await listReceivedIndicators(reader)) {
    const purpose = watchPurposes.find((each) => source.purposes.includes(each));
    if (purpose === undefined) continue;
    const indicator = own.find(({ code }) => code === source.indicator);
    const method = await methodForReceived(reader, source, indicator);
    const history = historyNeeded(method, source.kind) + 1;
    for (const { code, name, counts } of await loadReceivedSeries(reader, { ...source, purpose }, history)) {
      const judgement = judge(method, counts, 1).at(-1);
      if (!judgement) continue;
      if (endOf(judgement.period) < oldest) {
        outdated++;
        continue;
      }
      judged.push({
        judgement,
        alarm: toAlarm(source, purpose, indicator, { code, name }, method, judgement),
      });
    }
  }
  const rate = await readFalseDiscoveryRate(reader);
  const tested = judged.flatMap(({ judgement: { pValue } }) => pValue ?? []);
  const { stands } = controlFalseDiscovery(tested, rate);
  const limit = tested.reduce((largest, p, i) => (stands[i] === true && p > largest ? p : largest), -1);
  const alarms = judged.flatMap(({ alarm }) => alarm ?? []);
  // A rule that counts cases has no p value and always stands.
  const believed = alarms.filter(({ pValue }) => pValue === undefined || pValue <= limit);
  return {
    series: judged.length,
    notJudged: judged.filter(({ judgement }) => judgement.alarm === undefined).length,
    outdated,
    heldBack: alarms.length - believed.length,
    alarms: rank(believed),
  };
}

function toAlarm(
  source: ReceivedIndicator,
  purpose: Purpose,
  indicator: IndicatorFacts | undefined,
  place: ReceivedAlarm['place'],
  method: Method,
  judgement: Judgement,
): ReceivedAlarm | undefined {
  const { alarm, observed, expected, threshold, pValue } = judgement;
  if (alarm !== true || observed === undefined) return undefined;
  return {
    id: `${source.giver} ${source.indicator} ${place.code}`,
    isImmediate: indicator?.isImmediate ?? false,
    isToldByPerson: false,
    observed,
    usual: expected,
    limit: threshold,
    pValue,
    neighbours: 0,
    alarmPeriods: 1,
    raisedAt: new Date(0),
    source,
    purpose,
    indicator,
    place,
    method,
    judgement: { ...judgement, observed },
  };
}

export type WatchReader = (reader: Reader, today: PlainDate) => Promise<ReceivedWatch>;

const mostKept = 64;

/** Remembers the last answers: the start page asks each time, and received tables change a few times a day. */
export function openReceivedWatch(): WatchReader {
  const known = new Map<string, Promise<ReceivedWatch>>();
  return async (reader, today) => {
    const state = `${today} ${await readState(reader)}`;
    const found = known.get(state) ?? watchReceived(reader, today);
    known.delete(state);
    known.set(state, found);
    for (const oldest of known.keys()) {
      if (known.size <= mostKept) break;
      known.delete(oldest);
    }
    try {
      return await found;
    } catch (error) {
      known.delete(state);
      throw error;
    }
  };
}

/** Party, and everything that the answer depends on. */
async function readState(reader: Reader): Promise<string> {
  const { rows } = await sql<{ readonly state: string }>`
    select concat_ws(' ', current_party(),
      (select concat(count(*), ' ', max(received_at), ' ', count(value)) from received_counts),
      (select concat(count(*), ' ', count(refusal)) from flows where direction = 'in'),
      (select concat(count(*), ' ', max(changed_at)) from detectors),
      (select count(*) from indicators)) as state`.execute(reader);
  return `${rows[0]?.state ?? ''} ${await readFalseDiscoveryRate(reader)}`;
}
