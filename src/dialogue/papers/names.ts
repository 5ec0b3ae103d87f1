/**
 * Names of clauses and proposals. They never change, so that a mail answered weeks later still means the same words: clause 2 has the proposals 2.1,
 * 2.2 ...; a new clause that was proposed behind it goes on being called as its proposal. Written `2-1` in the text, `2.1` for people.
 */
import type { ProposalChange } from '../../text/event.ts';
import type { TextState } from '../../text/state.ts';

/** Where a clause before the first one is proposed. */
export const startOfText = '0';

export const namePattern = /^\d{1,4}(?:-\d{1,5}){0,2}$/;

export const labelOf = (id: string): string => id.replaceAll('-', '.');
export const nameOf = (label: string): string => label.replaceAll('.', '-');

/** The clause that a proposal is listed under: the one it changes, or the one that a new clause would follow. */
export const listedUnder = (what: ProposalChange): string =>
  what.op === 'add' ? (what.after ?? startOfText) : what.clause;

/** New clauses are named after the clause of the first text that they follow, however many were added there before. */
export function nameProposal(state: TextState, what: ProposalChange): string {
  const prefix = what.op === 'add' ? (listedUnder(what).split('-')[0] ?? startOfText) : what.clause;
  const numbers = [...state.proposals, ...state.clauses].flatMap(({ id }) =>
    id.startsWith(`${prefix}-`) && !id.slice(prefix.length + 1).includes('-')
      ? [Number(id.slice(prefix.length + 1))]
      : [],
  );
  return `${prefix}-${Math.max(0, ...numbers) + 1}`;
}
