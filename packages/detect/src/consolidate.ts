/**
 * From the answers on many series to the few that people should look at. One pass over everything tested in a period:
 *
 *  1. False discoveries are limited over all tests with a p value. A rule that counts cases has none and always stands.
 *  2. What an open signal already says is added to it, not raised again.
 *  3. Of a place and a place inside it, alarmed for the same disease, one leads: the inner one when it holds most of the
 *     outer excess, otherwise the outer one. The other goes along as a member; nothing is dropped.
 *  4. Leaders are ordered by evidence times consequence, and both are shown.
 */
import { requirePositive, requireProbability } from './control.ts';
import { DetectError } from './errors.ts';
import { controlFalseDiscovery, type Dependence } from './false-discovery.ts';
import type { Detection } from './result.ts';

export interface TestedSeries {
  /** Unique among the tested. */
  readonly series: string;
  readonly place: string;
  readonly disease: string;
  readonly detection: Detection;
  /** How bad it would be if true, 1 for ordinary; the caller's scale. */
  readonly consequence: number;
}

export interface OpenSignal {
  readonly signal: string;
  readonly series: readonly string[];
}

export interface ConsolidateControl {
  /** Share of the raised that may be false. */
  readonly falseDiscoveryRate?: number;
  readonly dependence?: Dependence;
  /** Share of the outer place's excess from which an inner place leads. */
  readonly innerShare?: number;
}

export interface RaisedSignal {
  readonly leader: TestedSeries;
  readonly members: readonly TestedSeries[];
  /** 0 to 10: minus the decimal logarithm of the p value, or how often the threshold was reached where there is none. */
  readonly evidence: number;
  readonly consequence: number;
  readonly rank: number;
}

export interface Consolidation {
  /** Highest rank first. */
  readonly raised: readonly RaisedSignal[];
  readonly continuing: readonly { readonly signal: string; readonly tested: TestedSeries }[];
  /** Alarms that the limit on false discoveries took back. */
  readonly withdrawn: readonly TestedSeries[];
}

const MOST_EVIDENCE = 10;

export function consolidate(
  tested: readonly TestedSeries[],
  parentOf: ReadonlyMap<string, string>,
  open: readonly OpenSignal[],
  control: ConsolidateControl = {},
): Consolidation {
  const { falseDiscoveryRate = 0.1, dependence = 'positive', innerShare = 0.5 } = control;
  requireProbability('control.innerShare', innerShare);
  const names = new Set<string>();
  for (const [i, { series, consequence }] of tested.entries()) {
    if (names.has(series)) throw new DetectError('input-malformed', `tested[${i}].series`, series);
    names.add(series);
    requirePositive(`tested[${i}].consequence`, consequence);
  }
  const { stands } = controlFalseDiscovery(
    tested.map(({ detection }) => detection.pValue),
    falseDiscoveryRate,
    dependence,
  );
  const alarmed = tested.map((item, i) => ({
    item,
    stands: item.detection.pValue === undefined || stands[i] === true,
  }));
  const alarms = alarmed.filter(({ item }) => item.detection.alarm === true);
  const standing = alarms.filter((entry) => entry.stands).map(({ item }) => item);

  const openBySeries = new Map(open.flatMap(({ signal, series }) => series.map((name) => [name, signal] as const)));
  const continuing: { signal: string; tested: TestedSeries }[] = [];
  const fresh: TestedSeries[] = [];
  for (const item of standing) {
    const signal = openBySeries.get(item.series);
    if (signal === undefined) fresh.push(item);
    else continuing.push({ signal, tested: item });
  }
  return {
    raised: group(fresh, parentOf, innerShare).toSorted(
      (a, b) => b.rank - a.rank || a.leader.series.localeCompare(b.leader.series, 'en'),
    ),
    continuing,
    withdrawn: alarms.filter((entry) => !entry.stands).map(({ item }) => item),
  };
}

/** Places are joined to the nearest alarmed place around them; within a join the leader is chosen from the top down. */
function group(
  alarms: readonly TestedSeries[],
  parentOf: ReadonlyMap<string, string>,
  innerShare: number,
): RaisedSignal[] {
  const byKey = new Map<string, TestedSeries[]>();
  const keyOf = (place: string, disease: string): string => JSON.stringify([place, disease]);
  for (const alarm of alarms) {
    const key = keyOf(alarm.place, alarm.disease);
    byKey.set(key, [...(byKey.get(key) ?? []), alarm]);
  }
  /** The nearest alarmed place around; none for a place that lies inside itself, so that no alarm gets lost in a circle. */
  const outerKey = ({ place, disease }: TestedSeries): string | undefined => {
    const around: string[] = [];
    for (let outer = parentOf.get(place); outer !== undefined && !around.includes(outer); outer = parentOf.get(outer))
      around.push(outer);
    if (around.includes(place)) return undefined;
    const nearest = around.find((outer) => byKey.has(keyOf(outer, disease)));
    return nearest === undefined ? undefined : keyOf(nearest, disease);
  };
  const innerByKey = new Map<string, TestedSeries[]>();
  const roots: string[] = [];
  for (const [key, items] of byKey) {
    const outer = outerKey(items[0]!);
    if (outer === undefined) roots.push(key);
    else innerByKey.set(outer, [...(innerByKey.get(outer) ?? []), ...items]);
  }
  /** Everything inside a place, itself first. */
  const collect = (key: string): TestedSeries[] => {
    const inner = new Set((innerByKey.get(key) ?? []).map((item) => keyOf(item.place, item.disease)));
    return [...(byKey.get(key) ?? []), ...[...inner].flatMap(collect)];
  };
  const chooseLeader = (key: string): TestedSeries => {
    const outer = strongest(byKey.get(key) ?? []);
    const inner = innerByKey.get(key);
    if (inner === undefined) return outer;
    const largest = inner.reduce((best, item) => (excessOf(item) > excessOf(best) ? item : best));
    return excessOf(largest) >= innerShare * excessOf(outer)
      ? chooseLeader(keyOf(largest.place, largest.disease))
      : outer;
  };
  return roots.map((key) => {
    const all = collect(key);
    const leader = chooseLeader(key);
    const evidence = Math.max(...all.map(({ detection }) => evidenceOf(detection)));
    const consequence = Math.max(...all.map((item) => item.consequence));
    return {
      leader,
      members: all.filter((item) => item !== leader),
      evidence,
      consequence,
      rank: evidence * consequence,
    };
  });
}

/** Several methods on one place and disease: the strongest speaks. */
function strongest(items: readonly TestedSeries[]): TestedSeries {
  return items.reduce((best, item) => (evidenceOf(item.detection) > evidenceOf(best.detection) ? item : best));
}

function excessOf({ detection }: TestedSeries): number {
  return (detection.observed ?? 0) - (detection.expected ?? 0);
}

export function evidenceOf({ pValue, observed, threshold, score, scoreLimit }: Detection): number {
  if (pValue !== undefined) return Math.min(MOST_EVIDENCE, pValue > 0 ? -Math.log10(pValue) : MOST_EVIDENCE);
  if (observed !== undefined && threshold !== undefined && threshold > 0)
    return Math.min(MOST_EVIDENCE, observed / threshold);
  if (score !== undefined && scoreLimit !== undefined && scoreLimit > 0)
    return Math.min(MOST_EVIDENCE, score / scoreLimit);
  return 1;
}
