/** What the start page says of the node itself. */
import { sql } from 'kysely';
import type { Reader } from '../db/database.ts';
import type { PartyKind } from '../acts/spine-types.ts';

export interface NodeFacts {
  readonly name: string;
  readonly kind: PartyKind;
  /** Of its own acts, those that stand in the public log. */
  readonly entries: number;
  readonly pairedNodes: number;
  /** Parties with a place of their own on this node, the operator first. */
  readonly hosted: readonly {
    readonly name: string;
    readonly slug: string;
    readonly kind: PartyKind;
    readonly isOperator: boolean;
  }[];
}

/** Undefined before set-up. */
export async function findNodeFacts(reader: Reader): Promise<NodeFacts | undefined> {
  const hosted = await reader
    .selectFrom('parties')
    .select(['name', 'slug', 'kind', 'is_operator'])
    .where('is_hosted', '=', true)
    .orderBy('is_operator', 'desc')
    .orderBy('name')
    .execute();
  const operator = hosted.find((party) => party.is_operator);
  if (!operator) return undefined;
  const { entries } = await reader
    .selectFrom('acts')
    .innerJoin('logs', 'logs.id', 'acts.log_id')
    .select(sql<number>`count(*)::int`.as('entries'))
    .where('logs.is_own', '=', true)
    .where('acts.log_index', 'is not', null)
    .executeTakeFirstOrThrow();
  const { peers } = await reader
    .selectFrom('pairings')
    .select(sql<number>`count(*)::int`.as('peers'))
    .where('confirmed_at', 'is not', null)
    .executeTakeFirstOrThrow();
  return {
    name: operator.name,
    // Written by set-up from the same closed list.
    kind: operator.kind as PartyKind,
    entries,
    pairedNodes: peers,
    hosted: hosted.map((party) => ({
      name: party.name,
      slug: party.slug ?? '',
      kind: party.kind as PartyKind,
      isOperator: party.is_operator,
    })),
  };
}
