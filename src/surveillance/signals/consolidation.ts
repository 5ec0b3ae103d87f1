/**
 * From the judgements of many series to the signals that people should look at. One transaction takes everything that is new, so that of one
 * week all tests are known when false discoveries among them are limited:
 *
 *  - an alarm that is one of too many to be believed raises nothing; it is kept, and listed as held back;
 *  - of a place and the places in it, in alarm for the same disease, one leads (@reciproca/detect/consolidate) and the others go along as
 *    members of its signal. Sisters do not go along with each other: once the leader lies inside, the others are looked at again;
 *  - what an open signal of the same place, or of a place around it, speaks of already joins that signal, whichever method says it.
 *
 * A crash leaves the marks of what is new, and the next run does it all.
 */
import { consolidate, type RaisedSignal, type TestedSeries } from '@reciproca/detect/consolidate';
import { controlFalseDiscovery } from '@reciproca/detect/false-discovery';
import { randomUUID } from 'node:crypto';
import type { Work } from '../../house.ts';
import type { PartyId } from '../../ids.ts';
import { periodOf, shiftPeriod, startOf, type PeriodKind, type PlainDate } from '../../period.ts';
import { requireParty } from '../person.ts';
import { absorb, type Change, type RaisedAlarm, type Standing } from './absorb.ts';
import * as judged from './judgement-store.ts';
import { signalledPeriods } from './method.ts';
import type { DetectorId, SignalId } from './signal.ts';
import * as reported from './reported/store.ts';
import * as store from './store.ts';
import { immediateConsequence } from './triage.ts';

export interface Consolidated {
  readonly raised: number;
  readonly recorded: number;
}

/** For alarms that have passed the limit on false discoveries: among themselves none falls. */
const everything = 1 - Number.EPSILON;

/** The largest p value that stands among all tests of a period; below zero when none does. */
function largestStanding(pValues: readonly number[], rate: number): number {
  const { stands } = controlFalseDiscovery(pValues, rate);
  return pValues.reduce((best, p, i) => (stands[i] === true && p > best ? p : best), -1);
}

const nothing: Consolidated = { raised: 0, recorded: 0 };

export async function consolidateSignals(working: Work): Promise<Consolidated> {
  const { tx } = working;
  const party = requireParty(working);
  await judged.lockConsolidation(tx, party);
  const periods = await judged.listNewPeriods(tx.db);
  if (periods.length === 0) return nothing;
  const { falseDiscoveryRate } = await store.readOffice(tx.db);
  const parents = await reported.listParents(tx.db);
  const detectors = new Map((await store.listDetectors(tx.db)).map((each) => [each.id, each]));
  const indicators = await reported.listIndicators(tx.db);
  const kindOf = (detector: DetectorId): PeriodKind =>
    indicators.get(detectors.get(detector)?.indicatorId ?? -1)?.periodKind ?? 'iso-week';

  const standing = new Set<string>();
  const groupOf = new Map<string, RaisedSignal>();
  const wanted = new Map<string, judged.SeriesKey>();
  const open = await judged.listOpenSeries(tx.db);
  for (const { kind, start } of periods) {
    const tests = await judged.listTests(tx.db, kind, start);
    for (const test of tests) wanted.set(nameOf(test), test);
    const limit = largestStanding(await judged.listPValues(tx.db, kind, start), falseDiscoveryRate);
    const alarms = tests.filter(({ alarm }) => alarm === true);
    // A rule that counts cases has no p value and always stands.
    const isBelieved = ({ pValue }: judged.Test): boolean => pValue === undefined || pValue <= limit;
    await judged.saveHeldBack(
      tx,
      kind,
      start,
      alarms.filter((alarm) => !isBelieved(alarm)),
    );
    const tested = alarms
      .filter(isBelieved)
      .map((test) => toTested(test, indicators.get(test.indicator)?.isImmediate ?? false));
    const { raised } = consolidate(tested, parentNames(parents), [], { falseDiscoveryRate: everything });
    for (const group of raised.flatMap((each) => withoutSisters(each, parents)))
      for (const member of [group.leader, ...group.members]) {
        standing.add(`${member.series} ${start}`);
        groupOf.set(member.series, group);
      }
  }

  const series = await judged.listJudgements(tx.db, [...wanted.values()], kindOf);
  const oldest = series.flatMap(({ judgements }) => judgements.map(({ period }) => startOf(period))).toSorted()[0];
  const standings: ReadonlyMap<string, Standing> =
    oldest === undefined
      ? new Map()
      : await store.listStandings(
          tx,
          [...new Set(series.map(({ detector }) => detector))],
          [...new Set(series.map(({ place }) => place))],
          oldest,
        );
  const run = new Run(working, party, detectors, parents, open);
  const fresh = new Map<string, readonly RaisedAlarm[]>();
  for (const one of series) {
    const name = nameOf(one);
    const stands = (alarm: RaisedAlarm): boolean => standing.has(`${name} ${startOf(alarm.period)}`);
    const at = standings.get(store.standingKey(one.detector, one.place));
    for (const change of absorb(one.judgements, at, tx.now, stands))
      if (change.kind === 'raise') fresh.set(name, change.alarms);
      else await run.apply(one, change, at?.isMember ?? false);
  }
  raiseFresh(run, fresh, groupOf, standings);
  await run.save();
  await judged.closeJudgements(tx, oldestKept(await judged.listLatestJudged(tx.db)));
  return { raised: run.raised, recorded: run.recorded };
}

