/** A paper may begin with the statements of an inquiry that had the broadest support; whoever wrote one keeps the credit for its words. */
import type { Caller } from '../../http/caller.ts';
import type { Reading } from '../../house.ts';
import { listInquiries } from '../statements/inquiries/store.ts';
import { broadestSupport, type SupportedStatement } from '../statements/results/broadest-support.ts';
import { inLanguage, type Said } from '../texts.ts';
import type { Space } from '../programme/spaces/space.ts';
import type { FirstClause } from './first-text.ts';

interface StatementSource {
  readonly id: string;
  readonly question: Said;
  readonly statements: readonly SupportedStatement[];
}

const mostInquiries = 20;
const mostStatements = 30;

/** Inquiries of this space that are over, with their statements in the order of support. */
export async function listStatementSources(
  reading: Reading & Pick<Caller, 'locale'>,
  space: Space,
): Promise<StatementSource[]> {
  const sources: StatementSource[] = [];
  for (const inquiry of await listInquiries(reading.reader, {
    space: space.id,
    states: ['closed'],
    limit: mostInquiries,
  })) {
    const statements = await broadestSupport(reading, inquiry.id);
    const question = inLanguage(inquiry.question, reading.locale, space.language);
    if (statements && statements.length > 0 && question)
      sources.push({ id: inquiry.id, question, statements: statements.slice(0, mostStatements) });
  }
  return sources;
}

export const textOfStatements = ({ statements }: StatementSource): string =>
  statements.map(({ said }) => said.text.trim()).join('\n\n');

/** A clause that is a statement, word for word, is its author's; what was written anew is whoever's opened the paper. */
export function withOrigins(clauses: readonly FirstClause[], { question, statements }: StatementSource): FirstClause[] {
  return clauses.map((clause) => {
    const origins = statements
      .filter(({ said, author }) => author !== undefined && said.text.trim() === clause.text)
      .map(({ author, number }) => ({ by: author ?? '', source: `${question.text.slice(0, 190)} (${number})` }));
    return { ...clause, origins };
  });
}
