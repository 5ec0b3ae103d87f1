/** The demonstration from an empty folder to a story with links; from a folder that has one, only the nodes are started again. */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { systemClock } from '../clock.ts';
import { openCommandHouse } from '../commands/with-house.ts';
import { readConfig, type Config } from '../config.ts';
import { work } from '../house.ts';
import { openLog } from '../log.ts';
import { observatoryAnswer } from '../observatory/answers.ts';
import { observeJob } from '../observatory/jobs.ts';
import { openCluster } from '../db/cluster.ts';
import { waitForLock } from '../db/cluster-lock.ts';
import { OperatorError } from '../operator-error.ts';
import { periodOf, plainDateAt, shiftPeriod } from '../period.ts';
import { usualDueHours } from '../surveillance/reporting/indicators/indicator.ts';
import { cast, demoPassword, emailOf, members, nodePlans, type Member, type NodeName } from './cast.ts';
import { drawCountries, type Country, type CountryName } from './countries.ts';
import {
  agree,
  exchangeTables,
  nameOfNode,
  pairAll,
  receiveWarning,
  refuseForbidden,
  sayNo,
  verify,
  waitFor,
  type Played,
  type Stage,
} from './network.ts';
import { openPerson, type Person } from './person.ts';
import { prepareNode, type NodeData, type Sessions } from './prepare.ts';
import { requireFreePorts, serveNode, stopNodes, type NodePlace, type ServedNode } from './processes.ts';
import { simulateReports, tellBorderStory, type BorderStory, type Reports, type Span } from './simulation.ts';
import { storySchema, type Story } from './story.tsx';

export interface DemoOptions {
  /** Absolute. */
  readonly dir: string;
  readonly firstPort: number;
  readonly isFresh: boolean;
  /** Progress, in plain words. */
  say(words: string): void;
}

export interface RunningDemo {
  readonly story: Story;
  readonly nodes: readonly ServedNode[];
  /** Resolves when a node ends by itself, with its name. */
  readonly ended: Promise<NodeName>;
  stop(): Promise<void>;
}

const seed = 'reciproca';

/** Lies in the folder from the first moment: what is in a folder without it is nobody's to delete. */
const markSchema = z.object({ format: z.literal('reciproca-demo/1'), firstPort: z.int(), lastWeek: z.string() });
type Mark = z.output<typeof markSchema>;

const markName = 'demo.json';
const lockName = 'demo.lock';

