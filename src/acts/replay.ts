/** Every projection of every subject, folded again from the acts and compared with what is stored. */
import type { House } from '../house.ts';
import type { SubjectId } from '../ids.ts';
import { isDeepStrictEqual } from 'node:util';
import { refold } from './subject.ts';

export interface ReplayResult {
  readonly subjects: number;
  readonly differing: readonly SubjectId[];
}

/** With `repair`, stored states that differ are replaced; without, they are only named. */
export async function replay(house: House, repair: boolean): Promise<ReplayResult> {
  return house.database.transact('node', { system: 'command-line' }, async (tx) => {
    const subjects = await tx.db
      .selectFrom('subjects')
      .select(['id', 'kind', 'state'])
      .orderBy('id')
      .forUpdate()
      .execute();
    const differing: SubjectId[] = [];
    for (const { id, kind, state } of subjects) {
      const procedure = house.journal.protocol.findProcedure(kind);
      if (!procedure) continue;
      const folded = (await refold(tx.db, house.journal.protocol, procedure, id)) ?? null;
      // Through JSON, as the stored state went.
      const expected: unknown = JSON.parse(JSON.stringify(folded));
      if (isDeepStrictEqual(state, expected)) continue;
      differing.push(id);
      if (repair)
        await tx.db
          .updateTable('subjects')
          .set({ state: JSON.stringify(expected) })
          .where('id', '=', id)
          .execute();
    }
    return { subjects: subjects.length, differing };
  });
}
