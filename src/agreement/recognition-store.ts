import { councilKinds } from '../acts/spine-types.ts';
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

/** Those that live on the giver's node, and those that it or its host has recognised. */
export async function listCommunitiesOf(reader: Reader, giver: Did) {
  const party = await reader
    .selectFrom('parties')
    .innerJoin('logs', 'logs.id', 'parties.log_id')
    .select(['log_id', 'operator'])
    .where('did', '=', giver)
    .executeTakeFirst();
  if (!party) return [];
  const recognised = await listRecognised(reader, [giver, party.operator]);
  return reader
    .selectFrom('parties')
    .select(['id', 'did', 'name', 'is_hosted'])
    .where('kind', 'in', councilKinds)
    .where('did', '!=', giver)
    .where((where) =>
      where.or([
        where('log_id', '=', party.log_id),
        ...(recognised.length === 0 ? [] : [where('did', 'in', [...recognised])]),
      ]),
    )
    .orderBy('did')
    .execute();
}

/** Whoever hosts them. */
export async function listCommunitiesInCountriesOf(reader: Reader, parties: readonly Did[]) {
  if (parties.length === 0) return [];
  return reader
    .selectFrom('parties')
    .select(['did', 'name'])
    .where('kind', 'in', councilKinds)
    .where('country', 'in', (countries) =>
      countries
        .selectFrom('parties')
        .select('country')
        .where('did', 'in', [...parties]),
    )
    .orderBy('did')
    .execute();
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
