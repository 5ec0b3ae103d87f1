import type { PersonalData } from '../members/personal-data.ts';

/** What was said for an organisation stays the organisation's, and reads as by a former member. What a person said of herself goes. */
export const assemblyData: PersonalData = {
  heading: 'assembly.data',
  tables: [
    { table: 'admission_objections', columns: ['organisation_id', 'reason', 'at'] },
    { table: 'assembly_presence', columns: ['organisation_id', 'at'] },
    { table: 'assembly_motions', by: 'moved_by', columns: ['words', 'explanation', 'moved_for', 'moved_at'] },
    { table: 'assembly_motions', by: 'seconded_by', columns: ['words', 'seconded_for'] },
    { table: 'election_candidates', columns: ['statement', 'conflicts', 'stood_at'] },
    { table: 'advisory_seats', columns: ['group_id', 'since', 'until'] },
    { table: 'interest_declarations', columns: ['interests', 'declared_on'] },
  ],
  async forget({ tx }, { id }) {
    await tx.db
      .updateTable('election_candidates')
      .set({ statement: '…', conflicts: '' })
      .where('member_id', '=', id)
      .execute();
    await tx.db.updateTable('interest_declarations').set({ interests: '…' }).where('member_id', '=', id).execute();
  },
};
