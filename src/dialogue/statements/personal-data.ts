import type { PersonalData } from '../../network/members/personal-data.ts';

/** Statements and votes stay: they were said to be counted. Their author reads as a former member. */
export const statementData: PersonalData = {
  heading: 'rights.data-statements',
  tables: [
    { table: 'statements', columns: ['inquiry_id', 'number', 'text', 'language', 'state', 'submitted_at'] },
    { table: 'statement_votes', columns: ['statement_id', 'vote', 'source', 'voted_at'] },
    { table: 'inquiry_asked', columns: ['inquiry_id', 'asked_at'] },
  ],
};
