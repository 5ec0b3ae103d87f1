/** What becomes public of a flow on its release date: that it was, under which article, for what; no place, and no count. */
import { readDispatch, warningBodySchema, type FlowFacts } from './act-types.ts';

/** Of the body of a warning or dispatch; undefined when it is none. The giver publishes it, and every receiver compares. */
export function publishedFacts(content: unknown): FlowFacts | undefined {
  const dispatched = readDispatch(content);
  if (dispatched?.content === 'table') {
    const { content: kind, to, article, purposes, level, period, columns } = dispatched;
    return {
      content: kind,
      to: [to],
      article,
      purposes,
      indicators: columns.map(({ indicator }) => indicator),
      level,
      period,
      cells: columns.flatMap(({ values }) => values).filter((value) => value !== null).length,
    };
  }
  const told = dispatched ?? warningBodySchema.safeParse(content).data;
  if (!told) return undefined;
  const { to, article, purposes, indicator, level, period, cases } = told;
  return {
    content: dispatched ? 'signal' : 'warning',
    to: typeof to === 'string' ? [to] : to,
    article,
    purposes,
    indicators: [indicator],
    level,
    period,
    cells: cases === null ? 0 : 1,
  };
}
