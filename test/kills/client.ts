/**
 * People and programs at the two nodes, over HTTP and the command line, with a ledger of what they were told had been done. What failed or
 * was never answered is not in it: it may have happened or not.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateRecoveryKey } from '../../src/acts/recovery-key.ts';
import { PeerUnreachable, type PeerAnswer } from '../../src/network/dial.ts';
import { openFlows, signAsRead } from './flows.ts';
import { formatReports, type Ledger, type Side } from './ledger.ts';
import type { Random } from './random.ts';

export interface Client {
  readonly ledger: Ledger;
  /** Works at both nodes until `signal`; failures are part of it. */
  work(signal: AbortSignal): Promise<void>;
  isPaired(): Promise<boolean>;
}

const parse = <T>(answer: PeerAnswer): T => JSON.parse(Buffer.from(answer.body).toString('utf8')) as T;

interface Network {
  readonly pairings: readonly { readonly id: string; readonly state: string; readonly fingerprint: string }[];
}

export function openClient(sides: readonly [Side, Side], random: Random, makeValue: () => number): Client {
  const ledger: Ledger = { parties: [], proposed: [], signed: [], values: [], warned: [], tables: [] };
  const flows = openFlows(sides, ledger);
  let made = 0;
  let weeks = 0;

  const networkAt = async ({ node, token }: Side): Promise<Network> =>
    parse(await node.send('/api/network', { token }));
  const isPaired = async (): Promise<boolean> => {
    const networks = await Promise.all(sides.map(networkAt));
    return networks.every(({ pairings }) => pairings.some(({ state }) => state === 'paired'));
  };

  /** The next step of pairing that is open, whichever that is after the last kill. */
  const pair = async (): Promise<void> => {
    const [a, b] = sides;
    for (const side of sides) {
      const { pairings } = await networkAt(side);
      const waiting = pairings.find(({ state }) => state === 'they-wait');
      if (waiting) {
        const { id, fingerprint } = waiting;
        await side.node.send(`/api/network/pairings/${id}/confirm`, { token: side.token, json: { fingerprint } });
        return;
      }
    }
    if ((await networkAt(b)).pairings.some(({ state }) => state === 'paired')) return;
    const invited = await a.node.send('/api/network/invitations', { token: a.token, json: {} });
    if (invited.status >= 300) return;
    const { link } = parse<{ link: string }>(invited);
    await b.node.send('/api/network/pairings', { token: b.token, json: { link } });
  };

  const host = async ({ node, token, did }: Side): Promise<void> => {
    const slug = `p${++made}`;
    const recoveryKey = generateRecoveryKey().text;
    const body = {
      name: `Community ${slug}`,
      kind: 'community',
      country: '',
      languages: ['en'],
      recoveryKey,
      recoveryCheck: recoveryKey.slice(-4),
      slug,
    };
    const answer = await node.send('/api/parties/host', { token, json: body });
    if (answer.status < 300) ledger.parties.push({ node: node.name, did: `${did}:p:${slug}` });
  };

  const propose = async ({ node, token }: Side): Promise<void> => {
    const dids = sides.map((side) => side.did);
    const json = {
      title: `Agreement ${++made}`,
      language: 'en',
      parties: dids,
      articles: [{ heading: 'One', text: 'The parties help each other.' }],
      consents: 2,
      keepers: dids,
    };
    const answer = await node.send('/api/agreements', { token, json });
    if (answer.status < 300)
      ledger.proposed.push({ node: node.name, key: parse<{ path: string }>(answer).path.split('/').at(-1) ?? '' });
  };

  const sign = async ({ node, token }: Side): Promise<void> => {
    const { agreements } = parse<{ agreements: { path: string; status: string }[] }>(
      await node.send('/api/agreements', { token }),
    );
    const open = agreements
      .filter(({ status }) => status === 'negotiation')
      .map(({ path }) => path.split('/').at(-1) ?? '');
    const unsigned = open.filter((key) => !ledger.signed.some((each) => each.node === node.name && each.key === key));
    if (unsigned.length === 0) return;
    const key = random.pick(unsigned);
    await signAsRead({ node, token }, key, ledger);
  };

  const importWeek = async ({ node }: Side): Promise<void> => {
    const at = weeks++;
    const week = `${2000 + Math.floor(at / 50)}-W${String((at % 50) + 1).padStart(2, '0')}`;
    const rows = Array.from({ length: 200 }, (_, place) => ({
      node: node.name,
      week,
      place: `D${place}`,
      value: makeValue(),
    }));
    const file = join(node.directory, `${node.name}-${at}.csv`);
    writeFileSync(file, formatReports(rows));
    const answer = await node.run(['import', 'reports', file, '--json', '--rejected', `${file}.rejected`]);
    if (answer !== undefined) ledger.values.push(...rows);
  };

  const once = async (run: () => Promise<void>): Promise<void> => {
    try {
      await run();
    } catch (error) {
      // An answer that broke off is no answer; everything else is a defect.
      if (!(error instanceof PeerUnreachable) && !(error instanceof SyntaxError) && !(error instanceof TypeError))
        throw error;
    }
  };

  const repeat = async (signal: AbortSignal, run: () => Promise<void>): Promise<void> => {
    while (!signal.aborted) {
      await once(run);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };

  return {
    ledger,
    isPaired,
    async work(signal) {
      const importing = random.pick(sides);
      const isImport = random.below(3) === 0;
      const giving = random.pick(sides);
      const isTable = random.below(2) === 0;
      await Promise.all([
        ...sides.map((side) =>
          repeat(signal, async () => {
            if (!(await isPaired())) return host(side).then(pair);
            if (!(await flows.isOpen(side))) return host(side);
            const run = random.pick([host, propose, sign, flows.warn, flows.warn, flows.warn]);
            await run(side);
          }),
        ),
        ...(isImport ? [importWeek(importing)] : []),
        ...(isTable ? [once(async () => ((await flows.isOpen(giving)) ? flows.giveTable(giving) : undefined))] : []),
      ]);
    },
  };
}
