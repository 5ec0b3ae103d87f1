import type { Reader, Tx } from '../db/database.ts';
import type { ActId, Did } from '../ids.ts';

declare module '../db/schema.ts' {
  interface Tables {
    recognised_communities: { recogniser: Did; community: Did; act: ActId };
  }
}

export async function saveRecognition(tx: Tx, recogniser: Did, community: Did, act: ActId): Promise<void> {
  await tx.db
    .insertInto('recognised_communities')
    .values({ recogniser, community, act })
    .onConflict((conflict) => conflict.columns(['recogniser', 'community']).doUpdateSet({ act }))
    .execute();
}

export async function forgetRecognition(tx: Tx, recogniser: Did, community: Did): Promise<void> {
  await tx.db
    .deleteFrom('recognised_communities')
    .where('recogniser', '=', recogniser)
    .where('community', '=', community)
    .execute();
}

/** By any of these. */
export async function listRecognised(reader: Reader, recognisers: readonly Did[]): Promise<readonly Did[]> {
  if (recognisers.length === 0) return [];
  const rows = await reader
    .selectFrom('recognised_communities')
    .select('community')
    .distinct()
    .where('recogniser', 'in', [...recognisers])
    .execute();
  return rows.map(({ community }) => community);
}

/** Communities that live on other nodes: those on the own one are its own host's word already. */
export async function listForeignCommunities(reader: Reader) {
  return reader
    .selectFrom('parties')
    .select(['did', 'name', 'country'])
    .where('kind', 'in', councilKinds)
    .where('is_hosted', '=', false)
    .orderBy('name')
    .orderBy('did')
    .execute();
}

export const councilKinds = ['community', 'indigenous-peoples-organisation'] as const;
