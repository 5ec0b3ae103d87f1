/** The programs in the packages' READMEs run as they stand there, each after a stage with what its reader has already, and before what must have come of it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stripTypeScriptTypes } from 'node:module';
import { expect, test } from 'vitest';

const root = path.join(import.meta.dirname, '../..');

interface Stage {
  readonly before: string;
  readonly after: string;
}

const stages: Readonly<Record<string, readonly Stage[]>> = {
  detect: [
    { before: '', after: `if (found.alarm !== undefined || found.warnings.length === 0) throw new Error(JSON.stringify(found));` },
    {
      before: `
        import { createFlexibleWorkspace, evaluateFlexible, noufailySettings, planFarringtonFlexible, prepareSeries } from '@reciproca/detect/farrington-flexible';
        import { createSeries } from '@reciproca/detect/series';
        const usual = Array.from({ length: 520 }, (_, week) => 5 + (week % 7));
        const many = [createSeries({ kind: 'week', counts: usual }), createSeries({ kind: 'week', counts: [...usual, 90] })];
        const longest = 521;
        const taken = [];
        const take = (series) => taken.push(many.indexOf(series));`,
      after: `if (taken.join() !== '1') throw new Error('alarms: ' + taken.join());`,
    },
  ],
  opinion: [
    {
      before: `
        import { createReadStream, writeFileSync } from 'node:fs';
        import { readStatements, readVotes } from '@reciproca/opinion/polis-export';
        import { analyseRobust } from '@reciproca/opinion/robust';
        import { publish, publishPicture } from '@reciproca/opinion/publication';
        import { OpinionTracker } from '@reciproca/opinion/tracker';
        import { findLeftOut, report } from '@reciproca/opinion/report';
        const rows = Array.from({ length: 60 }, (_, voter) => Array.from({ length: 8 }, (_, statement) =>
          [voter, statement, (voter < 30) === (statement < 4) ? 1 : -1].join()));
        writeFileSync('votes.csv', 'voter-id,comment-id,vote\\n' + rows.flat().join('\\n'));
        writeFileSync('comments.csv', 'comment-id,comment-body,moderated\\n' + Array.from({ length: 8 }, (_, id) => id + ',Statement,1').join('\\n'));
        const statements = await readStatements(createReadStream('comments.csv'));
        const isLeftOut = new Uint8Array(8);
        const declared = [];`,
      after: `
        if (shown.participants !== 60 || shown.groups.length !== 2) throw new Error(JSON.stringify(shown.groups));
        if (map.groups.length !== 2 || findLeftOut(matrix, statements).some(Boolean) || !tracker) throw new Error('map');`,
    },
  ],
  tlog: [
    {
      before: `
        import { emptyRoot } from '@reciproca/tlog/hash';
        import { KEY_TYPES, makeSigningKey } from '@reciproca/tlog/key';
        import { makeNoteSigner } from '@reciproca/tlog/note';
        const files = new Map();
        const readFile = async (path) => files.get(path);
        const writeDurably = async (path, bytes) => void files.set(path, bytes);
        const origin = 'example.org/log';
        const signer = makeNoteSigner(makeSigningKey(origin, KEY_TYPES.note));
        const signedTree = { size: 0, root: emptyRoot() };
        const entries = [new TextEncoder().encode('one'), new TextEncoder().encode('two')];`,
      after: `if (!note.startsWith('example.org/log\\n2\\n') || files.size === 0) throw new Error(note);`,
    },
    {
      before: `
        import { signCheckpoint } from '@reciproca/tlog/checkpoint';
        import { growLog } from '@reciproca/tlog/grow';
        import { emptyRoot } from '@reciproca/tlog/hash';
        import { formatVkey, KEY_TYPES, makeSigningKey, publicPart } from '@reciproca/tlog/key';
        import { makeNoteSigner } from '@reciproca/tlog/note';
        const files = new Map();
        const readFile = async (path) => files.get(path);
        const key = makeSigningKey('example.org/log', KEY_TYPES.note);
        const vkey = formatVkey(publicPart(key));
        const grow = async (tree, entry) => {
          const grown = await growLog(tree, [new TextEncoder().encode(entry)], readFile);
          for (const { path, bytes } of grown.writes) files.set(path, bytes);
          return grown.tree;
        };
        const checkpointSavedEarlier = await grow({ size: 0, root: emptyRoot() }, 'one');
        const bytesOfCheckpoint = new TextEncoder().encode(
          signCheckpoint({ origin: 'example.org/log', ...(await grow(checkpointSavedEarlier, 'two')) }, makeNoteSigner(key)));
        const audited = [];
        const audit = (index, entry) => audited.push(index + new TextDecoder().decode(entry));`,
      after: `if (audited.join() !== '0one,1two') throw new Error(audited.join());`,
    },
  ],
};

const examplesIn = (name: string): readonly string[] =>
  [...readFileSync(path.join(root, 'packages', name, 'README.md'), 'utf8').matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(
    ([, code]) => code ?? '',
  );

const examples = Object.entries(stages).flatMap(([name, each]) => each.map((stage, at) => ({ name, at, stage })));

test.each(examples)('example $at in the README of packages/$name', ({ name, at, stage }) => {
  const code = examplesIn(name)[at];
  expect(code, `the README of packages/${name} has no example ${at}`).toBeDefined();
  // Beside the packages, so that their names are found.
  const directory = mkdtempSync(path.join(root, 'node_modules/.example-'));
  try {
    const program = path.join(directory, 'example.mjs');
    writeFileSync(program, stripTypeScriptTypes(`${stage.before}\n${code}\n${stage.after}\n`));
    const run = () => execFileSync(process.execPath, ['--conditions=source', program], { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] });
    expect(run).not.toThrow();
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

test('no example stands in a README that nothing runs', () => {
  for (const name of ['detect', 'disclosure', 'opinion', 'tlog'])
    expect([name, examplesIn(name).length]).toEqual([name, stages[name]?.length ?? 0]);
});
