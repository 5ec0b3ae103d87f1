import { signAsItStands } from '../support/instruments.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { parseRecoveryKey } from '../../src/acts/recovery-key.ts';
import { replay } from '../../src/acts/replay.ts';
import { protocol } from '../../src/app.ts';
import * as agreement from '../../src/agreement/actions.ts';
import { exportParty, importParty } from '../../src/backup/party-rows.ts';
import { work as doWork, type Work } from '../../src/house.ts';
import type { PartyId, SubjectId } from '../../src/ids.ts';
import { openHostedParty, type OpenedParty } from '../../src/network/set-up.ts';
import { takeOver, type TakeOver } from '../../src/network/moving/take-over.ts';
import { auditLogs } from '../../src/observatory/audit.ts';
import { isOpenAt } from '../../src/observatory/questions.ts';
import { openRemoteLog } from '../../src/observatory/remote-log.ts';
import { standingOf, logByHand, payloadBy } from '../support/acts.ts';
import { treaty, weekly } from '../support/exchange.ts';
import { converge, openTestNode, pair, type TestNode } from '../support/node.ts';

const asParty = <T>(node: TestNode, party: PartyId, run: (work: Work) => Promise<T>): Promise<T> =>
  doWork(node.house, { party }, { account: node.person }, run);

const delegate = (node: TestNode, party: PartyId) => ({ account: node.person, party });

async function hostNgo(host: TestNode): Promise<OpenedParty> {
  const ngo = await host.actForNode((work) =>
    openHostedParty(work, {
      slug: 'ngo',
      name: 'Health Watch',
      kind: 'civil-society',
      country: 'AA',
      languages: ['en'],
    }),
  );
  await host.house.journal.run();
  return ngo;
}

/** Between the hosted party, which hosts it, and a ministry elsewhere; confirmed by that ministry's node alone. */
async function proposeBetween(
  node: TestNode,
  ngo: { readonly id: PartyId; readonly did: OpenedParty['did'] },
  ministry: TestNode,
): Promise<SubjectId> {
  const document = await treaty([ministry, node], [[weekly]], {
    parties: [ngo.did, ministry.operator.did],
    entryIntoForce: { rule: { consents: 2 }, delayDays: 0 },
  });
  return asParty(node, ngo.id, (work) => agreement.proposeInstrument(work, delegate(node, ngo.id), document));
}

