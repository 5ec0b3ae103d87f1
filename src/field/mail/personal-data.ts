import type { PersonalData } from '../../network/members/personal-data.ts';

export const mailData: PersonalData = {
  heading: 'rights.data-mail',
  tables: [
    { table: 'outgoing_mails', columns: ['kind', 'state', 'queued_at', 'settled_at'] },
    { table: 'digests', columns: ['due_at'] },
    { table: 'digest_readers', columns: ['told_until'] },
    { table: 'incoming_mails', columns: ['kind', 'received_at', 'outcome'] },
  ],
  async forget({ tx }, { id }) {
    await tx.db.deleteFrom('outgoing_mails').where('member_id', '=', id).execute();
    await tx.db.deleteFrom('digests').where('member_id', '=', id).execute();
    await tx.db.deleteFrom('digest_readers').where('member_id', '=', id).execute();
    await tx.db.deleteFrom('incoming_mails').where('member_id', '=', id).execute();
  },
};
