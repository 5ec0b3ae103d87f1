/** Exactly what the page shows, one line a number: what is withheld there is empty here, and said to be withheld. */
import { formatCsv, type Cell } from '../../surveillance/csv.ts';
import type { VoicesAnswer } from './answers.ts';

const header = ['dimension', 'group', 'step', 'people', 'withheld', 'parity', 'rounded_to'] as const;

export function voicesCsv({ totals, dimensions, roundedTo }: VoicesAnswer): string {
  const line = (
    dimension: string,
    group: string,
    step: string,
    people: number | null,
    parity: number | null,
  ): Cell[] => [dimension, group, step, people, people === null, parity, roundedTo];
  return formatCsv(header, [
    ...totals.map(({ step, total }) => line('all', 'all', step, total, null)),
    ...dimensions.flatMap(({ dimension, rows }) =>
      rows.flatMap(({ step, groups }) =>
        groups.map(({ group, people, parity }) => line(dimension, group, step, people, parity)),
      ),
    ),
  ]);
}
