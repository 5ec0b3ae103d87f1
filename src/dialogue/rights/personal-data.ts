import type { PersonalData } from '../../network/members/personal-data.ts';

/** Of a complaint nothing stays when who complained is forgotten; answers that somebody gave stay with those whom they answer. */
export const complaintData: PersonalData = {
  heading: 'rights.data-complaints',
  tables: [
    { table: 'complaints', columns: ['space_id', 'state', 'instance', 'filed_at'] },
    { table: 'complaint_words', columns: ['complaint_id', 'words', 'at'] },
    { table: 'complaint_handlers', columns: ['instance', 'since'] },
    // Whom a complaint is about is nothing that it may be read out to.
    { table: 'complaint_subjects', columns: [] },
  ],
  async forget({ tx }, { id }) {
    await tx.db.deleteFrom('complaints').where('member_id', '=', id).execute();
    await tx.db.deleteFrom('complaint_subjects').where('member_id', '=', id).execute();
    await tx.db.deleteFrom('complaint_handlers').where('member_id', '=', id).execute();
  },
};
