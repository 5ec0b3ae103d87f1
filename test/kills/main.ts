/**
 * `npm run test:kills -- --count N [--seed S]`: two real nodes, paired and at work, whose processes and databases are killed again and again.
 * After each kill: nothing acknowledged is lost, both logs verify and have only grown, both nodes say the same, everything folds again to
 * what is stored. Exit code 0 and a last line when all of it held.
 */
import { mkdirSync, mkdtempSync, rmSync, chmodSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import type { TreeHead } from '@reciproca/tlog/merkle';
import { parseAct } from '../../src/acts/jws.ts';
import { parseSummary } from '../../src/acts/protocol.ts';
import { nodeOpen } from '../../src/acts/spine-types.ts';
import {
  demandReplay,
  demandValues,
  findDifference,
  findUnlogged,
  hintEachOther,
  readLog,
  untilNothing,
  type LogView,
} from './checks.ts';
import { openClient } from './client.ts';
import type { Side } from './ledger.ts';
import { demandCounts, findOpenFlow, findUnanswered } from './flow-checks.ts';
import { givenIndicators } from './flows.ts';
import { signIn } from './person.ts';
import { createNode, email, password, type ProcessNode } from './process-node.ts';
import { createRandom } from './random.ts';

const { values } = parseArgs({ options: { count: { type: 'string', default: '20' }, seed: { type: 'string' } } });
const count = Number(values.count);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
if (!Number.isSafeInteger(count) || count < 1 || !Number.isSafeInteger(seed)) {
  process.stderr.write('usage: npm run test:kills -- --count N [--seed S]\n');
  process.exit(2);
}

const patienceMs = 60_000;
const valuesEvery = 10;
const random = createRandom(seed);
const startedMs = Date.now();
const directory = mkdtempSync(join(tmpdir(), 'reciproca-kills-'));
// Started by root, the database runs as another user.
if (process.getuid?.() === 0) chmodSync(directory, 0o711);
const nodes: ProcessNode[] = [];
const say = (text: string): void =>
  void process.stdout.write(`${((Date.now() - startedMs) / 1000).toFixed(1).padStart(6)} s  ${text}\n`);

async function setUp(name: string): Promise<Side> {
  const node = await createNode(name, directory);
  nodes.push(node);
  mkdirSync(node.dataDir, { mode: 0o711 });
  const must = async (args: readonly string[]): Promise<string> => {
    const answer = await node.run(args);
    if (answer === undefined) throw new Error(`${name}: ${args.join(' ')} failed; see ${directory}/${name}.log`);
    return answer;
  };
  const places = join(directory, 'places.csv');
  const indicators = join(directory, 'indicators.csv');
  writeFileSync(
    places,
    ['code,name', ...Array.from({ length: 200 }, (_, at) => `D${at},District ${at}`), ''].join('\n'),
  );
  writeFileSync(
    indicators,
    ['code,name,period', ...['measles', ...givenIndicators].map((code) => `${code},${code},iso-week`), ''].join('\n'),
  );
  const profile = [
    '--name',
    `Ministry ${name}`,
    '--kind',
    'government',
    '--country',
    'AA',
    '--recovery-file',
    join(directory, `${name}.recovery`),
  ];
  const { did } = JSON.parse(await must(['party', 'set-up', ...profile, '--json'])) as { did: string };
  await node.start();
  await must(['import', 'places', places]);
  await must(['import', 'indicators', indicators]);
  const { token } = JSON.parse(
    await must(['token', 'make', '--email', email, '--party', 'operator', '--name', 'kills', '--json']),
  ) as { token: string };
  const person = await signIn(node, email, password);
  const people = JSON.parse(Buffer.from((await person.get('/api/people')).body).toString('utf8')) as {
    people: { id: string }[];
  };
  // She has looked into her own signals as well: an officer verifies, not an administrator.
  await person.post(`/api/people/${people.people[0]?.id}`, { roles: ['administrator', 'officer'] });
  return { node, token, person, did };
}

async function readOpening({ node }: Side): Promise<{ readonly origin: string; readonly vkey: string }> {
  const { opening } = JSON.parse(Buffer.from((await node.send('/federation/node')).body).toString('utf8')) as {
    opening: string;
  };
  const { origin, log } = parseSummary(nodeOpen, parseAct(Buffer.from(opening, 'base64url')).payload);
  return { origin, vkey: log };
}

const victims = ['node', 'database', 'both'] as const;

async function kill(node: ProcessNode, victim: (typeof victims)[number]): Promise<void> {
  if (victim !== 'database') await node.killProcess();
  if (victim !== 'node') await node.killDatabase();
}

async function play(): Promise<void> {
  const sides = await Promise.all([setUp('a'), setUp('b')]);
  const [a, b] = sides;
  const openings = await Promise.all([readOpening(a), readOpening(b)]);
  const origins = [openings[0].origin, openings[1].origin] as const;
  const client = openClient([a, b], random, () => random.below(1_000));
  const heads: (TreeHead | undefined)[] = [undefined, undefined];
  say(`two nodes are up; seed ${seed}`);

  for (let round = 1; round <= count; round++) {
    const { node } = random.pick(sides);
    const victim = random.pick(victims);
    const working = new AbortController();
    const work = client.work(working.signal);
    await Promise.race([work, delay(200 + random.below(800))]);
    await kill(node, victim);
    await delay(random.below(300));
    working.abort();
    await work;
    await Promise.all(nodes.map((each) => each.start()));
    const isPaired = await client.isPaired();
    if (isPaired)
      await untilNothing(async () => {
        const missing = (await findDifference([a, b], origins)) || (await findOpenFlow(client.ledger, [a, b]));
        if (missing !== '') await hintEachOther([a, b], origins);
        return missing;
      }, patienceMs);
    const views: LogView[] = [];
    await untilNothing(async () => {
      views.length = 0;
      for (const [at, side] of sides.entries()) {
        const view = await readLog(side, openings[at]?.vkey ?? '', heads[at]);
        views.push(view);
        heads[at] = view.head;
        const missing = findUnlogged(client.ledger, side, view.acts);
        if (missing !== '') return missing;
      }
      return findUnanswered(views.map(({ acts }) => acts));
    }, patienceMs);
    await Promise.all(sides.map(demandReplay));
    if (round % valuesEvery === 0 || round === count) {
      await Promise.all(sides.map((side) => demandValues(client.ledger, side, round)));
      await demandCounts(client.ledger, [a, b]);
    }
    const { parties, proposed, signed, values: taken, warned, tables } = client.ledger;
    say(
      `kill ${round}/${count}: ${victim} of ${node.name}${isPaired ? '' : ', not paired yet'}; logs ${heads.map((head) => head?.size).join(' + ')}; ` +
        `acknowledged so far: ${parties.length} parties, ${proposed.length} proposals, ${signed.length} signatures, ${taken.length} values, ${warned.length} warnings, ${tables.length} tables`,
    );
  }
  const { warned, tables } = client.ledger;
  if (count >= 20 && (warned.length === 0 || tables.length === 0))
    throw new Error('not everything flowed: this run has tested less than it says');
}

try {
  await play();
  await Promise.all(nodes.map((node) => node.stop()));
  rmSync(directory, { recursive: true, force: true });
  say(`${count} kills, nothing acknowledged was lost, both logs verify, the nodes agree (seed ${seed})`);
} catch (error) {
  await Promise.allSettled(nodes.map((node) => node.killProcess().then(() => node.killDatabase())));
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  say(`FAILED with --seed ${seed}; the data directories are in ${directory}`);
  process.exitCode = 1;
}
