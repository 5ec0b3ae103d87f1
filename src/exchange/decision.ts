/** Decisions about flows as they are recorded: what was asked, at which number of the instrument, and which article or rule of the floor said what. */
import { statusAt, isBoundAt } from '../agreement/entry-into-force.ts';
import { floorRefuses, type CommunityAnswers, type FloorRule } from '../agreement/floor.ts';
import { partiesOf } from '../agreement/instrument.ts';
import { isPurpose, type Purpose } from '../agreement/purposes.ts';
import type { StandingInstrument } from '../agreement/standing.ts';
import { decide, type FlowRequest, type Refusal } from '../agreement/terms.ts';
import type { Did, SubjectId } from '../ids.ts';

/** What terms and floor may answer, and what else may stand in the way of a flow. */
export type RefusalReason =
  | Refusal['reason']
  | 'no-agreement'
  | 'not-addressed'
  | 'body-malformed'
  | 'minimum-count'
  | 're-identification'
  | 'table-too-large';

export interface FlowRefusal {
  readonly reason: RefusalReason;
  readonly article: string | null;
  readonly rule: FloorRule | null;
}

export interface DecisionRecord {
  readonly instrument: SubjectId;
  readonly n: number;
  readonly at: string;
  readonly request: FlowRequest;
  readonly article: string | null;
  readonly minimumCount: number | null;
  /** Null: permitted. */
  readonly refusal: FlowRefusal | null;
}

export const because = (
  reason: RefusalReason,
  article: string | null = null,
  rule: FloorRule | null = null,
): FlowRefusal => ({ reason, article, rule });

/** As far as two nodes' clocks may differ (the same as between their requests): an agreement that the giver's clock has in force may begin here a moment later. */
const skewMs = 60_000;

export function decideUnder(
  instrument: StandingInstrument,
  request: FlowRequest,
  at: Date,
  communityAnswers: CommunityAnswers,
): DecisionRecord {
  const { id, headN, state, isFrozen } = instrument;
  const decision = decide(state, request, { at, isFrozen, communityAnswers });
  const record = { instrument: id, n: headN, at: at.toISOString(), request };
  if (decision.permit)
    return { ...record, article: decision.article, minimumCount: decision.minimumCount, refusal: null };
  const article = 'article' in decision.refusal ? decision.refusal.article : null;
  const rule = decision.refusal.reason === 'floor' ? decision.refusal.rule : null;
  return { ...record, article, minimumCount: null, refusal: because(decision.refusal.reason, article, rule) };
}

/** The receiver's side of the same decision. */
export function decideToTakeIn(
  instrument: StandingInstrument,
  request: FlowRequest,
  at: Date,
  communityAnswers: CommunityAnswers,
): DecisionRecord {
  const record = decideUnder(instrument, request, at, communityAnswers);
  const isEarly = record.refusal?.reason === 'not-in-force' || record.refusal?.reason === 'not-bound';
  return isEarly ? decideUnder(instrument, request, new Date(at.getTime() + skewMs), communityAnswers) : record;
}

export interface FlowDecision {
  readonly records: readonly DecisionRecord[];
  /** Indicators that may flow, and for which purposes all of them may. */
  readonly indicators: readonly string[];
  readonly purposes: readonly Purpose[];
  readonly article: string | null;
  readonly minimumCount: number;
  /** Set when nothing may flow. */
  readonly refusal: FlowRefusal | undefined;
}

/** Each indicator for each purpose. What is refused drops out; what remains flows for the purposes that all of it is permitted for. */
export function summarise(records: readonly DecisionRecord[]): FlowDecision {
  const permitted = records.filter(({ refusal }) => refusal === null);
  const indicators = [...new Set(permitted.map(({ request }) => request.indicator))];
  const purposesOf = (indicator: string): string[] => [
    ...new Set(
      permitted.filter(({ request }) => request.indicator === indicator).map(({ request }) => request.purpose),
    ),
  ];
  const [first = [], ...others] = indicators.map(purposesOf);
  const purposes = first.filter((purpose) => others.every((list) => list.includes(purpose))).filter(isPurpose);
  const refusal =
    purposes.length > 0
      ? undefined
      : (records.find((record) => record.refusal !== null)?.refusal ?? because('no-agreement'));
  return {
    records,
    indicators,
    purposes,
    article: permitted[0]?.article ?? null,
    minimumCount: Math.max(1, ...permitted.map(({ minimumCount }) => minimumCount ?? 1)),
    refusal,
  };
}

/** Why nothing may pass between the two at all now, whatever it is; undefined when something may. For those who have not seen the body. */
export function standingRefusal(instrument: StandingInstrument, from: Did, to: Did, at: Date): FlowRefusal | undefined {
  const { state, isFrozen } = instrument;
  const parties = partiesOf(state);
  if (isFrozen) return because('frozen');
  if (!parties.includes(from) || !parties.includes(to) || from === to) return because('not-a-party');
  const soon = new Date(at.getTime() + skewMs);
  if (statusAt(state, at) === 'ended') return because('ended');
  if (statusAt(state, soon) !== 'in-force') return because('not-in-force');
  return isBoundAt(state, from, soon) && isBoundAt(state, to, soon) ? undefined : because('not-bound');
}

/** One request under all instruments between the two: permitted by one is permitted; else the reason that names an article, else the first. */
export function decideRequest(
  instruments: readonly StandingInstrument[],
  request: FlowRequest,
  at: Date,
  answers: CommunityAnswers,
): DecisionRecord | FlowRefusal {
  if (!isPurpose(request.purpose)) return because('purpose-unknown');
  const rule = floorRefuses(request.purpose, answers);
  if (rule) return because('floor', null, rule);
  const between = instruments.filter(
    ({ state }) => partiesOf(state).includes(request.from) && partiesOf(state).includes(request.to),
  );
  const records = between.map((instrument) => decideUnder(instrument, request, at, answers));
  return (
    records.find(({ refusal }) => refusal === null) ??
    records.find(({ article }) => article !== null) ??
    records[0] ??
    because('no-agreement')
  );
}
