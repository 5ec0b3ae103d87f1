import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OperatorError } from '../../operator-error.ts';
import { importCommand, type ImportOptions } from './import-command.ts';
import { openReportingNode, type ReportingNode } from './reporting.fixture.ts';

let node: ReportingNode;
let directory: string;
beforeAll(async () => {
  node = await openReportingNode();
  directory = await mkdtemp(path.join(os.tmpdir(), 'reciproca-import-'));
});
afterAll(async () => {
  await node[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

async function run(content: string, text: string, options: Partial<ImportOptions> = {}): Promise<string> {
  const file = path.join(directory, `${content}.csv`);
  await writeFile(file, text);
  let output = '';
  const defaults = { map: [], column: [], dryRun: false, json: false, rejected: path.join(directory, 'rejected.csv') };
  await importCommand(
    node.node.house,
    { ...defaults, content, file, ...options },
    { write: (words) => void (output += words), progress: () => {} },
  );
  return output;
}
const json = async (content: string, text: string, options: Partial<ImportOptions> = {}): Promise<unknown> =>
  JSON.parse(await run(content, text, { ...options, json: true }));
const messageOf = (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => 'done',
    (error: unknown) => (error instanceof OperatorError ? error.message : `not for the operator: ${String(error)}`),
  );

describe('the command refuses, in words that say what to do', () => {
  test('what it does not know', async () => {
    expect(await messageOf(run('people', ''))).toMatch(
      /nothing called people[\s\S]*places, neighbours, units, indicators, reports/,
    );
    expect(await messageOf(run('places', '', { party: 'nobody' }))).toMatch(/hosts no party called nobody. It hosts: /);
    expect(await messageOf(run('places', 'code,name\n', { map: ['code'] }))).toMatch(/--map takes pairs/);
    expect(await messageOf(run('places', 'code,name\n', { encoding: 'ebcdic' }))).toMatch(
      /--encoding takes one of: utf-8 latin-1/,
    );
    const absent = importCommand(
      node.node.house,
      { content: 'places', file: '/nowhere.csv', map: [], column: [], dryRun: false, json: false },
      { write: () => {}, progress: () => {} },
    );
    expect(await messageOf(absent)).toBe('/nowhere.csv does not exist.');
  });
  test('a file whose columns do not fit, naming them', async () => {
    expect(await messageOf(run('places', 'a,b\n1,2\n'))).toMatch(/Say which column is: code, name/);
    expect(await messageOf(run('places', 'code,name\n', { map: ['code=c'] }))).toMatch(/no such column: c/);
  });
  test('a file that cannot be read, naming the row', async () => {
    expect(await messageOf(run('places', 'code,name\nA,"x\n'))).toMatch(
      /quotation mark opens here and never closes.*\(row 2\)/,
    );
  });
});

describe('the command', () => {
  test('takes in, says how many of each, and writes what it rejected with the reasons', async () => {
    expect(await json('places', 'geo,name_en,parent\nAA,Aland,\nN,North,AA\nX,Nowhere,ZZ\n')).toMatchObject({
      accepted: 2,
      changed: 0,
      unchanged: 0,
      rejected: 1,
      rejectedFile: path.join(directory, 'rejected.csv'),
      dryRun: false,
    });
    expect(await readFile(path.join(directory, 'rejected.csv'), 'utf8')).toMatch(
      /4,parent,parent-unknown,The place above is neither in this file nor known.,X,Nowhere,ZZ/,
    );
    await run('indicators', 'code\nmeasles\ncholera\n');
    const reports = 'w;g;d;n\n2024-W01;N;measles;3\n2024-W02;N;measles;4\n';
    const map = { map: ['period=w,place=g', 'indicator=d,value=n'] };
    expect(await json('reports', reports, { ...map, dryRun: true })).toMatchObject({
      accepted: 2,
      submission: null,
      dryRun: true,
    });
    expect(await json('reports', reports, map)).toMatchObject({
      accepted: 2,
      changed: 0,
      unchanged: 0,
      rejected: 0,
      rejectedFile: null,
    });
    expect(await run('reports', reports.replace(';4', ';5'), map)).toBe(
      'reports.csv: accepted 0, changed 1, unchanged 1, empty 0, rejected 0\n',
    );
  });
  test('reads wide tables: a column for each indicator under another name, one left out', async () => {
    const wide = 'geo,iso_year,iso_week,MEA,CHO,note\nN,2024,10,1,0,x\n';
    const options = { map: ['indicator=*'], column: ['MEA=measles', 'CHO=cholera', 'note='] };
    expect(await json('reports', wide, options)).toMatchObject({ accepted: 2, rejected: 0 });
  });
});
