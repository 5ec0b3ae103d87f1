import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyLogs } from '../../src/commands/verify-log.ts';
import { sendTable } from '../../src/exchange/actions.ts';
import type { ActId, SubjectId } from '../../src/ids.ts';
import { observe } from '../../src/observatory/jobs.ts';
import { listFlows, listQuestions } from '../../src/observatory/store.ts';
import { drawCountry, order, propose, report, signAll, treaty, week, weekly } from '../support/exchange.ts';
import { converge, openTestNode, pair, type TestNode } from '../support/node.ts';

interface Run {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** The command as a shell runs it, with the test's clock. */
async function verify(node: TestNode, urls: readonly string[], options: { readonly state?: string; readonly json?: boolean; readonly key?: string } = {}): Promise<Run> {
  const [out, err]: [string[], string[]] = [[], []];
  const exitCode = await verifyLogs(urls, { from: 0, ...options }, { out: { write: (text) => out.push(text) }, err: { write: (text) => err.push(text) }, clock: node.clock });
  return { exitCode, out: out.join(''), err: err.join('') };
}

const questionsAt = async (node: TestNode) => {
  await observe(node.house);
  return node.house.database.read('node', (reader) => listQuestions(reader, { settled: false, limit: 100 }));
};

describe('two ministries and an observatory', () => {
  let a: TestNode;
  let b: TestNode;
  let watcher: TestNode;
  let instrument: SubjectId;
  let table: ActId | undefined;

  beforeAll(async () => {
    a = await openTestNode('a');
    b = await openTestNode('b');
    watcher = await openTestNode('watcher');
    await pair(a, b);
    await pair(a, watcher);
    await pair(b, watcher);
    await drawCountry(a);
    await drawCountry(b);
    await report(a, 'measles', week('2026-W09'), { AA11: 30, AA21: 9 });
    instrument = await propose([a, b], await treaty([a, b], [[weekly]]), [a, b, watcher]);
    await signAll([a, b], instrument, [a, b, watcher]);
    table = await a.act((work) => sendTable(work, order(instrument, b, week('2026-W09'))));
    await converge(a, b, watcher);
  });

  afterAll(async () => {
    for (const node of [watcher, b, a]) await node[Symbol.asyncDispose]();
  });

  it('all of it is verified from outside: roots, acts, the agreement, the table and its receipt', async () => {
    const { exitCode, out, err } = await verify(a, [a.url, b.url]);
    console.log(out, err);
    expect(exitCode).toBe(0);
  });

  it('the observatory finds the same', async () => {
    expect(await questionsAt(watcher)).toEqual([]);
    await converge(a, b, watcher);
    expect(await questionsAt(watcher)).toEqual([]);
    const flows = await watcher.house.database.read('node', (reader) => listFlows(reader, 10));
    console.log(flows);
    expect(flows[0]?.act).toBe(table);
  });
});
