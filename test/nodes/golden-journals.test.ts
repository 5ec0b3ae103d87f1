/**
 * Two nodes' journals as each release of this program wrote them: whatever comes later reads them, and says the same of them. Once a release is out
 * its file never changes. A new one is recorded with RECIPROCA_RECORD_JOURNALS=NAME, by the first test.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { fetchBodies } from '../../src/acts/bodies.ts';
import { bySession, declare } from '../../src/acts/declare.ts';
import { followLog } from '../../src/acts/follow.ts';
import { replay } from '../../src/acts/replay.ts';
import { erase, keyAdd, keyRevoke } from '../../src/acts/spine-types.ts';
import { generateSigningKey } from '../../src/acts/keys.ts';
import * as agreement from '../../src/agreement/actions.ts';
import { boundFrom, boundUntil, entryIntoForce, statusAt } from '../../src/agreement/entry-into-force.ts';
import { currentText, partiesOf } from '../../src/agreement/instrument.ts';
import { findInstrument, listInstruments } from '../../src/agreement/store.ts';
import { sendTable, sendWarnings } from '../../src/exchange/actions.ts';
import type { House } from '../../src/house.ts';
import { newSubjectId } from '../../src/ids.ts';
import { openHostedParty } from '../../src/network/set-up.ts';
import type { PlainDate } from '../../src/period.ts';
import {
  by,
  drawCountry,
  order,
  propose,
  report,
  signAll,
  treaty,
  warnings,
  week,
  weekly,
} from '../support/exchange.ts';
import { knowJournal, recordJournal, serveJournal, type GoldenJournal } from '../support/golden-journal.ts';
import { openTestHouse, settableClock } from '../support/house.ts';
import { converge, openTestNode, pair, type TestNode } from '../support/node.ts';

vi.setConfig({ testTimeout: 240_000 });

const folder = new URL('../vectors/acts/journals/', import.meta.url);
const recording = process.env['RECIPROCA_RECORD_JOURNALS'];
/** Long after everything that was recorded. */
const readAt = new Date('2030-01-01T00:00:00Z');

interface Golden {
  readonly journals: readonly GoldenJournal[];
  readonly meaning: Meaning;
}

/** What was true then and stays true: no shapes of ours. */
type Meaning = Awaited<ReturnType<typeof readMeaning>>;

async function readMeaning(house: House, origins: readonly string[]) {
  return house.database.read('node', async (reader) => {
    const acts = await reader
      .selectFrom('acts')
      .innerJoin('logs', 'logs.id', 'acts.log_id')
      .select(['logs.origin', 'acts.log_index', 'acts.id', 'acts.type', 'acts.standing', 'acts.standing_reason'])
      .where('logs.origin', 'in', [...origins])
      .orderBy('logs.origin')
      .orderBy('acts.log_index')
      .execute();
    const steps = await reader
      .selectFrom('subject_steps')
      .select(['subject', 'kind', 'n', 'act', 'legal_time', 'reason'])
      .orderBy('subject')
      .orderBy('position')
      .execute();
    const instruments = await listInstruments(reader);
    const erased = await reader.selectFrom('erasures').select('commitment').orderBy('commitment').execute();
    return {
      acts: acts.map(({ origin, log_index, id, type, standing, standing_reason: reason }) =>
        [origin, log_index, id, type, reason === null ? standing : `${standing}: ${reason}`].join(' '),
      ),
      steps: steps.map(({ subject, kind, n, act, legal_time, reason }) =>
        [subject, kind, n, act, legal_time ?? '-', reason ?? '-'].join(' '),
      ),
      instruments: instruments
        .map(({ id, host, state }) => ({
          id,
          host,
          status: statusAt(state, readAt),
          inForceFrom: entryIntoForce(state)?.toISOString() ?? null,
          parties: partiesOf(state).map((party) => ({
            party,
            boundFrom: boundFrom(state, party)?.toISOString() ?? null,
            boundUntil: boundUntil(state, party)?.toISOString() ?? null,
          })),
        }))
        .toSorted((a, b) => a.id.localeCompare(b.id)),
      erased: erased.map(({ commitment }) => commitment),
    };
  });
}

