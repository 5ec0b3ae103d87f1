import { sql } from 'kysely';
import type { PersonalData } from '../../network/members/personal-data.ts';

/** What was published stays; the name is taken out of its credit. */
export const hubData: PersonalData = {
  heading: 'rights.data-hub',
  tables: [
    {
      table: 'hub_items',
      columns: ['kind', 'state', 'title', 'body', 'link', 'authors', 'created_at', 'published_at'],
    },
  ],
  async forget({ tx }, { id, name }) {
    await tx.db
      .updateTable('hub_items')
      .set({ authors: sql<string[]>`array_remove(authors, ${name})` })
      .where('member_id', '=', id)
      .execute();
  },
};
