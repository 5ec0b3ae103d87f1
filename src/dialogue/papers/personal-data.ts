import type { PersonalData } from '../../network/members/personal-data.ts';

/** A text carries its authors by identifier only: it stays readable, and its words stay credited to a former member. */
export const paperData: PersonalData = {
  heading: 'rights.data-papers',
  tables: [
    { table: 'text_events', by: "event->>'by'", columns: ['paper_id', 'n', 'event', 'at'] },
    { table: 'paper_signatures', columns: ['paper_id', 'organisation_id', 'signed_at', 'withdrawn_at'] },
  ],
};
