/**
 * May this be given, by whom, to whom, for what? Asked by the giver before anything leaves, by the receiver before anything is taken in, and
 * by auditors afterwards, with the same function. Any forbidding term decides; otherwise a permitting term must cover every
 * part of the request; the strictest of several permitting terms sets how fine the data may be. What is unknown is refused.
 */
import type { Did } from '../ids.ts';
import type { Content, Term } from './document.ts';
import { isBoundAt, statusAt, textInForceAt } from './entry-into-force.ts';
import { floorRefuses, type CommunityAnswers, type FloorRule } from './floor.ts';
import { partiesOf, type InstrumentState } from './instrument.ts';
import { isPurpose } from './purposes.ts';
import type { PeriodKind } from '../period.ts';

export interface FlowRequest {
  /** No term permits a line list: names and single cases stay where they are. */
  readonly content: Content | 'line-list';
  readonly from: Did;
  readonly to: Did;
  readonly indicator: string;
  /** Administrative level of the finest row asked for; 0 is the whole country. */
  readonly level: number;
  readonly purpose: string;
  /** Of a table: the kind of its period. */
  readonly periodKind?: PeriodKind | undefined;
  /** Of a table: the legal time of the latest version of the same counts that the receiver was given before. */
  readonly previousAt?: Date | undefined;
}

export type Refusal =
  | { readonly reason: 'floor'; readonly rule: FloorRule }
  | {
      readonly reason:
        'frozen' | 'not-in-force' | 'ended' | 'not-a-party' | 'not-bound' | 'purpose-unknown' | 'content-not-agreed';
    }
  | {
      readonly reason:
        | 'forbidden'
        | 'direction-not-agreed'
        | 'indicator-not-agreed'
        | 'purpose-not-agreed'
        | 'level-not-agreed'
        | 'rhythm-not-agreed'
        | 'too-soon'
        | 'expired';
      readonly article: string;
    };

export type Decision =
  | { readonly permit: true; readonly article: string; readonly minimumCount: number; readonly every: Term['every'] }
  | { readonly permit: false; readonly refusal: Refusal };

export interface Circumstances {
  readonly at: Date;
  /** The subject misses an act or holds one this node cannot judge. */
  readonly isFrozen: boolean;
  readonly communityAnswers: CommunityAnswers;
}

export function decide(state: InstrumentState, request: FlowRequest, circumstances: Circumstances): Decision {
  const refuse = (refusal: Refusal): Decision => ({ permit: false, refusal });
  if (!isPurpose(request.purpose)) return refuse({ reason: 'purpose-unknown' });
  const rule = floorRefuses(request.purpose, circumstances.communityAnswers);
  if (rule) return refuse({ reason: 'floor', rule });
  if (circumstances.isFrozen) return refuse({ reason: 'frozen' });
  const parties = partiesOf(state);
  if (!parties.includes(request.from) || !parties.includes(request.to) || request.from === request.to)
    return refuse({ reason: 'not-a-party' });
  const status = statusAt(state, circumstances.at);
  if (status === 'ended') return refuse({ reason: 'ended' });
  if (status !== 'in-force') return refuse({ reason: 'not-in-force' });
  if (!isBoundAt(state, request.from, circumstances.at) || !isBoundAt(state, request.to, circumstances.at))
    return refuse({ reason: 'not-bound' });
  return decideByTerms(termsOf(state, circumstances.at), request, circumstances.at);
}

export interface ArticleTerm {
  readonly article: string;
  readonly term: Term;
}

export function termsOf(state: InstrumentState, at: Date): readonly ArticleTerm[] {
  return textInForceAt(state, at).document.articles.flatMap((article) =>
    article.terms.map((term) => ({ article: article.id, term })),
  );
}

/** Weeks of either kind are weekly. */
export const rhythmOf = {
  day: 'day',
  'iso-week': 'week',
  'mmwr-week': 'week',
  month: 'month',
} as const satisfies Record<PeriodKind, NonNullable<Term['every']>>;

/** A table that was given is corrected once a day at most; four hours less, because rounds and copy-keepers' clocks differ. */
const correctionIntervalMs = 20 * 3_600_000;

export const isTooSoon = (previousAt: Date, at: Date): boolean =>
  at.getTime() - previousAt.getTime() < correctionIntervalMs;

/** Each narrows the terms left; the first that leaves none is the reason, and the article that came nearest is named. */
const tests: readonly {
  readonly reason: Exclude<
    Refusal['reason'],
    | 'floor'
    | 'frozen'
    | 'not-in-force'
    | 'ended'
    | 'not-a-party'
    | 'not-bound'
    | 'purpose-unknown'
    | 'content-not-agreed'
    | 'forbidden'
  >;
  readonly holds: (term: Term, request: FlowRequest, at: Date) => boolean;
}[] = [
  {
    reason: 'direction-not-agreed',
    holds: (term, { from, to }) => (term.from ?? from) === from && (term.to ?? to) === to,
  },
  { reason: 'indicator-not-agreed', holds: (term, { indicator }) => term.indicators?.includes(indicator) ?? true },
  { reason: 'purpose-not-agreed', holds: (term, { purpose }) => isPurpose(purpose) && term.purposes.includes(purpose) },
  {
    reason: 'expired',
    holds: (term, _request, at) => term.until === null || at.toISOString().slice(0, 10) <= term.until,
  },
  { reason: 'level-not-agreed', holds: (term, { level }) => level <= term.finestLevel },
  {
    reason: 'rhythm-not-agreed',
    holds: (term, { periodKind }) =>
      term.every === null || periodKind === undefined || rhythmOf[periodKind] === term.every,
  },
  {
    reason: 'too-soon',
    holds: (_term, { previousAt }, at) => previousAt === undefined || !isTooSoon(previousAt, at),
  },
];

function decideByTerms(terms: readonly ArticleTerm[], request: FlowRequest, at: Date): Decision {
  const onContent = terms.filter(({ term }) => term.content === request.content);
  const forbidding = onContent.find(({ term }) => term.effect === 'forbid' && forbids(term, request, at));
  if (forbidding) return { permit: false, refusal: { reason: 'forbidden', article: forbidding.article } };
  let left = onContent.filter(({ term }) => term.effect === 'permit');
  const [nearest] = left;
  if (!nearest) return { permit: false, refusal: { reason: 'content-not-agreed' } };
  for (const { reason, holds } of tests) {
    const remaining = left.filter(({ term }) => holds(term, request, at));
    if (remaining.length === 0) return { permit: false, refusal: { reason, article: (left[0] ?? nearest).article } };
    left = remaining;
  }
  const strictest = left.reduce((a, b) => (b.term.minimumCount > a.term.minimumCount ? b : a));
  return {
    permit: true,
    article: strictest.article,
    minimumCount: strictest.term.minimumCount,
    every: strictest.term.every,
  };
}

/** A prohibition covers data finer than the level it names as well, in whatever rhythm. */
function forbids(term: Term, request: FlowRequest, at: Date): boolean {
  return tests.every(({ reason, holds }) => {
    if (reason === 'rhythm-not-agreed' || reason === 'too-soon') return true;
    return reason === 'level-not-agreed' ? request.level >= term.finestLevel : holds(term, request, at);
  });
}
