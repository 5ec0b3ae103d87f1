/**
 * `npm run bench [-- NAME] [--json]`: speed, as ratios to something measured in the same run. `--json` prints {results: [{name, ...}]}.
 * `detect-million --series 1000000` is the size it is named for.
 */
import { benchDetectMillion } from './detect-million.ts';
import { benchDetect } from './detect.ts';
import { benchDigest } from './digest.ts';
import { benchImport } from './import.ts';
import { benchLog } from './log.ts';
import { benchOpinion } from './opinion.ts';
import { benchSignalsPage } from './signals-page.ts';

type Result = { readonly name: string } & Readonly<Record<string, unknown>>;

const benchmarks: Readonly<Record<string, () => Promise<readonly Result[]>>> = {
  log: async () => [{ ...(await benchLog()) }],
  detect: benchDetect,
  opinion: benchOpinion,
  import: async () => [{ ...(await benchImport()) }],
  digest: async () => [{ ...(await benchDigest(membersWanted)) }],
  'signals-page': async () => [{ ...(await benchSignalsPage()) }],
  'detect-million': async () => [{ ...(await benchDetectMillion(seriesWanted)) }],
};

const given = process.argv.slice(2);
if (given.includes('--help') || given.includes('-h')) {
  process.stdout.write(
    `npm run bench [-- NAME ...] [--json]\nThere are: ${Object.keys(benchmarks).join(', ')}. Without a name, all of them.\n`,
  );
  process.exit(0);
}
const isJson = given.includes('--json');
const membersAt = given.indexOf('--members') + 1;
const membersWanted = membersAt === 0 ? undefined : Number(given[membersAt]);
if (membersWanted !== undefined && !(Number.isSafeInteger(membersWanted) && membersWanted >= 100)) {
  process.stderr.write('--members takes a whole number from 100 on.\n');
  process.exit(2);
}
const seriesAt = given.indexOf('--series') + 1;
const seriesWanted = seriesAt === 0 ? undefined : Number(given[seriesAt]);
if (seriesWanted !== undefined && !(Number.isSafeInteger(seriesWanted) && seriesWanted >= 100)) {
  process.stderr.write('--series takes a whole number from 100 on.\n');
  process.exit(2);
}
const wanted = given.filter(
  (word, at) => !word.startsWith('--') && at !== (seriesAt || -1) && at !== (membersAt || -1),
);
const unknown = wanted.filter((name) => !(name in benchmarks));
if (unknown.length > 0) {
  process.stderr.write(
    `There is no benchmark called ${unknown.join(', ')}. There are: ${Object.keys(benchmarks).join(', ')}.\n`,
  );
  process.exit(2);
}

const results: Result[] = [];
for (const name of wanted.length > 0 ? wanted : Object.keys(benchmarks)) {
  process.stderr.write(`${name} ...\n`);
  results.push(...((await benchmarks[name]?.()) ?? []));
}
if (isJson) process.stdout.write(`${JSON.stringify({ results })}\n`);
else for (const result of results) process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
process.exit(0);
