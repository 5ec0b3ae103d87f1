/** What the page shows as a table: one row a statement, breakdown and group. An empty cell is withheld, as on the page. */
import type { Cell } from '../../../surveillance/csv.ts';
import { declaredGroups, type Count, type PublishedStatement } from './content.ts';
import { letterOf } from './map.tsx';
import type { ResultsAnswer } from './reading.ts';

export const csvHeader = [
  'statement',
  'language',
  'text',
  'translation_language',
  'translation',
  'breakdown',
  'group',
  'agree',
  'disagree',
  'pass',
  'voted',
  'consensus',
] as const;

export function* csvRows({ result, words }: Pick<ResultsAnswer, 'result' | 'words'>): Generator<readonly Cell[]> {
  const said = new Map(words.map((statement) => [statement.number, statement]));
  for (const statement of result?.statements ?? []) {
    const { original, translation } = said.get(statement.number) ?? {};
    const head = [statement.number, original?.language, original?.text, translation?.language, translation?.text];
    for (const { breakdown, group, count, consensus } of linesOf(statement))
      yield [...head, breakdown, group, ...cellsOf(count), consensus];
  }
}

interface Line {
  readonly breakdown: string;
  readonly group: string;
  readonly count: Count | null;
  readonly consensus?: number | null;
}

function linesOf({ total, found, declared }: PublishedStatement): readonly Line[] {
  const lines = (kind: string, names: readonly string[], { groups, others, consensus }: typeof found): Line[] => [
    { breakdown: kind, group: 'consensus', count: null, consensus },
    ...groups.flatMap((count, at) => (count === null ? [] : [{ breakdown: kind, group: names[at] ?? '', count }])),
    ...(others === null ? [] : [{ breakdown: kind, group: 'others', count: others }]),
  ];
  return [
    { breakdown: 'all', group: 'all', count: total },
    ...lines(
      'opinion',
      found.groups.map((_, group) => letterOf(group)),
      found,
    ),
    ...declared.flatMap((each) => lines(each.kind, declaredGroups[each.kind], each)),
  ];
}

const cellsOf = (count: Count | null): readonly Cell[] =>
  count === null
    ? [null, null, null, null]
    : [count.agrees, count.disagrees, count.seen - count.agrees - count.disagrees, count.seen];
