import type { PersonalData } from '../../network/members/personal-data.ts';

/** A decision stands, with the reasons that were given for and against it. */
export const decisionData: PersonalData = {
  heading: 'rights.data-decisions',
  tables: [
    { table: 'decision_voices', columns: ['decision_id'] },
    { table: 'decision_positions', columns: ['decision_id', 'choice', 'ranking', 'reason', 'at'] },
  ],
};
