/**
 * How a group decides, as rules that a reader can check against the positions: who is entitled, by when, and what it takes. Pure; the instant
 * one asks for decides whether it is still open. What observers say is heard and never counted.
 */

export const methods = ['consensus', 'consent', 'majority', 'silence', 'ranked-choice', 'sense-check'] as const;
export type Method = (typeof methods)[number];

/** United Nations General Assembly decision 74/544: a draft under silence is before everybody for at least 72 hours. */
const leastSilenceHours = 72;

export interface DecisionRule {
  readonly method: Method;
  readonly opensAt: Date;
  readonly closesAt: Date;
  /** Members or organisations, each with one voice, as they were when it opened. */
  readonly entitled: readonly string[];
  /** How many of the entitled must have taken a position. Silence needs none: that is its point. */
  readonly quorum: number;
}

export type RuleRefusal = 'ends-before-it-begins' | 'silence-too-short' | 'nobody-entitled' | 'quorum-too-large';

/** Why nobody may be asked to decide so; undefined when it is a rule. */
export function refusesRule({ method, opensAt, closesAt, entitled, quorum }: DecisionRule): RuleRefusal | undefined {
  if (closesAt <= opensAt) return 'ends-before-it-begins';
  if (method === 'silence' && closesAt.getTime() - opensAt.getTime() < leastSilenceHours * 3_600_000)
    return 'silence-too-short';
  const voices = new Set(entitled).size;
  if (voices === 0) return 'nobody-entitled';
  return quorum > voices ? 'quorum-too-large' : undefined;
}

export const choices = ['agree', 'stand-aside', 'object', 'abstain'] as const;
export type Choice = (typeof choices)[number];

/** The latest of each counts. Objecting asks for a reason, but in a majority vote, where it is a no; under silence it breaks it. */
export interface Position {
  readonly by: string;
  readonly choice: Choice;
  readonly reason: string | null;
  readonly at: Date;
}

/** Whether a no has to say why. */
export const needsReason = (method: Method): boolean => method !== 'majority';

export type DecisionState = 'not-open' | 'open' | 'adopted' | 'not-adopted' | 'broken' | 'no-quorum' | 'closed';

export interface DecisionOutcome {
  readonly state: DecisionState;
  readonly counts: Readonly<Record<Choice, number>>;
  /** Entitled, and said nothing. */
  readonly silent: readonly string[];
  /** Who objects, with the reason: what has to be answered, whatever comes out. */
  readonly objections: readonly Position[];
}

export function decide(rule: DecisionRule, stated: readonly Position[], at: Date): DecisionOutcome {
  const counted = latestOf(rule, stated, at);
  const count = (choice: Choice): number => counted.filter((position) => position.choice === choice).length;
  const counts = {
    agree: count('agree'),
    'stand-aside': count('stand-aside'),
    object: count('object'),
    abstain: count('abstain'),
  };
  const spoke = new Set(counted.map(({ by }) => by));
  return {
    state: stateOf(rule, counts, counted.length, at),
    counts,
    silent: rule.entitled.filter((each) => !spoke.has(each)),
    objections: counted.filter(({ choice }) => choice === 'object'),
  };
}

function stateOf(
  { method, opensAt, closesAt, quorum }: DecisionRule,
  counts: DecisionOutcome['counts'],
  spoke: number,
  at: Date,
): DecisionState {
  if (at < opensAt) return 'not-open';
  // Broken is broken, before the deadline and after; whoever broke it can take that back while it runs.
  if (method === 'silence' && counts.object > 0) return 'broken';
  if (at < closesAt) return 'open';
  switch (method) {
    case 'sense-check':
    case 'ranked-choice':
      return spoke < quorum ? 'no-quorum' : 'closed';
    case 'silence':
      return 'adopted';
    case 'majority':
      // Of those who vote for or against: abstaining, also by standing aside, is no vote. A tie carries nothing.
      if (spoke < quorum) return 'no-quorum';
      return counts.agree > counts.object ? 'adopted' : 'not-adopted';
    case 'consensus':
    case 'consent':
      if (spoke < quorum) return 'no-quorum';
      if (counts.object > 0) return 'not-adopted';
      // Consensus needs somebody who wants it; consent needs that nobody has a reason against it.
      return method === 'consensus' && counts.agree === 0 ? 'not-adopted' : 'adopted';
  }
}

/** In time, by who is entitled; of each the latest, and of two at one instant the later in the list. */
export function latestOf<Stated extends { readonly by: string; readonly at: Date }>(
  { entitled, opensAt, closesAt }: Pick<DecisionRule, 'entitled' | 'opensAt' | 'closesAt'>,
  stated: readonly Stated[],
  at: Date,
): readonly Stated[] {
  const may = new Set(entitled);
  const latest = new Map<string, Stated>();
  for (const each of stated) {
    if (!may.has(each.by) || each.at < opensAt || each.at >= closesAt || each.at > at) continue;
    const before = latest.get(each.by);
    if (!before || before.at <= each.at) latest.set(each.by, each);
  }
  return [...latest.values()];
}
