import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCountry, type Country } from '../../../test/support/surveillance.ts';
import type { PlainDate } from '../../period.ts';
import * as actions from './actions.ts';
import { findSignal } from './reading.ts';
import type { Signal, SignalId } from './signal.ts';
import { listDecisions, saveDecision } from './store.ts';

let country: Country;
beforeAll(async () => {
  country = await openCountry();
});
afterAll(async () => country[Symbol.asyncDispose]());

const answers: unknown[] = [];
const answer: actions.Answer = async (_work, submission, came, reply) => void answers.push([submission, came, reply]);

const record = (summary = 'a hospital called') =>
  country.actAs('amina', (work) => actions.recordSignal(work, { summary, indicatorId: undefined, placeId: undefined }));
const take = (id: SignalId, step: actions.Step) =>
  country.actAs('amina', (work) => actions.takeStep(work, id, step, answer));
const statusOf = async (id: SignalId) =>
  country.house.database.read(
    { party: country.parties.north.id },
    async (reader) => (await findSignal(reader, id))?.status,
  );

const assessment = {
  question: 'Will it spread?',
  hazard: 'unknown',
  exposure: 'a market',
  context: 'rainy season',
  scopes: {
    national: { likelihood: 'likely', consequence: 'major', confidence: 'low' },
    regional: { likelihood: 'unlikely', consequence: 'moderate', confidence: 'low' },
    global: { likelihood: 'very-unlikely', consequence: 'minor', confidence: 'medium' },
  },
  reassessOn: undefined,
} as const;

test('a signal is one, however often the button of its form was pressed, also at once', async () => {
  const attempt = '5f0f3d52-9e6f-4bb0-8c58-0b1f7f3f1d11';
  const told = { summary: 'A nurse called.', indicatorId: undefined, placeId: undefined, attempt };
  const press = () => country.actAs('amina', (work) => actions.recordSignal(work, told));
  const ids = await Promise.all([press(), press(), press()]);
  expect(new Set(ids).size).toBe(1);
  const other = { ...told, attempt: '6f0f3d52-9e6f-4bb0-8c58-0b1f7f3f1d11' };
  expect(await country.actAs('amina', (work) => actions.recordSignal(work, other))).not.toBe(ids[0]);
});

