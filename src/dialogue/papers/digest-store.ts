import { sql } from 'kysely';
import type { Reader } from '../../db/database.ts';
import type { Paper } from './paper.ts';
import { findPaper } from './store.ts';

const mostPapers = 100;

/** Papers whose text somebody wrote at since then, the latest first. */
export async function listChangedSince(reader: Reader, since: Date): Promise<Paper[]> {
  const rows = await reader
    .selectFrom('text_events')
    .select(['paper_id', sql<Date>`max(at)`.as('latest')])
    .where('at', '>', since)
    .groupBy('paper_id')
    .orderBy('latest', 'desc')
    .limit(mostPapers)
    .execute();
  const papers: Paper[] = [];
  for (const { paper_id } of rows) {
    const paper = await findPaper(reader, paper_id);
    if (paper) papers.push(paper);
  }
  return papers;
}
