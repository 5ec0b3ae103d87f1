import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Problem } from '../../../problem.ts';
import { readCompleteness } from '../completeness/reading.ts';
import { importSmallCountry, openReportingNode, type ReportingNode } from '../reporting.fixture.ts';
import * as submissions from '../submissions/store.ts';
import { readReportForm, sendForm, type FilledForm, type FormKey } from './actions.ts';

let node: ReportingNode;
beforeEach(async () => {
  node = await openReportingNode();
  await importSmallCountry(node);
  await node.importText(
    'units',
    'code,name,place,set,since\nN,North,AA,weekly,2025-01-01\nS,South,AA,weekly,2025-01-01\n',
  );
});
afterEach(() => node[Symbol.asyncDispose]());

// The clock of the tests stands at 2026-03-02, a Monday.
const key: FormKey = { set: 'weekly', place: 'N', period: '2026-W09' };
const send = (filled: Partial<FilledForm>, to: Partial<FormKey> = {}) =>
  node.act((work) => sendForm(work, { ...key, ...to }, { counts: [], restIsZero: false, ...filled }));
const values = () =>
  node.act(async ({ tx }) =>
    Object.fromEntries(
      (await readReportForm(tx.db, key, tx.now)).lines.map(({ indicator, value }) => [indicator.code, value]),
    ),
  );

const refusalOf = async (attempt: Promise<unknown>): Promise<unknown> => {
  const error = await attempt.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Problem)) throw new Error('not refused', { cause: error });
  const [field] = (error.details['fields'] ?? []) as readonly { path: string; code: string }[];
  return field ? `${field.path} ${field.code}` : `${error.code} ${String(error.details['what'])}`;
};

describe('a form is refused', () => {
  test('when somebody else reported meanwhile what it did not show; and what is held stays', async () => {
    const held = () => node.act(async ({ tx }) => (await readReportForm(tx.db, key, tx.now)).held);
    const seen = await held();
    const [first, second] = await Promise.allSettled([
      send({ counts: [{ indicator: 'measles', value: 7 }], seen }),
      send({ counts: [{ indicator: 'measles', value: 9 }], seen }),
    ]);
    expect([first.status, second.status].toSorted()).toEqual(['fulfilled', 'rejected']);
    const kept = (await values())['measles'];
    expect(await refusalOf(send({ counts: [{ indicator: 'measles', value: 1 }], seen }))).toBe('conflict report');
    expect((await values())['measles']).toBe(kept);
    await send({ counts: [{ indicator: 'measles', value: 1 }], seen: await held() });
    expect((await values())['measles']).toBe(1);
  });
  test('when it, the place or the period does not exist, or has not begun', async () => {
    expect(await refusalOf(send({}, { set: 'none' }))).toBe('not-found form');
    expect(await refusalOf(send({}, { place: 'Z' }))).toBe('not-found place');
    expect(await refusalOf(send({}, { period: '2021-W53' }))).toBe('period week-53-absent');
    expect(await refusalOf(send({}, { period: '2026-03' }))).toBe('period week-form');
    expect(await refusalOf(send({}, { period: '2026-W11' }))).toBe('period reporting.reason-period-in-future');
  });
  test('when it says nothing, something of another form, or the same twice', async () => {
    expect(await refusalOf(send({}))).toBe('counts required');
    expect(await refusalOf(send({ counts: [{ indicator: 'births', value: 1 }] }))).toBe(
      'counts.0.indicator not-a-choice',
    );
    const twice = [
      { indicator: 'measles', value: 1 },
      { indicator: 'measles', value: 1 },
    ];
    expect(await refusalOf(send({ counts: twice }))).toBe('counts.1.indicator repeated');
  });
});

describe('a form', () => {
  test('keeps zero and nothing apart', async () => {
    expect(await send({ counts: [{ indicator: 'measles', value: 0 }] })).toMatchObject({ accepted: 1, empty: 1 });
    expect(await values()).toEqual({ measles: 0, cholera: undefined });
  });
  test('is zero for the rest when its sender says so', async () => {
    expect(await send({ counts: [{ indicator: 'measles', value: 3 }], restIsZero: true })).toMatchObject({
      accepted: 2,
      empty: 0,
    });
    expect(await values()).toEqual({ measles: 3, cholera: 0 });
  });
  test('takes a number back when its field is left empty, and sent again changes nothing', async () => {
    await send({
      counts: [
        { indicator: 'measles', value: 3 },
        { indicator: 'cholera', value: 1 },
      ],
    });
    expect(await send({ counts: [{ indicator: 'measles', value: 3 }] })).toMatchObject({
      accepted: 0,
      changed: 1,
      unchanged: 1,
    });
    expect(await values()).toEqual({ measles: 3, cholera: null });
    expect(await send({ counts: [{ indicator: 'measles', value: 3 }] })).toMatchObject({
      accepted: 0,
      changed: 0,
      unchanged: 1,
      empty: 1,
    });
  });
  test('is kept as it was sent, with its sender', async () => {
    const counts = [{ indicator: 'measles', value: 3 }];
    const { submission } = await send({ counts });
    await node.act(async ({ tx }) => {
      const raw = await submissions.findRaw(tx.db, submission);
      expect(JSON.parse(raw?.toString() ?? '')).toEqual({ ...key, counts, restIsZero: false });
      expect(await submissions.findSubmission(tx.db, submission)).toMatchObject({
        kind: 'form',
        state: 'applied',
        senderAccount: node.node.person,
      });
    });
  });
  test('corrected after the deadline was still on time, because its first version was', async () => {
    const { clock } = node.node;
    const status = () =>
      node.act(async ({ tx }) =>
        (await readCompleteness(tx.db, { set: 'weekly', period: '2026-W09' }, tx.now))?.units.map(
          ({ place, status: each }) => `${place.code} ${each}`,
        ),
      );
    await send({ counts: [{ indicator: 'measles', value: 3 }] });
    clock.advance(5 * 86_400_000);
    await send({ counts: [{ indicator: 'measles', value: 4 }] });
    await send({ counts: [{ indicator: 'measles', value: 1 }] }, { place: 'S' });
    expect(await status()).toEqual(['S late', 'N on-time']);
  });
  test('taken back entirely is no report', async () => {
    await send({ counts: [{ indicator: 'measles', value: 3 }] });
    await send({ counts: [] });
    const reading = await node.act(async ({ tx }) =>
      readCompleteness(tx.db, { set: 'weekly', period: '2026-W09' }, tx.now),
    );
    expect(reading?.completeness.summary.received).toBe(0);
  });
});