describe('refused', () => {
  test('a step by a job, whatever it is: no signal changes without a person', async () => {
    const id = await record();
    const asJob = <T>(run: (work: Parameters<typeof actions.takeStep>[0]) => Promise<T>) =>
      country.house.database.transact({ party: country.parties.north.id }, { system: 'jobs' }, (tx) =>
        run({ house: country.house, tx }),
      );
    await expect(
      asJob((work) => actions.takeStep(work, id, { step: 'accept', why: 'x' }, answer)),
    ).rejects.toMatchObject({ code: 'person-needed' });
    await expect(asJob((work) => actions.assessRisk(work, id, assessment))).rejects.toMatchObject({
      code: 'person-needed',
    });
    await expect(
      asJob((work) => actions.stateOffice(work, { signalsPerWeek: 3, falseDiscoveryRate: 0.1 })),
    ).rejects.toMatchObject({ code: 'person-needed' });
    await expect(
      asJob((work) => actions.recordSignal(work, { summary: 'x', indicatorId: undefined, placeId: undefined })),
    ).rejects.toMatchObject({
      code: 'person-needed',
    });
    expect(await statusOf(id)).toBe('new');
  });

  test('by the database too: a status beyond new, and an event, without a name', async () => {
    const id = await record();
    const change = (set: string) =>
      country.act(({ tx }) => sql.raw(`update signals set ${set} where id = '${id}'`).execute(tx.db), 'north');
    await expect(change("status = 'to-verify'")).rejects.toMatchObject({ constraint: 'signals_person_check' });
    await expect(
      change(`status = 'event', decided_at = now(), decided_by = '${country.accounts.amina}'`),
    ).rejects.toMatchObject({ constraint: 'signals_event_check' });
    await expect(
      country.act(
        ({ tx }) =>
          sql`insert into events (id, party_id, title, opened_at, opened_by) values (gen_random_uuid(), ${country.parties.north.id}, 'x', now(), null)`.execute(
            tx.db,
          ),
        'north',
      ),
    ).rejects.toMatchObject({ code: '23502', column: 'opened_by' });
    await expect(
      country.act(
        ({ tx }) =>
          sql`insert into events (id, party_id, title, opened_at, opened_by) values (gen_random_uuid(), ${country.parties.north.id}, 'x', now(), gen_random_uuid())`.execute(
            tx.db,
          ),
        'north',
      ),
    ).rejects.toMatchObject({ constraint: 'events_opened_by_fkey' });
  });

  test('a step that the status does not offer, and a signal of another party', async () => {
    const id = await record();
    await expect(take(id, { step: 'verify', why: 'too soon' })).rejects.toMatchObject({
      code: 'step-not-allowed',
      details: { step: 'verify', status: 'new' },
    });
    const elsewhere = country.house.database.transact(
      { party: country.parties.coast.id },
      { account: country.accounts.amina },
      (tx) => actions.takeStep({ house: country.house, tx }, id, { step: 'accept', why: 'x' }, answer),
    );
    await expect(elsewhere).rejects.toMatchObject({ code: 'not-found' });
  });

  test('monitoring without an end in the next 90 days, and a duplicate of itself, of nothing or of another duplicate', async () => {
    const id = await record();
    const original = await record('the same');
    const repeated = await record('again the same');
    await take(repeated, { step: 'mark-duplicate', of: original, why: 'the same call' });
    for (const of of [id, repeated, '00000000-0000-4000-8000-000000000000' as SignalId])
      await expect(take(id, { step: 'mark-duplicate', of, why: 'x' })).rejects.toMatchObject({ code: 'input-invalid' });
    await take(id, { step: 'accept', why: 'plausible' });
    for (const until of ['2026-03-02', '2026-02-01', '2026-09-01'] as PlainDate[])
      await expect(take(id, { step: 'monitor', until, why: 'unclear' })).rejects.toMatchObject({
        code: 'input-invalid',
        details: { fields: [{ path: 'until' }] },
      });
    await take(id, { step: 'monitor', until: '2026-03-16' as PlainDate, why: 'unclear' });
    expect(await statusOf(id)).toBe('monitoring');
  });

  test('a signal about a place or disease that is not there', async () => {
    const attempt = (told: { indicatorId?: number; placeId?: number }) =>
      country.actAs('amina', (work) =>
        actions.recordSignal(work, { summary: 'x', indicatorId: told.indicatorId, placeId: told.placeId }),
      );
    await expect(attempt({ placeId: 999_999 })).rejects.toMatchObject({
      code: 'input-invalid',
      details: { fields: [{ path: 'place' }] },
    });
    await expect(attempt({ indicatorId: 999_999 })).rejects.toMatchObject({
      code: 'input-invalid',
      details: { fields: [{ path: 'indicator' }] },
    });
  });
});