const nameOf = ({ detector, place }: judged.SeriesKey): string => `${detector} ${place}`;

function keyOf(name: string): judged.SeriesKey {
  const [detector = '', place = ''] = name.split(' ');
  return { detector: detector as DetectorId, place: Number(place) };
}

function toTested(test: judged.Test, isImmediate: boolean): TestedSeries {
  const { alarm, observed, expected, threshold, pValue, score, scoreLimit } = test;
  return {
    series: nameOf(test),
    place: String(test.place),
    disease: String(test.indicator),
    consequence: isImmediate ? immediateConsequence : 1,
    detection: {
      index: 0,
      observed,
      alarm,
      expected,
      threshold,
      pValue,
      score,
      scoreLimit,
      raisedWhen: 'more-than',
      reference: [],
      warnings: [],
    },
  };
}

const parentNames = (parents: ReadonlyMap<number, number>): ReadonlyMap<string, string> =>
  new Map([...parents].map(([place, parent]) => [String(place), String(parent)]));

function isInside(place: number, around: number, parents: ReadonlyMap<number, number>): boolean {
  const seen = new Set<number>();
  for (let at: number | undefined = place; at !== undefined && !seen.has(at); at = parents.get(at)) {
    if (at === around) return true;
    seen.add(at);
  }
  return false;
}

/** The leader with the places around and inside it; the rest is grouped anew. */
function withoutSisters(group: RaisedSignal, parents: ReadonlyMap<number, number>): readonly RaisedSignal[] {
  const leader = keyOf(group.leader.series).place;
  const goesAlong = (member: TestedSeries): boolean => {
    const { place } = keyOf(member.series);
    return isInside(place, leader, parents) || isInside(leader, place, parents);
  };
  const others = group.members.filter((member) => !goesAlong(member));
  if (others.length === 0) return [group];
  const again = consolidate(others, parentNames(parents), [], { falseDiscoveryRate: everything }).raised;
  return [
    { ...group, members: group.members.filter(goesAlong) },
    ...again.flatMap((each) => withoutSisters(each, parents)),
  ];
}

/** Leaders first, so that their members find the signal to join. */
function raiseFresh(
  run: Run,
  fresh: ReadonlyMap<string, readonly RaisedAlarm[]>,
  groupOf: ReadonlyMap<string, RaisedSignal>,
  standings: ReadonlyMap<string, Standing>,
): void {
  const isLeader = (name: string): boolean => groupOf.get(name)?.leader.series === name;
  for (const [name, alarms] of fresh) if (isLeader(name)) run.raiseOrJoin(keyOf(name), alarms);
  for (const [name, alarms] of fresh) {
    if (isLeader(name)) continue;
    const series = keyOf(name);
    const leader = groupOf.get(name)?.leader.series ?? name;
    const at = standings.get(leader);
    // A leader that goes along with another place's signal takes with it only what lies around or inside that place.
    const joined = run.signalOf(leader, series.place) ?? (at?.isMember === false ? at.signal : undefined);
    if (joined === undefined) run.raiseOrJoin(series, alarms);
    else run.join(series, joined, alarms);
  }
}

function oldestKept(latest: ReadonlyMap<PeriodKind, PlainDate>): ReadonlyMap<PeriodKind, PlainDate> {
  return new Map(
    [...latest].map(([kind, start]) => [kind, startOf(shiftPeriod(periodOf(kind, start), 1 - signalledPeriods[kind]))]),
  );
}

/** A statement takes 65,535 parameters at most; an alarm has sixteen. */
const rowsAStatement = 1000;

function chunk<T>(items: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / rowsAStatement) }, (_, i) =>
    items.slice(i * rowsAStatement, (i + 1) * rowsAStatement),
  );
}

