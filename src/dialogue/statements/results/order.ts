import type { DeclaredKind, PublishedStatement, ResultContent } from './content.ts';

/**
 * How far everybody agrees, from 0 to 1, so that no large group outvotes a small one: over declared constituencies where these are published, else
 * over the opinion groups found, which without groups is everybody. Undefined: too few people voted.
 */
export function consensusOf(statement: PublishedStatement, kind: DeclaredKind = 'constituency'): number | undefined {
  const declared = statement.declared.find((each) => each.kind === kind);
  return declared?.consensus ?? statement.found.consensus ?? undefined;
}

/** The broadest support first; what too few people voted on comes last, by number. */
export function byConsensus({ statements }: Pick<ResultContent, 'statements'>): readonly PublishedStatement[] {
  return statements.toSorted((a, b) => (consensusOf(b) ?? -1) - (consensusOf(a) ?? -1) || a.number - b.number);
}