/** Reads the journals from their addresses, with their public bodies, on a node that takes no part in anything. */
async function readJournals(journals: readonly GoldenJournal[]): Promise<Meaning> {
  await using observer = await openTestHouse('http://observer.localhost:4009', settableClock(readAt));
  const { house } = observer;
  const isStranger = () => Promise.resolve({ status: 401, body: new Uint8Array() });
  for (let turn = 0; turn < 3; turn++)
    for (const journal of journals) {
      await using served = await serveJournal(journal);
      const id = await knowJournal(house, journal);
      await followLog(house, id, served.url);
      await fetchBodies(house, id, isStranger, served.url);
    }
  expect((await replay(house, false)).differing).toEqual([]);
  return await readMeaning(
    house,
    journals.map(({ origin }) => origin),
  );
}

/** A little of everything that nodes state: agreements, order and time, flows, keys, communities, erasure, an end. */
async function live(a: TestNode, b: TestNode): Promise<void> {
  await pair(a, b);
  await drawCountry(a);
  await report(a, 'measles', week('2026-W09'), { AA11: 30, AA21: 9 });
  const id = await propose([a, b], await treaty([a, b], [[weekly], [warnings]]));
  const other = await propose([b, a], await treaty([b, a], [[weekly]]));
  await signAll([a, b], id);
  await a.act((work) => sendTable(work, order(id, b, week('2026-W09'))));
  await converge(a, b);
  const places = [{ code: 'AA1', name: 'North', level: 1 }];
  const event = {
    id: 'e1',
    indicator: 'cholera',
    indicatorName: 'Cholera',
    places,
    period: null,
    cases: 40,
    on: '2026-03-01' as PlainDate,
  };
  await a.act((work) => sendWarnings(work, event));
  await b.actForNode((work) =>
    openHostedParty(work, { name: 'River people', kind: 'community', country: 'AA', languages: ['en'], slug: 'river' }),
  );
  const state = async (
    node: TestNode,
    type: typeof keyAdd | typeof keyRevoke | typeof erase,
    summary: Record<string, unknown>,
    subject = newSubjectId(node.operator.did),
  ) =>
    node.act((work) =>
      declare(work, {
        type,
        party: node.operator,
        subject,
        summary,
        assurance: bySession(node.house, node.person, subject),
      }),
    );
  const { x, kid } = generateSigningKey();
  await state(b, keyAdd, { key: x });
  await state(b, keyRevoke, { kid, fromIndex: 40 });
  const confirmed = await a.house.database.read('node', (reader) =>
    reader
      .selectFrom('acts')
      .selectAll()
      .where('party', '=', a.operator.did)
      .where('type', '=', 'pairing.confirm/1')
      .executeTakeFirstOrThrow(),
  );
  await state(a, erase, { commitment: confirmed.commitment }, confirmed.subject);
  await converge(a, b);
  const text = await b.house.database.read('node', (reader) => findInstrument(reader, other));
  if (text) await a.act((work) => agreement.refuseInstrument(work, by(a), other, currentText(text.state).act));
  await b.act((work) => agreement.withdrawFromInstrument(work, by(b), id));
  await converge(a, b);
}

describe('a journal', () => {
  it('of this release is read from outside as its own nodes read it', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await live(a, b);
    const journals = [await recordJournal(a.house), await recordJournal(b.house)];
    const meaning = await readJournals(journals);
    const { instruments, steps } = await readMeaning(
      a.house,
      journals.map(({ origin }) => origin),
    );
    expect({ instruments: meaning.instruments, steps: meaning.steps }).toEqual({ instruments, steps });
    expect(meaning.instruments.map(({ status }) => status).toSorted()).toEqual(['ended', 'refused']);
    expect(meaning.erased).toHaveLength(1);
    if (recording !== undefined)
      writeFileSync(new URL(`${recording}.json`, folder), `${JSON.stringify({ journals, meaning }, null, 1)}\n`, {
        flag: 'wx',
      });
  });

  it.each(readdirSync(folder).filter((name) => name.endsWith('.json')))(
    'of an earlier release says today what it said then: %s',
    async (name) => {
      const { journals, meaning } = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Golden;
      expect(await readJournals(journals)).toEqual(meaning);
    },
  );
});