/** What one run writes, and what it knows of signals raised meanwhile. */
class Run {
  raised = 0;
  recorded = 0;
  readonly #working: Work;
  readonly #party: PartyId;
  readonly #detectors: ReadonlyMap<DetectorId, store.Detector>;
  readonly #parents: ReadonlyMap<number, number>;
  /** Open signals by indicator and place, and by the series that leads them. */
  readonly #byPlace = new Map<string, SignalId>();
  readonly #bySeries = new Map<string, SignalId>();
  readonly #placeOf = new Map<SignalId, number>();
  readonly #raised: store.NewSignal[] = [];
  readonly #joined: {
    readonly signal: SignalId;
    readonly series: judged.SeriesKey;
    readonly alarms: readonly RaisedAlarm[];
  }[] = [];

  constructor(
    working: Work,
    party: PartyId,
    detectors: ReadonlyMap<DetectorId, store.Detector>,
    parents: ReadonlyMap<number, number>,
    open: readonly judged.OpenSeries[],
  ) {
    this.#working = working;
    this.#party = party;
    this.#detectors = detectors;
    this.#parents = parents;
    for (const { signal, indicator, isMember, ...series } of open) {
      this.#bySeries.set(nameOf(series), signal);
      if (isMember) continue;
      this.#byPlace.set(`${indicator} ${series.place}`, signal);
      this.#placeOf.set(signal, series.place);
    }
  }

  /** The open signal that a series stands in, when the place it is about is, lies in or lies around `near`. */
  signalOf(series: string, near: number): SignalId | undefined {
    const signal = this.#bySeries.get(series);
    const place = signal === undefined ? undefined : this.#placeOf.get(signal);
    if (place === undefined) return undefined;
    return isInside(near, place, this.#parents) || isInside(place, near, this.#parents) ? signal : undefined;
  }

  /** An open signal of the same disease in this place or around it takes the alarms up; otherwise there is a new one. */
  raiseOrJoin(series: judged.SeriesKey, alarms: readonly RaisedAlarm[]): void {
    const detector = this.#detectors.get(series.detector);
    if (!detector) return;
    const seen = new Set<number>();
    for (let at: number | undefined = series.place; at !== undefined && !seen.has(at); at = this.#parents.get(at)) {
      const signal = this.#byPlace.get(`${detector.indicatorId} ${at}`);
      if (signal !== undefined) return this.join(series, signal, alarms);
      seen.add(at);
    }
    const id = randomUUID() as SignalId;
    this.#raised.push({ id, detector, place: series.place, alarms });
    this.#byPlace.set(`${detector.indicatorId} ${series.place}`, id);
    this.#bySeries.set(nameOf(series), id);
    this.#placeOf.set(id, series.place);
  }

  join(series: judged.SeriesKey, signal: SignalId, alarms: readonly RaisedAlarm[]): void {
    this.#joined.push({ signal, series, alarms });
    this.#bySeries.set(nameOf(series), signal);
  }

  /** What was raised and joined, many to a statement: there may be ten thousand of them. */
  async save(): Promise<void> {
    const { tx } = this.#working;
    const alreadyOpen = new Set<SignalId>();
    for (const raised of chunk(this.#raised)) {
      const inserted = await store.insertDetectorSignals(tx, this.#party, raised);
      for (const { id } of raised) if (!inserted.has(id)) alreadyOpen.add(id);
      const fresh = raised.filter(({ id }) => inserted.has(id));
      const alarms = fresh.flatMap((signal) => signal.alarms.map((alarm) => ({ signal: signal.id, alarm })));
      for (const part of chunk(alarms)) await store.insertAlarms(tx, this.#party, part);
      await tx.audit(
        'signal.raise',
        fresh.map(({ id, detector }) => ({ signal: id, detector: detector.id, indicator: detector.indicatorId })),
      );
      this.raised += fresh.length;
    }
    for (const joined of chunk(this.#joined.filter(({ signal }) => !alreadyOpen.has(signal)))) {
      const alarms = joined.flatMap(({ signal, series, alarms: all }) =>
        all.map((alarm) => ({ signal, series, alarm, holds: true })),
      );
      for (const part of chunk(alarms)) await judged.saveMembers(tx, this.#party, part);
      await tx.audit(
        'signal.join',
        joined.map(({ signal, series }) => ({ signal, detector: series.detector, place: series.place })),
      );
    }
  }

  async apply(
    series: judged.SeriesKey,
    change: Exclude<Change, { readonly kind: 'raise' }>,
    isMember: boolean,
  ): Promise<void> {
    const { tx } = this.#working;
    if (!isMember) this.recorded++;
    if (change.kind === 'withdraw')
      return isMember
        ? judged.withdrawMember(tx, change.signal, series, change.period)
        : store.withdrawAlarm(tx, change.signal, change.period);
    if (isMember) {
      const { signal, alarm, holds } = change;
      return judged.saveMembers(tx, this.#party, [{ signal, series, alarm, holds }]);
    }
    await store.saveAlarm(tx, this.#party, change.signal, change.alarm, change.holds);
    const method = this.#detectors.get(series.detector)?.method;
    if (method) await store.updateSignalMethod(tx, change.signal, method);
  }
}
