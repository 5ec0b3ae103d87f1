import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { work } from '../../../house.ts';
import { Problem } from '../../../problem.ts';
import { openReportingNode, type ReportingNode } from '../reporting.fixture.ts';
import { answerRumour, forgetSender, hashSecret, receiveRumour } from './actions.ts';
import * as store from './store.ts';

let node: ReportingNode;
beforeAll(async () => {
  node = await openReportingNode();
});
afterAll(() => node[Symbol.asyncDispose]());

const given = {
  what: 'Goats die at the river',
  location: 'Dell',
  contact: 'Joseph, +254 700 1',
  language: 'en',
} as const;
const receive = () => node.act((w) => receiveRumour(w, given));
const find = (secret: string) => node.act(({ tx }) => store.findRumourBySecret(tx.db, hashSecret(secret)));
const codeOf = (attempt: Promise<unknown>): Promise<unknown> =>
  attempt.then(
    () => 'not refused',
    (error: unknown) => (error instanceof Problem ? error.code : error),
  );

describe('a rumour', () => {
  test('is answered by a named person only', async () => {
    const { secret } = await receive();
    const submission = (await find(secret))?.submission ?? 0;
    const asJob = work(node.node.house, { party: node.node.operator.id }, { system: 'jobs' }, (w) =>
      answerRumour(w, submission, 'confirmed', undefined),
    );
    expect(await codeOf(asJob)).toBe('person-needed');
    expect((await find(secret))?.answers).toEqual([]);
  });
  test('is not found by another secret, nor without one', async () => {
    await receive();
    expect(await find('x'.repeat(32))).toBeUndefined();
    expect(await codeOf(node.act((w) => answerRumour(w, 999_999, 'confirmed', undefined)))).toBe('not-found');
  });
  test('is one, however often the button of its form was pressed, also at once', async () => {
    const attempt = '5f0f3d52-9e6f-4bb0-8c58-0b1f7f3f1d11';
    const send = () => node.act((w) => receiveRumour(w, { ...given, attempt }));
    const [first, second] = await Promise.all([send(), send()]);
    expect(second).toEqual(first);
    const { rows } = await node.node.house.database.pool.query('select 1 from rumours where reference = $1', [
      first.reference,
    ]);
    expect(rows).toHaveLength(1);
  });
  test('that never was has no sender to forget', async () => {
    expect(await codeOf(node.act((w) => forgetSender(w, 999_999)))).toBe('not-found');
  });
  test('enters triage at once, and its sender reads step by step what came of it', async () => {
    const { secret, reference } = await receive();
    const submission = (await find(secret))?.submission ?? 0;
    const signals = await node.act(({ tx }) =>
      tx.db.selectFrom('signals').select(['source', 'status']).where('submission_id', '=', submission).execute(),
    );
    expect(signals).toEqual([{ source: 'rumour', status: 'new' }]);
    await node.act((w) => answerRumour(w, submission, 'looking-into', undefined));
    await node.act((w) => answerRumour(w, submission, 'confirmed', ' It is anthrax. '));
    expect(await find(secret)).toMatchObject({
      reference,
      what: given.what,
      answers: [{ came: 'looking-into' }, { came: 'confirmed', reply: 'It is anthrax.' }],
    });
    expect(reference).toMatch(/^[A-Z]{3}-\d{4}$/);
  });
  test('leaves its sender out of the submission, the audit and the signal, and forgets them when asked', async () => {
    const { secret } = await receive();
    const submission = (await find(secret))?.submission ?? 0;
    const everywhere = await node.act(async ({ tx }) => [
      await tx.db.selectFrom('submissions').selectAll().where('id', '=', submission).execute(),
      await tx.db.selectFrom('signals').selectAll().where('submission_id', '=', submission).execute(),
      await tx.db.selectFrom('audit').select('details').execute(),
      (
        await tx.db.selectFrom('submissions').select('raw').where('id', '=', submission).executeTakeFirst()
      )?.raw?.toString(),
    ]);
    expect(JSON.stringify(everywhere)).not.toContain('Joseph');
    await node.act((w) => forgetSender(w, submission));
    expect(await find(secret)).toMatchObject({ what: given.what, senderContact: undefined });
  });
});
