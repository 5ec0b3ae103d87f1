/** What was acknowledged as given was given once, arrived once as it was given, and has its receipt: from both offices and from the public logs. */
import { isDeepStrictEqual } from 'node:util';
import type { ParsedAct } from '../../src/acts/jws.ts';
import { sendPatiently } from './checks.ts';
import type { Ledger, Side } from './ledger.ts';

interface Flow {
  readonly id: string;
  readonly direction: 'out' | 'in';
  readonly content: 'table' | 'warning' | 'signal' | null;
  readonly indicators: readonly string[];
  readonly state: string;
}

interface Counts {
  readonly columns: readonly { readonly indicator: string; readonly values: readonly unknown[] }[];
}

async function read<T>({ node, token }: Side, path: string): Promise<T> {
  const answer = await sendPatiently(node, path, token);
  if (answer.status !== 200) throw new Error(`${node.name} answers ${answer.status} to ${path}`);
  return JSON.parse(Buffer.from(answer.body).toString('utf8')) as T;
}

async function readFlows(side: Side): Promise<Flow[]> {
  const flows: Flow[] = [];
  let after = '';
  for (;;) {
    const page = await read<{ flows: Flow[]; earlier: string | null }>(side, `/api/exchange${after}`);
    flows.push(...page.flows);
    if (page.earlier === null) return flows;
    after = `?after=${page.earlier}`;
  }
}

/** Empty when every flow of the ledger has come where it should; otherwise what is missing, which may still be on its way. */
export async function findOpenFlow(ledger: Ledger, sides: readonly [Side, Side]): Promise<string> {
  const flows = new Map<string, readonly Flow[]>();
  for (const side of sides) flows.set(side.node.name, await readFlows(side));
  const given = [
    ...ledger.warned.map((each) => ({ ...each, content: 'warning' })),
    ...ledger.tables.map((each) => ({ ...each, content: 'table' })),
  ];
  for (const { node, indicator, content } of given) {
    const receiver = sides.find((side) => side.node.name !== node)?.node.name ?? '';
    const find = (at: string, direction: Flow['direction']) =>
      (flows.get(at) ?? []).filter(
        (flow) => flow.direction === direction && flow.content === content && flow.indicators.includes(indicator),
      );
    // What was refused has left nothing.
    const sent = find(node, 'out').filter(({ state }) => state !== 'refused-here');
    const arrived = find(receiver, 'in');
    if (sent.length > 1 || arrived.length > 1)
      throw new Error(`given more than once: the ${content} of ${indicator} by ${node}`);
    const state = `${sent[0]?.state ?? 'not sent'}, ${arrived[0]?.state ?? 'not arrived'}`;
    if (state !== 'received, taken-in') return `the ${content} of ${indicator} by ${node} is ${state}`;
  }
  return '';
}

export async function demandCounts(ledger: Ledger, sides: readonly [Side, Side]): Promise<void> {
  for (const side of sides) {
    const arrived = (await readFlows(side)).filter(
      ({ direction, content }) => direction === 'in' && content === 'table',
    );
    const columns: Counts['columns'][number][] = [];
    for (const { id } of arrived)
      columns.push(...((await read<{ table: Counts | null }>(side, `/api/exchange/flows/${id}`)).table?.columns ?? []));
    for (const { indicator, values } of ledger.tables.filter(({ node }) => node !== side.node.name)) {
      const counts = columns.find((column) => column.indicator === indicator)?.values.filter((value) => value !== null);
      if (!isDeepStrictEqual(counts, values))
        throw new Error(
          `${side.node.name} has ${JSON.stringify(counts)} of ${indicator}, not ${JSON.stringify(values)}`,
        );
    }
  }
}

/** Of everything given, acknowledged to the client or not: one answer in the other's log, a receipt. That it is over the very bytes, the giver's page says. */
export function findUnanswered(logs: readonly (readonly ParsedAct[])[]): string {
  const acts = logs.flat().map(({ id, payload }) => ({ id, ...payload }));
  const answers = Map.groupBy(
    acts.filter(({ type }) => type === 'receipt/2' || type === 'refusal/1'),
    ({ summary }) => summary['act'] as string,
  );
  for (const { id, type, party } of acts.filter((act) => givenTypes.includes(act.type))) {
    const [answer, ...more] = answers.get(id) ?? [];
    if (!answer) return `${type} ${id} of ${party} has no receipt`;
    if (more.length > 0 || answer.type !== 'receipt/2')
      throw new Error(`${type} ${id} of ${party} is answered ${1 + more.length} times, first by ${answer.type}`);
  }
  return '';
}

const givenTypes: readonly string[] = ['dispatch/1', 'warning.verified/1'];
