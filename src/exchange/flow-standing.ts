/** How far a flow has come, and whether that leaves a question open. Computed when it is looked at, from the acts and the clock. */

export const flowStates = [
  'refused-here',
  'saved',
  'awaits-confirmation',
  'proof-pending',
  'on-its-way',
  'received',
  'refused-there',
  'taken-in',
] as const;
export type FlowState = (typeof flowStates)[number];

export const openQuestions = ['no-proof', 'no-receipt', 'receipt-differs', 'published-otherwise'] as const;
export type OpenQuestion = (typeof openQuestions)[number];

/** After this long without a proof or receipt, somebody should ask. */
const patienceMs = 24 * 3_600_000;

export interface FlowFacts {
  readonly direction: 'out' | 'in';
  readonly content: 'table' | 'warning' | 'signal' | null;
  readonly isRefused: boolean;
  readonly at: Date;
  readonly isLogged: boolean;
  readonly isConfirmed: boolean;
  /** What its giver has published about it is not what arrived. */
  readonly isPublishedOtherwise: boolean;
  readonly receivers: readonly string[];
  readonly answers: readonly {
    readonly receiver: string;
    readonly kind: 'receipt' | 'refusal';
    readonly matches: boolean | null;
  }[];
}

export function standingOf(
  flow: FlowFacts,
  now: Date,
): { readonly state: FlowState; readonly openQuestion: OpenQuestion | null } {
  const isLate = now.getTime() - flow.at.getTime() > patienceMs;
  if (flow.direction === 'in') {
    // A warning is triaged whatever the terms say of it.
    if (flow.isRefused && flow.content !== 'warning') return { state: 'refused-here', openQuestion: null };
    if (flow.isPublishedOtherwise) return { state: 'taken-in', openQuestion: 'published-otherwise' };
    return flow.isConfirmed
      ? { state: 'taken-in', openQuestion: null }
      : { state: 'proof-pending', openQuestion: isLate ? 'no-proof' : null };
  }
  if (flow.isRefused) return { state: 'refused-here', openQuestion: null };
  if (flow.answers.some(({ kind, matches }) => kind === 'receipt' && matches === false))
    return { state: 'received', openQuestion: 'receipt-differs' };
  if (flow.answers.some(({ kind }) => kind === 'refusal')) return { state: 'refused-there', openQuestion: null };
  const hasAll =
    flow.receivers.length > 0 &&
    flow.receivers.every((receiver) => flow.answers.some((answer) => answer.receiver === receiver));
  if (hasAll && flow.isConfirmed) return { state: 'received', openQuestion: null };
  if (hasAll) return { state: 'proof-pending', openQuestion: isLate ? 'no-proof' : null };
  if (!flow.isLogged) return { state: 'saved', openQuestion: null };
  if (!flow.isConfirmed)
    return {
      state: flow.content === 'warning' ? 'proof-pending' : 'awaits-confirmation',
      openQuestion: isLate ? 'no-proof' : null,
    };
  return { state: 'on-its-way', openQuestion: isLate ? 'no-receipt' : null };
}
