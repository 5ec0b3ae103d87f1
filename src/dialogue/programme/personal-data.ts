import { sql } from 'kysely';
import { plainDateAt, type PlainDate } from '../../period.ts';
import type { PersonalData } from '../../network/members/personal-data.ts';

export const programmeData: PersonalData = {
  heading: 'rights.data-programme',
  tables: [
    { table: 'space_people', columns: ['space_id', 'role', 'since', 'until'] },
    { table: 'session_people', columns: ['session_id', 'role', 'mode', 'affiliation', 'about', 'input_link', 'at'] },
    { table: 'reference_contributions', columns: ['reference_id', 'session_id', 'source', 'said_at', 'added_at'] },
  ],
  /** Who spoke stays as a former member; who only registered is gone. A chat that named her before she was known as a member forgets the name too. */
  async forget({ tx }, { id, name }) {
    await tx.db
      .updateTable('space_people')
      .set({ until: sql<PlainDate>`greatest(since, ${plainDateAt(tx.now, 'UTC')}::date)` })
      .where('member_id', '=', id)
      .where('until', 'is', null)
      .execute();
    const sessions = tx.db.selectFrom('session_people').select('session_id').where('member_id', '=', id);
    await tx.db
      .updateTable('reference_contributions')
      .set({ name: null })
      .where(sql`lower(name)`, '=', sql<string>`lower(${name})`)
      .where('session_id', 'in', sessions)
      .execute();
    await tx.db.deleteFrom('session_people').where('member_id', '=', id).where('role', '=', 'registered').execute();
    await tx.db
      .updateTable('session_people')
      .set({ affiliation: null, about: null, input_link: null, mode: null })
      .where('member_id', '=', id)
      .execute();
  },
};
