/** The first text of a paper as people paste it: clauses with an empty line between them, `#` before a heading, `-` before a point. */
import { longestClause, mostClauses, type TextChange } from '../../text/event.ts';

export type FirstClause = Extract<TextChange, { type: 'opened' }>['clauses'][number];

type FirstTextFault = 'papers.no-clause' | 'papers.too-many-clauses' | 'papers.clause-too-long';

export function readFirstText(text: string): { readonly clauses: FirstClause[] } | { readonly fault: FirstTextFault } {
  const clauses = text
    .split(/\n\s*\n/)
    // Points stand on lines of their own, with nothing between them.
    .flatMap((block) => block.trim().split(/\n(?=\s*(?:[-•*]|#{1,6})\s)/))
    .map((block) => block.trim())
    .filter((block) => block !== '')
    .map((block, index) => readClause(block, String(index + 1)));
  if (clauses.length === 0 || clauses.some(({ text: words }) => words === '')) return { fault: 'papers.no-clause' };
  if (clauses.length > mostClauses) return { fault: 'papers.too-many-clauses' };
  return clauses.some(({ text: words }) => words.length > longestClause)
    ? { fault: 'papers.clause-too-long' }
    : { clauses };
}

function readClause(block: string, id: string): FirstClause {
  const heading = /^#{1,6}\s+(.*)$/s.exec(block);
  if (heading) return { id, kind: 'heading', text: (heading[1] ?? '').trim(), origins: [] };
  const point = /^[-•*]\s+(.*)$/s.exec(block);
  if (point) return { id, kind: 'point', text: (point[1] ?? '').trim(), origins: [] };
  return { id, kind: 'paragraph', text: block, origins: [] };
}
