/** What crosses the border while nodes are killed: an agreement under which both give, warnings that a person sends, tables that flow by themselves. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PeerAnswer } from '../../src/network/dial.ts';
import { periodOf, plainDateAt, shiftPeriod } from '../../src/period.ts';
import { formatReports, type Ledger, type Side } from './ledger.ts';

/** Prepared at set-up; each is given once. */
export const givenIndicators = Array.from({ length: 2_000 }, (_, at) => `given${at}`);
const title = 'Early warning across the border';
const places = 3;

const parse = <T>(answer: PeerAnswer): T => JSON.parse(Buffer.from(answer.body).toString('utf8')) as T;
const isDone = ({ status }: PeerAnswer): boolean => status < 300;

export interface Flows {
  /** The agreement under which both give is in force at that side; if not, the next thing that brings it about was tried. */
  isOpen(side: Side): Promise<boolean>;
  warn(side: Side): Promise<void>;
  giveTable(side: Side): Promise<void>;
}

export function openFlows(sides: readonly [Side, Side], ledger: Ledger): Flows {
  const [host] = sides;
  let used = 0;
  /** Reported, and not yet in a round that was acknowledged. */
  const waiting = new Map<string, Ledger['tables'][number][]>(sides.map(({ node }) => [node.name, []]));

  const nextIndicator = (): string => {
    const indicator = givenIndicators[used++];
    if (indicator === undefined) throw new RangeError('more is given than was prepared');
    return indicator;
  };

  const findAgreement = async ({ node, token }: Side) => {
    const { agreements } = parse<{ agreements: { title: string; path: string; status: string }[] }>(
      await node.send('/api/agreements', { token }),
    );
    return agreements.find((each) => each.title === title);
  };

  const propose = async ({ node, token }: Side): Promise<void> => {
    const dids = sides.map(({ did }) => did);
    const term = { effect: 'permit', finestLevel: 0, minimumCount: 5 };
    const terms = [
      { ...term, content: 'warning', purposes: ['outbreak-response'] },
      { ...term, content: 'table', purposes: ['public-health-surveillance'], every: 'week' },
    ];
    const answer = await node.send('/api/agreements', {
      token,
      json: {
        title,
        language: 'en',
        parties: dids,
        articles: [{ heading: 'Warnings and tables', text: 'The parties tell each other.', terms }],
        consents: 2,
        keepers: dids,
      },
    });
    if (isDone(answer))
      ledger.proposed.push({ node: node.name, key: parse<{ path: string }>(answer).path.split('/').at(-1) ?? '' });
  };

  /** A person hears of cases, looks into them and opens an event: what she is told was done includes the warning. */
  const warn = async ({ node, token, person }: Side): Promise<void> => {
    const indicator = nextIndicator();
    const { indicators, places: known } = parse<{ indicators: Named[]; places: Named[] }>(
      await node.send('/api/signals/new', { token }),
    );
    const json = { summary: 'Cases', indicator: idOf(indicators, indicator), place: idOf(known, 'District 0') };
    const recorded = await node.send('/api/signals/new', { token, json });
    if (!isDone(recorded)) return;
    const path = `/api/signals/${parse<{ id: string }>(recorded).id}`;
    const scope = { likelihood: 'likely', consequence: 'moderate', confidence: 'medium' };
    const scopes = { national: scope, regional: scope, global: scope };
    const risk = { question: 'Will it spread?', hazard: 'known', exposure: 'market', context: 'border', ...scopes };
    const steps = [
      ['step', { step: 'accept', why: 'plausible' }],
      ['step', { step: 'verify', why: 'confirmed' }],
      ['risk', risk],
    ] as const;
    for (const [name, body] of steps) if (!isDone(await node.send(`${path}/${name}`, { token, json: body }))) return;
    if (isDone(await person.post(`${path}/event`, { title: 'Outbreak', why: 'many cases' })))
      ledger.warned.push({ node: node.name, indicator });
  };

  const giveTable = async ({ node }: Side): Promise<void> => {
    const indicator = nextIndicator();
    const { label } = shiftPeriod(periodOf('iso-week', plainDateAt(new Date(), 'UTC')), -1);
    const values = Array.from({ length: places }, (_, place) => 100 + 10 * place + used);
    const rows = values.map((value, place) => ({ node: node.name, week: label, place: `D${place}`, value }));
    const file = join(node.directory, `${node.name}-${indicator}.csv`);
    writeFileSync(file, formatReports(rows, indicator));
    const pending = waiting.get(node.name) ?? [];
    if ((await node.run(['import', 'reports', file, '--json'])) !== undefined)
      pending.push({ node: node.name, indicator, values });
    const taken = [...pending];
    if (!(await node.startRound())) return;
    ledger.tables.push(...taken);
    waiting.set(
      node.name,
      pending.filter((each) => !taken.includes(each)),
    );
  };

  return {
    async isOpen(side) {
      const agreement = await findAgreement(side);
      if (!agreement && side === host) await propose(side);
      if (agreement?.status === 'negotiation') await signAsRead(side, agreement.path.split('/').at(-1) ?? '', ledger);
      return agreement?.status === 'in-force';
    },
    warn,
    giveTable,
  };
}

/** Signs the text that stands there now. */
export async function signAsRead(
  { node, token }: Pick<Side, 'node' | 'token'>,
  key: string,
  ledger: Pick<Ledger, 'signed'>,
): Promise<void> {
  const { textAct } = parse<{ textAct: string }>(await node.send(`/api/agreements/${key}`, { token }));
  const answer = await node.send(`/api/agreements/${key}/sign`, { token, json: { version: textAct } });
  if (isDone(answer)) ledger.signed.push({ node: node.name, key });
}

interface Named {
  readonly id: number;
  readonly name: string;
}

function idOf(all: readonly Named[], name: string): number {
  const found = all.find((each) => each.name === name);
  if (!found) throw new RangeError(`nothing is called ${name}`);
  return found.id;
}