export async function runDemo(options: DemoOptions): Promise<RunningDemo> {
  const { dir, say } = options;
  readMark(dir);
  mkdirSync(dir, { recursive: true });
  // Held for the life of the demonstration: whoever starts another one over it waits until its databases are closed.
  const lock = await waitForLock(path.join(dir, lockName), 'exclusive', {
    timeoutMs: 30_000,
    onWait: () => say('Another demonstration in the same folder is stopping.'),
  });
  try {
    const demo = await runAlone(options);
    return {
      ...demo,
      async stop() {
        await demo.stop();
        lock[Symbol.dispose]();
      },
    };
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}

async function runAlone({ dir, firstPort, isFresh, say }: DemoOptions): Promise<RunningDemo> {
  const markFile = path.join(dir, markName);
  const storyFile = path.join(dir, 'story.json');
  const span = spanAt(systemClock.now());
  const mark = readMark(dir);
  const isWhole = mark !== undefined && existsSync(storyFile);
  const isReused = isWhole && !isFresh;
  if (isReused && mark.firstPort !== firstPort)
    throw new OperatorError(
      `The demonstration in ${dir} answers on ports ${mark.firstPort} to ${mark.firstPort + 2}, and its addresses are part of what its parties signed.\n` +
        `Start it with --port ${mark.firstPort}, or make a new one with --fresh.`,
    );
  const places = nodePlans.map(({ name }, at): NodePlace => {
    const port = firstPort + at;
    return {
      name,
      port,
      url: `http://${name}.localhost:${port}`,
      dataDir: path.join(dir, name),
      logFile: path.join(dir, `${name}.log`),
    };
  });
  await requireFreePorts(places.map(({ port }) => port));

  let sessions: Sessions = new Map();
  const countries = drawCountries(seed);
  const border = tellBorderStory(countries);
  const simulated = isReused ? undefined : simulate(countries, border, span);
  if (simulated) {
    if (mark) {
      say(isWhole ? 'The former demonstration is removed.' : 'An unfinished demonstration is removed.');
      await removeNodes(places, dir);
    }
    writeFileSync(
      markFile,
      `${JSON.stringify({ format: 'reciproca-demo/1', firstPort, lastWeek: span.lastWhole.label } satisfies Mark)}\n`,
    );
    say(
      'Three nodes get a database, a log and keys each; two ministries take in five years of simulated weekly reports.',
    );
    sessions = await prepareAll(places, simulated, span);
  } else if (mark && mark.lastWeek !== span.lastWhole.label)
    say(`This demonstration was made for week ${mark.lastWeek}. To tell it for this week, start it with --fresh.`);

  say('The nodes start.');
  const started = await Promise.allSettled(places.map((place) => serveNode(place, storyFile)));
  const nodes = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const stop = (): Promise<void> => stopNodes(nodes);
  try {
    for (const result of started) if (result.status === 'rejected') throw result.reason;
    if (simulated) {
      const story = await play(places, sessions, border, simulated, say);
      writeFileSync(storyFile, `${JSON.stringify(story, null, 2)}\n`);
    }
    const ended = Promise.race(
      nodes.map(
        ({ name, process: child }) => new Promise<NodeName>((resolve) => child.once('exit', () => resolve(name))),
      ),
    );
    return { story: storySchema.parse(JSON.parse(readFileSync(storyFile, 'utf8'))), nodes, ended, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A database server that a killed node left behind would, on noticing that its files are gone, take the socket of its successor with it: it is stopped first. */
async function removeNodes(places: readonly NodePlace[], dir: string): Promise<void> {
  rmSync(path.join(dir, 'story.json'), { force: true });
  for (const { dataDir, logFile } of places) {
    if (existsSync(path.join(dataDir, 'postgres', 'postmaster.pid'))) {
      const log = openLog({ level: 'error', clock: systemClock, target: process.stderr });
      await (await openCluster({ dataDir, mode: 'join', log })).stop();
    }
    rmSync(dataDir, { recursive: true, force: true });
    rmSync(logFile, { force: true });
  }
}

/** The latest week that must have been reported by now; early reports of the one after it, if that is over. */
function spanAt(now: Date): Span {
  const dueBefore = plainDateAt(new Date(now.getTime() - usualDueHours * 3_600_000), 'UTC');
  const lastWhole = shiftPeriod(periodOf('iso-week', dueBefore), -1);
  const lastOver = shiftPeriod(periodOf('iso-week', plainDateAt(now, 'UTC')), -1);
  return { lastWhole, hasEarlyWeek: lastOver.label !== lastWhole.label };
}

function readMark(dir: string): Mark | undefined {
  const markFile = path.join(dir, markName);
  if (existsSync(markFile)) return markSchema.parse(JSON.parse(readFileSync(markFile, 'utf8')));
  if (existsSync(dir) && readdirSync(dir).some((name) => !name.startsWith(lockName)))
    throw new OperatorError(
      `${dir} is not empty and holds no demonstration; nothing in it was touched. Set RECIPROCA_DATA to another folder.`,
    );
  return undefined;
}

type Simulated = Readonly<Record<CountryName, { readonly country: Country; readonly reports: Reports }>>;

function simulate(countries: Readonly<Record<CountryName, Country>>, border: BorderStory, span: Span): Simulated {
  const of = (name: CountryName) => ({
    country: countries[name],
    reports: simulateReports(countries[name], border.outbreaks, span, seed),
  });
  return { Ambria: of('Ambria'), Sorell: of('Sorell') };
}

const configOf = ({ port, dataDir, url }: NodePlace): Config =>
  readConfig({ PORT: String(port), RECIPROCA_DATA: dataDir, RECIPROCA_PUBLIC_URL: url, RECIPROCA_LOG_LEVEL: 'error' });

async function prepareAll(places: readonly NodePlace[], simulated: Simulated, span: Span): Promise<Sessions> {
  const prepared = await Promise.allSettled(
    nodePlans.map(async (plan) => {
      const place = places.find(({ name }) => name === plan.name);
      if (!place) throw new Error(`no place for ${plan.name}`);
      const config = configOf(place);
      const data: NodeData | undefined = plan.country && { ...simulated[plan.country], span };
      return prepareNode(plan, config, data);
    }),
  );
  // All have closed their databases before a failure of one is told.
  return new Map(
    prepared.flatMap((result) => {
      if (result.status === 'rejected') throw result.reason;
      return [...result.value];
    }),
  );
}

async function play(
  places: readonly NodePlace[],
  sessions: Sessions,
  border: BorderStory,
  simulated: Simulated,
  say: DemoOptions['say'],
): Promise<Story> {
  const urls = Object.fromEntries(places.map(({ name, url }) => [name, url])) as Record<NodeName, string>;
  const people = Object.fromEntries(
    members.map((who) => [who, openPerson(urls[cast[who].node], sessions.get(who))]),
  ) as Record<Member, Person>;
  const stage: Stage = { urls, people, story: border, say };
  await pairAll(stage);
  const agreement = await agree(stage);
  await sayNo(stage);
  await exchangeTables(stage);
  const { verified, openSignal } = await verify(stage);
  const warningArticle = await receiveWarning(stage);
  await refuseForbidden(stage);
  await observeAll(stage, places);
  for (const who of members) if (sessions.has(who)) await people[who].post('/sign-out', {}, z.object({}));
  return tell(urls, { agreement, verified, openSignal, warningArticle }, border, simulated.Ambria);
}

/** The observatory looks each minute by itself; whoever is about to read the story need not wait for that. */
async function observeAll({ people, say }: Stage, places: readonly NodePlace[]): Promise<void> {
  say('The observatory checks both logs, entry by entry.');
  const watch = places.find(({ name }) => name === 'watch');
  if (!watch) throw new Error('no observatory');
  await using command = await openCommandHouse('join', configOf(watch));
  const { house } = command;
  await waitFor('the observatory to have checked what crossed the border', async () => {
    await work(house, 'node', { system: 'command-line' }, ({ tx }) => house.jobs.enqueue(tx, observeJob, {}));
    const { flows, logs } = await people.chen.get('/observatory', observatoryAnswer);
    return flows.length > 0 &&
      flows.every(({ inForce }) => inForce === 'yes') &&
      logs.every(({ checked }) => checked !== null)
      ? true
      : undefined;
  });
}

function tell(
  urls: Readonly<Record<NodeName, string>>,
  played: Played,
  border: BorderStory,
  { country, reports }: Simulated['Ambria'],
): Story {
  const as = (who: Member) => ({ name: cast[who].name, email: emailOf(who) });
  const [silent] = country.facilities
    .filter(({ code }) => reports.silent.includes(code))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const lastWhole = reports.recent.findLast(({ onTime }) => onTime.length > 0)?.week.label ?? '';
  const community = nodePlans[0]?.hosted.find(({ kind }) => kind === 'community');
  return {
    password: demoPassword,
    nodes: nodePlans.map(({ name, operator }) => ({ name: operator.name, url: urls[name] })),
    steps: [
      {
        step: 'silent',
        url: `${urls.ambria}/reporting`,
        as: as('amina'),
        values: {
          count: reports.silent.length,
          expected: country.facilities.length,
          period: lastWhole,
          contact: silent?.contact ?? '',
          unit: silent?.name ?? '',
          phone: silent?.phone ?? '',
        },
      },
      {
        step: 'signal',
        url: `${urls.ambria}${played.openSignal.path}`,
        as: as('amina'),
        values: { indicator: played.openSignal.indicator, place: played.openSignal.place },
      },
      {
        step: 'verified',
        url: `${urls.ambria}${played.verified}`,
        as: as('amina'),
        values: { officer: cast.amina.name, indicator: 'measles', place: border.origin.name },
      },
      {
        step: 'warning',
        url: `${urls.sorell}/exchange`,
        as: as('leila'),
        values: { neighbour: nameOfNode('sorell'), article: Number(played.warningArticle.replace('art-', '')) },
      },
      {
        step: 'community',
        url: `${urls.ambria}/p/${community?.slug ?? ''}/data`,
        as: as('mariama'),
        values: { community: community?.name ?? '' },
      },
      { step: 'refused', url: `${urls.ambria}/exchange/requests`, as: as('amina'), values: { purpose: 'immigration' } },
      { step: 'observatory', url: `${urls.watch}/observatory`, as: null, values: { observatory: nameOfNode('watch') } },
    ],
  };
}
