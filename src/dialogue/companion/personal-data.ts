import type { PersonalData } from '../../network/members/personal-data.ts';

/** That a former member spoke stays for the count of turns; whoever still waits no longer does. */
export const floorData: PersonalData = {
  heading: 'rights.data-floor',
  tables: [{ table: 'floor_requests', columns: ['session_id', 'asked_at', 'started_at', 'ended_at'] }],
  async forget({ tx }, { id }) {
    await tx.db.deleteFrom('floor_requests').where('member_id', '=', id).where('ended_at', 'is', null).execute();
  },
};