const subjectAt = (node: TestNode, id: SubjectId) =>
  node.house.database.read('node', (reader) =>
    reader
      .selectFrom('subjects')
      .select(['head_n', 'head_act', 'frozen_reason', 'state', 'host'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow(),
  );

const partyAt = (node: TestNode, did: OpenedParty['did']) =>
  node.house.database.read('node', (reader) =>
    reader
      .selectFrom('parties')
      .innerJoin('logs', 'logs.id', 'parties.log_id')
      .select(['parties.id', 'parties.name', 'is_hosted', 'logs.origin'])
      .where('did', '=', did)
      .executeTakeFirstOrThrow(),
  );

const leaving = (ngo: OpenedParty, change: Partial<TakeOver> = {}): TakeOver => ({
  did: ngo.did,
  recoveryKey: parseRecoveryKey(ngo.recoveryKey.text),
  copyAt: undefined,
  others: [],
  slug: undefined,
  ...change,
});

describe('a hosted party leaves its host', { timeout: 180_000 }, () => {
  it('not with another party’s recovery key', async () => {
    await using host = await openTestNode('host');
    await using elsewhere = await openTestNode('new');
    const ngo = await hostNgo(host);
    await expect(
      takeOver(elsewhere.house, leaving(ngo, { recoveryKey: host.operator.recoveryKey })),
    ).rejects.toMatchObject({ code: 'recovery-key-invalid' });
    expect(await partyAt(elsewhere, ngo.did)).toMatchObject({
      is_hosted: false,
      origin: `${new URL(host.url).host}/log`,
    });
  });

  it('while the host is down, from a copy of its log: peers follow, what it hosted goes on, and its history verifies', async () => {
    await using host = await openTestNode('host');
    await using ministry = await openTestNode('ministry');
    await using elsewhere = await openTestNode('new');
    await pair(host, ministry);
    const ngo = await hostNgo(host);
    const instrument = await proposeBetween(host, ngo, ministry);
    await converge(host, ministry);
    await host.stopServing();

    const taken = await takeOver(elsewhere.house, leaving(ngo, { copyAt: ministry.url, others: [ministry.url] }));
    expect(taken).toMatchObject({ did: ngo.did, told: [ministry.url] });
    await converge(elsewhere, ministry);
    const here = await partyAt(elsewhere, ngo.did);
    expect(here).toMatchObject({ name: 'Health Watch', is_hosted: true, origin: `${new URL(elsewhere.url).host}/log` });
    expect(await partyAt(ministry, ngo.did)).toMatchObject({ is_hosted: false, origin: here.origin });

    await asParty(ministry, ministry.operator.id, (work) =>
      signAsItStands(work, delegate(ministry, ministry.operator.id), instrument),
    );
    await converge(elsewhere, ministry);
    await asParty(elsewhere, here.id, (work) => signAsItStands(work, delegate(elsewhere, here.id), instrument));
    await converge(elsewhere, ministry);
    const [there, mine] = await Promise.all([subjectAt(ministry, instrument), subjectAt(elsewhere, instrument)]);
    expect(mine).toEqual(there);
    expect(mine).toMatchObject({ head_n: 3, frozen_reason: null, host: ngo.did });
    for (const node of [elsewhere, ministry]) expect((await replay(node.house, false)).differing).toEqual([]);

    await host.serve();
    const logs = await Promise.all([elsewhere, host, ministry].map(({ url }) => openRemoteLog(url)));
    const nowMs = Date.parse('2026-03-02T10:00:00Z');
    const report = await auditLogs(protocol, logs, { nowMs });
    expect(report.questions.filter((question) => isOpenAt(question, nowMs))).toEqual([]);
  });

  it('and the host, once it hears of it, speaks for the party no more; what it signs in the party’s name is refused everywhere', async () => {
    await using host = await openTestNode('host');
    await using ministry = await openTestNode('ministry');
    await using elsewhere = await openTestNode('new');
    await pair(host, ministry);
    const ngo = await hostNgo(host);
    await converge(host, ministry);
    const taken = await takeOver(elsewhere.house, leaving(ngo, { others: [ministry.url] }));
    expect([...taken.told].toSorted()).toEqual([host.url, ministry.url].toSorted());
    await converge(elsewhere, ministry, host);
    expect(await partyAt(host, ngo.did)).toMatchObject({ is_hosted: false });
    await expect(proposeBetween(host, ngo, ministry)).rejects.toMatchObject({ code: 'not-allowed' });
    // The old host still has the old key.
    const forger: TestNode = { ...host, operator: ngo };
    const forged = await logByHand(
      forger,
      payloadBy(forger, { type: 'key.add/1', subject: ngo.subject, summary: { key: 'F'.repeat(43) } }),
    );
    await converge(elsewhere, ministry, host);
    expect(await standingOf(ministry, forged)).toBe('refused: moved-away');
    expect(await standingOf(elsewhere, forged)).toBe('refused: moved-away');
  });

  it('with its own rows, which find their places among those of others', async () => {
    await using host = await openTestNode('host');
    await using elsewhere = await openTestNode('new');
    const ngo = await hostNgo(host);
    const countCases = async (node: TestNode, party: PartyId, name: string, values: readonly number[]): Promise<void> =>
      asParty(node, party, async ({ tx }) => {
        await sql`insert into places (party_id, code, name, kind, level) values (${party}, 'T', ${`${name} top`}, 'area', 0)`.execute(
          tx.db,
        );
        await sql`insert into places (party_id, code, name, kind, level, parent_id) select ${party}, 'N', ${name}, 'area', 1, id from places`.execute(
          tx.db,
        );
        await sql`insert into indicators (party_id, code, names, period_kind, is_immediate, aggregation)
          values (${party}, 'measles', '{"en":"Measles"}', 'iso-week', false, 'sum')`.execute(tx.db);
        await sql`insert into submissions (party_id, kind, content, state, source, received_at, known_at, media_type, size_bytes, sha256)
          values (${party}, 'file', 'reports', 'applied', 'browser', ${tx.now}, ${tx.now}, 'text/csv', 0, decode(repeat('00', 32), 'hex'))`.execute(
          tx.db,
        );
        await sql`insert into series (party_id, indicator_id, place_id) select ${party}, indicators.id, places.id from indicators cross join places where level = 1`.execute(
          tx.db,
        );
        await sql`insert into submission_series (submission_id, series_id, party_id, first_period, last_period)
          select submissions.id, series.id, ${party}, date '2024-01-01', date '2024-12-30' from submissions cross join series`.execute(
          tx.db,
        );
        for (const [week, value] of values.entries())
          await sql`insert into observations (series_id, period_start, value, submission_id, party_id)
            select series_id, date '2024-01-01' + ${week * 7}::int, ${value}::int, submission_id, ${party} from submission_series`.execute(
            tx.db,
          );
      });
    const read = (node: TestNode, party: PartyId) =>
      asParty(node, party, async ({ tx }) => {
        const { rows } = await sql<{ place: string; parent: string; value: number }>`
          select places.name as place, parent.name as parent, observations.value from observations join series on series.id = series_id
          join places on places.id = place_id join places parent on parent.id = places.parent_id order by period_start`.execute(
          tx.db,
        );
        return rows;
      });
    await countCases(host, ngo.id, 'Hill', [3, 1, 4]);
    await countCases(elsewhere, elsewhere.operator.id, 'Valley', [9, 9]);
    const scratch = mkdtempSync(join(tmpdir(), 'reciproca-export-'));
    const file = join(scratch, 'export');
    const of = (node: TestNode, party: PartyId) => ({ connection: node.connection, dataDir: node.dataDir, party });
    await exportParty(of(host, ngo.id), ngo.did, file, 'a long passphrase');
    const { id } = await takeOver(elsewhere.house, leaving(ngo));
    await expect(importParty(of(elsewhere, id), host.operator.did, file, 'a long passphrase')).rejects.toThrow(
      /not an export of/,
    );
    expect(await importParty(of(elsewhere, id), ngo.did, file, 'a long passphrase')).toMatchObject({ leftOut: 0 });
    expect(await read(elsewhere, id)).toEqual([3, 1, 4].map((value) => ({ place: 'Hill', parent: 'Hill top', value })));
    expect(await read(elsewhere, elsewhere.operator.id)).toEqual(
      [9, 9].map((value) => ({ place: 'Valley', parent: 'Valley top', value })),
    );
    rmSync(scratch, { recursive: true });
  });
});
