/**
 * Who speaks next. Whoever has not spoken goes before whoever has, and fewer turns before more; among equals the constituency that has had the
 * floor the shortest; then who asked first. Each place given counts as a turn of usual length for the places behind it, so that constituencies
 * take turns. The same rule stands in words on the page, and the chair may depart from it.
 */
export interface Waiting {
  readonly id: string;
  readonly constituency: string;
  /** Turns that this person has had in this session. Under the Chatham House Rule nobody knows, and it is zero for all. */
  readonly turns: number;
  readonly askedAt: Date;
}

/** Until there is something to take the mean of. */
const usualTurnSeconds = 120;

export interface Heard {
  readonly turns: number;
  readonly seconds: number;
}

export function orderQueue<Request extends Waiting>(
  requests: readonly Request[],
  heard: ReadonlyMap<string, Heard>,
): readonly Request[] {
  const turnSeconds = meanTurnSeconds(heard);
  const seconds = new Map([...heard].map(([constituency, had]) => [constituency, had.seconds]));
  const secondsOf = ({ constituency }: Waiting): number => seconds.get(constituency) ?? 0;
  const order: Request[] = [];
  const waiting = new Set(requests);
  while (waiting.size > 0) {
    const next = [...waiting].reduce((best, request) => (isBefore(request, best, secondsOf) ? request : best));
    waiting.delete(next);
    order.push(next);
    seconds.set(next.constituency, secondsOf(next) + turnSeconds);
  }
  return order;
}

function isBefore(a: Waiting, b: Waiting, secondsOf: (request: Waiting) => number): boolean {
  const difference = a.turns - b.turns || secondsOf(a) - secondsOf(b) || a.askedAt.getTime() - b.askedAt.getTime();
  // Two who asked in one instant stand in an order that does not change from one look to the next.
  return difference === 0 ? a.id < b.id : difference < 0;
}

function meanTurnSeconds(heard: ReadonlyMap<string, Heard>): number {
  const all = [...heard.values()];
  const turns = all.reduce((sum, had) => sum + had.turns, 0);
  return turns === 0 ? usualTurnSeconds : all.reduce((sum, had) => sum + had.seconds, 0) / turns;
}