describe('a step', () => {
  test('is kept with who, when, why and the audit row, in one transaction', async () => {
    const id = await record();
    await take(id, { step: 'accept', why: 'three calls from one village' });
    await take(id, { step: 'verify', why: 'seen by the district officer' });
    await country.actAs('amina', (work) => actions.assessRisk(work, id, assessment));
    await take(id, { step: 'close', why: 'low risk' });
    await country.house.database.read({ party: country.parties.north.id }, async (reader) => {
      expect(
        (await listDecisions(reader, [id])).map(({ step, to, by, at, why }) => [step, to, by, at.toISOString(), why]),
      ).toEqual([
        ['accept', 'to-verify', 'Amina', '2026-03-02T09:00:00.000Z', 'three calls from one village'],
        ['verify', 'verified', 'Amina', '2026-03-02T09:00:00.000Z', 'seen by the district officer'],
        ['assess', 'assessed', 'Amina', '2026-03-02T09:00:00.000Z', ''],
        ['close', 'closed', 'Amina', '2026-03-02T09:00:00.000Z', 'low risk'],
      ]);
      const audit = await reader
        .selectFrom('audit')
        .select(['action', 'account_id', 'details'])
        .orderBy(sql`id`)
        .execute();
      const own = audit.filter(({ details }) => JSON.stringify(details).includes(id));
      expect(own.map(({ action }) => action)).toEqual([
        'signal.record',
        'signal.accept',
        'signal.verify',
        'signal.assess',
        'signal.close',
      ]);
      expect(own.every(({ account_id }) => account_id === country.accounts.amina)).toBe(true);
      // Words of people never go into the audit trail.
      expect(JSON.stringify(own)).not.toMatch(/village|district officer/);
    });
  });

  test('on a rumour answers its sender, with the words given', async () => {
    const submission = await country.act(async ({ tx }) => {
      const { rows } = await sql<{ id: number }>`
        insert into submissions (party_id, kind, state, source, received_at, media_type, size_bytes, sha256, known_at)
        values (${country.parties.north.id}, 'rumour', 'applied', 'browser', now(), 'text/plain', 0, decode(repeat('00', 32), 'hex'), now()) returning id`.execute(
        tx.db,
      );
      return rows[0]?.id ?? 0;
    }, 'north');
    const id = await country.act((work) => actions.raiseRumourSignal(work, { submission }), 'north');
    answers.length = 0;
    await take(id, { step: 'accept', why: 'plausible', reply: 'We are asking the clinic.' });
    await take(id, { step: 'discard', why: 'it was a feast' });
    expect(answers).toEqual([
      [submission, 'looking-into', 'We are asking the clinic.'],
      [submission, 'not-confirmed', undefined],
    ]);
  });

  test('taken by two officers at once happens once; the other is told that it is too late', async () => {
    const id = await record();
    const results = await Promise.allSettled([
      take(id, { step: 'accept', why: 'mine' }),
      take(id, { step: 'set-aside', why: 'no danger' }),
    ]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const rejected = results.find((result) => result.status === 'rejected');
    expect(rejected?.reason).toMatchObject({ code: 'step-not-allowed' });
  });

  test('that opens an ended signal again is refused while another one of its rule and place is open', async () => {
    await country.reportQuietYear('measles');
    await country.report('measles', 1, country.lastWeek, 40);
    await country.detect();
    const find = () =>
      country.house.database.read({ party: country.parties.north.id }, async (reader) => {
        const { rows } = await sql<{
          id: SignalId;
          status: Signal['status'];
        }>`select id, status from signals where detector_id is not null order by raised_at`.execute(reader);
        return rows;
      });
    const [first] = await find();
    await take(first!.id, { step: 'set-aside', why: 'a feast' });
    country.clock.advance(8 * 86_400_000);
    await country.report('measles', 1, country.lastWeek, 90);
    await country.detect();
    expect(await find()).toHaveLength(2);
    await expect(take(first!.id, { step: 'reopen', why: 'again' })).rejects.toMatchObject({
      code: 'conflict',
      details: { what: 'signal' },
    });
  });
});

test('a decision cannot be recorded for somebody who does not exist', async () => {
  const id = await record();
  const signal = await country.house.database.read({ party: country.parties.north.id }, (reader) =>
    findSignal(reader, id),
  );
  const nobody = '00000000-0000-4000-8000-000000000000' as typeof country.accounts.amina;
  await expect(
    country.act(
      (work) =>
        saveDecision(work.tx, country.parties.north.id, {
          signal: signal!,
          step: 'accept',
          to: 'to-verify',
          by: nobody,
          why: 'x',
        }),
      'north',
    ),
  ).rejects.toMatchObject({ constraint: 'signals_decided_by_fkey' });
});
