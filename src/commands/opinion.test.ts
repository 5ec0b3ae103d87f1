import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Report } from '@reciproca/opinion/report';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OperatorError } from '../operator-error.ts';
import { opinionCommand } from './opinion.ts';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(path.join(os.tmpdir(), 'reciproca-opinion-'))));
afterAll(() => rm(folder, { recursive: true }));

async function write(name: string, text: string): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, text);
  return file;
}

async function run(...args: string[]): Promise<string> {
  let out = '';
  const command = opinionCommand({ write: (text) => void (out += text) }).exitOverride();
  await new Command('reciproca')
    .exitOverride()
    .addCommand(command)
    .parseAsync(['opinion', ...args], { from: 'user' });
  return out;
}

/** Two camps of thirty who differ on eight of ten statements; everybody agrees with the other two. */
function twoCamps(): string {
  const rows = ['vote,comment-id,voter-id'];
  for (let who = 0; who < 60; who++)
    for (let what = 0; what < 10; what++) {
      // One vote in nine is a pass.
      const vote = (who * 7 + what * 5) % 9 === 0 ? 0 : what >= 8 || (who % 2 === 0) === (what % 2 === 0) ? 1 : -1;
      rows.push(`${vote},${what},${who}`);
    }
  return `${rows.join('\n')}\n`;
}

describe('refused, with the row and what to do', () => {
  test('a file that is not there', async () => {
    await expect(run(path.join(folder, 'none.csv'))).rejects.toThrow(
      /none\.csv cannot be read.*check.*file-unreadable/,
    );
  });

  test('a vote of 2', async () => {
    const file = await write('two.csv', 'voter-id,comment-id,vote\n1,1,1\n2,1,2\n');
    await expect(run(file)).rejects.toThrow(OperatorError);
    await expect(run(file)).rejects.toThrow(/two\.csv, line 3: "2" is no vote; write 1 .*\(vote-unknown\)/);
  });

  test('comments without their ids', async () => {
    const votes = await write('votes.csv', twoCamps());
    const comments = await write('comments.csv', 'comment-body\nhello\n');
    await expect(run(votes, '--comments', comments)).rejects.toThrow(/comments\.csv, line 1: .*column-missing/);
  });

  test('an engine that does not exist: asked wrongly', async () => {
    const votes = await write('votes.csv', twoCamps());
    await expect(run(votes, '--engine', 'magic')).rejects.toMatchObject({ code: 'commander.invalidArgument' });
  });
});

describe('two camps', () => {
  test.for(['compat', 'robust'] as const)('%s: are found, with what both agree with', async (engine) => {
    const votes = await write('votes.csv', twoCamps());
    const comments = await write(
      'comments.csv',
      'comment-id,moderated,comment-body\n8,1,"Water first,\nthen roads"\n7,-1,spam\n',
    );
    const report = JSON.parse(await run(votes, '--comments', comments, '--engine', engine, '--json')) as Report;
    expect(report.groups.map(({ size }) => size)).toEqual([30, 30]);
    const groupOf = new Map(report.participants.map(({ id, group }) => [Number(id), group]));
    for (const [who, group] of groupOf) expect(group).toBe(groupOf.get(who % 2));
    const best = [...report.statements].sort((a, b) => b.consensus! - a.consensus!).slice(0, 2);
    expect(best.map(({ id }) => id).sort()).toEqual(['8', '9']);
    expect(report.statements.find(({ id }) => id === '8')!.text).toBe('Water first,\nthen roads');
    expect(report.statements.find(({ id }) => id === '7')!.isModeratedOut).toBe(true);
    expect(report.stability!.value).toBeGreaterThan(report.stability!.reliableFrom);
    for (const { representative } of report.groups)
      for (const { statement } of representative) expect(statement).not.toBe('7');
  });

  test('as text: groups, what sets them apart, what all agree with', async () => {
    const votes = await write('votes.csv', twoCamps());
    const comments = await write('comments.csv', 'comment-id,comment-body\n8,"Water first,\nthen \u001b[31mroads"\n');
    const text = await run(votes, '--comments', comments);
    expect(text).toContain('2 groups. Stability:');
    expect(text).toContain('8: Water first, then [31mroads');
    expect(text).not.toContain('\u001b');
  });

  test('as text, hardly any votes: no stable groups, and why', async () => {
    const votes = await write('few.csv', 'voter-id,comment-id,vote\n1,1,1\n2,1,-1\n');
    expect(await run(votes)).toContain('No stable groups: fewer than 40 people');
  });
});
