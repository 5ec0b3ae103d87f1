/** The two sides, and what their clients were told had been done. */
import type { Person } from './person.ts';
import type { ProcessNode } from './process-node.ts';

export interface Side {
  readonly node: ProcessNode;
  readonly token: string;
  readonly person: Person;
  readonly did: string;
}

export interface Ledger {
  /** Parties opened, by the node's name. */
  readonly parties: { readonly node: string; readonly did: string }[];
  readonly proposed: { readonly node: string; readonly key: string }[];
  readonly signed: { readonly node: string; readonly key: string }[];
  /** Values taken in, by the node's name. */
  readonly values: { readonly node: string; readonly week: string; readonly place: string; readonly value: number }[];
  /** Events opened under an agreement in force, each with a warning to the other. */
  readonly warned: { readonly node: string; readonly indicator: string }[];
  /** Reported, and a round begun after it: due to the other. */
  readonly tables: { readonly node: string; readonly indicator: string; readonly values: readonly number[] }[];
}

export function formatReports(rows: Ledger['values'], indicator = 'measles'): string {
  return [
    'period,place,indicator,value',
    ...rows.map(({ week, place, value }) => `${week},${place},${indicator},${value}`),
    '',
  ].join('\n');
}
