import { signAsItStands } from '../support/instruments.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { jobs, openHouse, type OpenHouse } from '../../src/app.ts';
import { attestNoRestore } from '../../src/acts/restore-check.ts';
import { replay } from '../../src/acts/replay.ts';
import { findOwnLog } from '../../src/acts/store.ts';
import { backup } from '../../src/backup/backup.ts';
import { recover } from '../../src/backup/recover.ts';
import { checkBackup, restore } from '../../src/backup/restore.ts';
import { work as doWork } from '../../src/house.ts';
import { eraseContent } from '../../src/network/erasing/actions.ts';
import { newSubjectId } from '../../src/ids.ts';
import { logByHand, payloadBy } from '../support/acts.ts';
import { createTestDatabase } from '../support/database.ts';
import { by, propose, treaty, weekly } from '../support/exchange.ts';
import { converge, observe, openTestNode, pair, type TestNode } from '../support/node.ts';
import * as agreement from '../../src/agreement/actions.ts';

const passphrase = 'correct horse battery';

const act = (node: TestNode, letter: string) =>
  logByHand(
    node,
    payloadBy(node, {
      type: 'pairing.confirm/1',
      subject: newSubjectId(node.operator.did),
      summary: { peer: node.operator.did, opening: letter.repeat(43) },
    }),
  );

const ownLog = (node: Pick<TestNode, 'house'>) => node.house.database.read('node', findOwnLog);

interface Restored extends AsyncDisposable {
  readonly node: TestNode;
  readonly house: OpenHouse;
}

async function makeBackup(node: TestNode): Promise<string> {
  const file = join(mkdtempSync(join(tmpdir(), 'reciproca-backup-')), 'backup');
  const source = { connection: node.connection, dataDir: node.dataDir, publicUrl: node.url, now: node.clock.now() };
  await backup(source, file, passphrase, () => {});
  return file;
}

/** In another directory and database, as on another machine. Its web server is not running. */
async function restoreFrom(file: string, node: TestNode): Promise<Restored> {
  const database = await createTestDatabase('empty');
  const dataDir = mkdtempSync(join(tmpdir(), 'reciproca-restored-'));
  const { manifest } = await checkBackup(file, passphrase);
  const { log } = node.house;
  await restore({ connection: database.connection, dataDir, log, jobs }, file, passphrase, manifest, () => {});
  const house = await openHouse({
    config: { ...node.house.config, dataDir },
    connection: database.connection,
    clock: node.clock,
    log,
  });
  return {
    node: { ...node, house, connection: database.connection, dataDir },
    house,
    async [Symbol.asyncDispose]() {
      await house.close();
      await database[Symbol.asyncDispose]();
      rmSync(dataDir, { recursive: true, force: true });
      rmSync(join(file, '..'), { recursive: true, force: true });
    },
  };
}

const stateOf = (node: Pick<TestNode, 'house'>) =>
  node.house.database.read('node', async (reader) => ({
    subjects: await reader
      .selectFrom('subjects')
      .select(['id', 'head_n', 'head_act', 'frozen_reason', 'state'])
      .orderBy('id')
      .execute(),
    steps: await reader.selectFrom('subject_steps').selectAll().orderBy('subject').orderBy('position').execute(),
    acts: await reader.selectFrom('acts').select(['id', 'log_index', 'standing']).orderBy('id').execute(),
    heads: await reader.selectFrom('act_heads').selectAll().orderBy('party').orderBy('subject').execute(),
    bodies: await reader.selectFrom('act_bodies').select(['act', 'body', 'salt', 'is_public']).orderBy('act').execute(),
  }));

describe('a node that was restored from an older backup', { timeout: 120_000 }, () => {
  it('signs nothing: its log is closed, what people would state is refused, and its peer still follows the old history', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await pair(a, b);
    const file = await makeBackup(a);
    await act(a, 'A');
    await converge(a, b);
    const size = (await ownLog(a))!.provenSize;
    await a.stopServing();
    await using restored = await restoreFrom(file, a);
    await restored.house.journal.run();
    expect(await ownLog(restored)).toMatchObject({ closedReason: 'peer-holds-more', provenSize: size - 1 });
    expect(restored.house.journal.condition()).toEqual({ is: 'closed', reason: 'peer-holds-more' });
    const statement = restored.node.act(async (work) =>
      agreement.proposeInstrument({ ...work, house: restored.house }, by(a), await treaty([a, b], [[weekly]])),
    );
    await expect(statement).rejects.toMatchObject({ code: 'read-only' });
    await restored.house.rounds.runOnce();
    expect((await ownLog(restored))!.provenSize).toBe(size - 1);
  });

  it('goes on from where its peers say it was, once refilled: the same acts, subjects, bodies and heads, and no fork', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await pair(a, b);
    const early = await propose([a, b], await treaty([a, b], [[weekly]]));
    const file = await makeBackup(a);
    const text = await a.act(async (work) => signAsItStands(work, by(a), early));
    await b.act(async (work) => signAsItStands(work, by(b), early));
    await converge(a, b);
    const late = await propose([b, a], await treaty([b, a], [[weekly]]));
    await a.act(async (work) => signAsItStands(work, by(a), late));
    await converge(a, b);
    const before = await stateOf(a);
    const size = (await ownLog(a))!.provenSize;
    expect(text).toBeDefined();
    await a.stopServing();

    await using restored = await restoreFrom(file, a);
    await restored.house.journal.run();
    expect(await ownLog(restored)).toMatchObject({ closedReason: 'peer-holds-more' });
    await restored.house.rounds.runOnce();
    const recovery = await recover(restored.house, () => {});
    expect(recovery).toMatchObject({ to: size, setAside: 0, bodiesMissing: 0 });
    expect(await ownLog(restored)).toMatchObject({ closedReason: null });
    const after = await stateOf(restored);
    expect(after.acts.slice(0, before.acts.length)).toEqual(before.acts);
    expect(after).toEqual(before);
    expect((await replay(restored.house, false)).differing).toEqual([]);
  });

  it('sets aside what was stated while nobody could be asked, if the log has another act in its place, and keeps the rest', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await pair(a, b);
    const file = await makeBackup(a);
    const chain = newSubjectId(a.operator.did);
    const lost = await logByHand(
      a,
      payloadBy(a, { type: 'key.add/1', subject: chain, summary: { key: 'A'.repeat(43) } }),
    );
    await converge(a, b);
    await a.stopServing();
    await b.stopServing();
    await using restored = await restoreFrom(file, a);
    const { node } = restored;
    const rival = await logByHand(
      node,
      payloadBy(a, { type: 'key.add/1', subject: chain, summary: { key: 'B'.repeat(43) } }),
    );
    const other = await act(node, 'C');
    expect(restored.house.journal.condition()).toEqual({ is: 'waiting' });
    await b.serve();
    await restored.house.journal.run();
    expect(restored.house.journal.condition()).toMatchObject({ is: 'closed' });
    expect(await recover(restored.house, () => {})).toMatchObject({ setAside: 1 });
    const standings = await node.house.database.read('node', (reader) =>
      reader
        .selectFrom('acts')
        .select(['id', 'standing', 'log_index'])
        .where('id', 'in', [lost, rival, other])
        .execute(),
    );
    const size = (await ownLog(restored))!.provenSize;
    expect(new Map(standings.map(({ id, standing, log_index: index }) => [id, [standing, index]]))).toEqual(
      new Map([
        [lost, ['accepted', size - 2]],
        [rival, ['refused', null]],
        [other, ['accepted', size - 1]],
      ]),
    );
  });

  it('refuses to refill from what does not reach as far as a peer has confirmed, or is of another history', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await pair(a, b);
    const file = await makeBackup(a);
    await act(a, 'A');
    await converge(a, b);
    const own = await ownLog(a);
    await b.house.database.transact('node', { system: 'set-up' }, async ({ db }) => {
      const held = await db.selectFrom('logs').select('id').where('is_own', '=', false).executeTakeFirstOrThrow();
      // Confirmed, and then its copy of the entry was lost.
      await db
        .updateTable('logs')
        .set({ proven_size: own!.provenSize - 1, checkpoint: null, processed: 0 })
        .where('id', '=', held.id)
        .execute();
    });
    await a.stopServing();
    await using restored = await restoreFrom(file, a);
    await restored.house.journal.run();
    await expect(recover(restored.house, () => {})).rejects.toThrow(/has confirmed \d+ entries/);
    expect(await ownLog(restored)).toMatchObject({ closedReason: 'peer-holds-more' });
  });
});

describe('a node that is paired with nobody', { timeout: 120_000 }, () => {
  /** They follow each other without a pair, and b has confirmed the log of a as it stands. */
  async function followEachOther(a: TestNode, b: TestNode): Promise<void> {
    await observe(a, b.url);
    await observe(b, a.url);
    await converge(a, b);
  }

  it('is told of its later entries by who it only observes, closes its log and is refilled from there', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await observe(a, b.url);
    const file = await makeBackup(a);
    await observe(b, a.url);
    await converge(a, b);
    await act(a, 'A');
    await converge(a, b);
    const size = (await ownLog(a))!.provenSize;
    await a.stopServing();
    await using restored = await restoreFrom(file, a);
    await restored.house.journal.run();
    expect(await ownLog(restored)).toMatchObject({ closedReason: 'peer-holds-more' });
    expect(await recover(restored.house, () => {})).toMatchObject({ to: size });
    expect(await ownLog(restored)).toMatchObject({ closedReason: null, provenSize: size });
  });

  it('does not wait for those that it only observes, who hold nothing of its log', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await observe(a, b.url);
    const file = await makeBackup(a);
    await b.stopServing();
    await using restored = await restoreFrom(file, a);
    await act(restored.node, 'A');
    expect(restored.house.journal.condition()).toEqual({ is: 'open' });
  });

  it('waits for those who have confirmed its log before', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await followEachOther(a, b);
    const file = await makeBackup(a);
    await b.stopServing();
    await using restored = await restoreFrom(file, a);
    await act(restored.node, 'A');
    expect(restored.house.journal.condition()).toEqual({ is: 'waiting' });
  });

  it.each([
    { acts: 1, reason: 'peer-holds-more' },
    { acts: 6, reason: 'another-history' },
  ])(
    'and has gone on from an old state because it knew nobody closes its log when it learns of it: $reason',
    async ({ acts, reason }) => {
      await using a = await openTestNode('a');
      await using b = await openTestNode('b');
      const file = await makeBackup(a);
      await followEachOther(a, b);
      for (const letter of ['A', 'B', 'C']) await act(a, letter);
      await converge(a, b);
      await a.stopServing();
      await using restored = await restoreFrom(file, a);
      const { node, house } = restored;
      for (let stated = 0; stated < acts; stated++) await act(node, 'DEFGHI'[stated] ?? '');
      const { provenSize } = (await ownLog(node))!;
      expect(provenSize).toBe(1 + acts);
      await observe(node, b.url);
      await house.rounds.runOnce();
      expect(await ownLog(node)).toMatchObject({ closedReason: reason });
      expect(house.journal.condition()).toEqual({ is: 'closed', reason });
      const statement = doWork(house, { party: a.operator.id }, { account: a.person }, async (work) =>
        agreement.proposeInstrument(work, by(a), await treaty([a, b], [[weekly]])),
      );
      await expect(statement).rejects.toMatchObject({ code: 'read-only' });
      await act(node, 'Z');
      await expect(recover(house, () => {})).rejects.toThrow(/Nothing was changed/);
      expect(await ownLog(node)).toMatchObject({ closedReason: reason, provenSize });
    },
  );
});

describe('a backup made before an erasure', { timeout: 120_000 }, () => {
  const eraseConfirmationOf = async (node: TestNode): Promise<string> => {
    const { id, commitment } = await node.house.database.read('node', (reader) =>
      reader
        .selectFrom('acts')
        .select(['id', 'commitment'])
        .where('party', '=', node.operator.did)
        .where('type', '=', 'pairing.confirm/1')
        .executeTakeFirstOrThrow(),
    );
    await node.act((work) => eraseContent(work, { account: node.person, party: node.operator.id }, id));
    return commitment;
  };
  const bodyAt = (node: Pick<TestNode, 'house'>, commitment: string) =>
    node.house.database.read('node', (reader) =>
      reader
        .selectFrom('act_bodies')
        .select(['salt', 'body'])
        .where('commitment', '=', commitment)
        .executeTakeFirstOrThrow(),
    );

  it('does not bring back what its own node or another one has erased since', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await pair(a, b);
    const file = await makeBackup(a);
    const commitments = [await eraseConfirmationOf(a), await eraseConfirmationOf(b)];
    await converge(a, b);
    await a.stopServing();
    await using restored = await restoreFrom(file, a);
    for (const commitment of commitments) expect((await bodyAt(restored, commitment)).body).not.toBeNull();
    await restored.house.journal.run();
    expect(await recover(restored.house, () => {})).toMatchObject({ setAside: 0 });
    for (const commitment of commitments)
      expect(await bodyAt(restored, commitment)).toEqual({ salt: null, body: null });
  });
});

describe('a node that starts while no peer answers', { timeout: 120_000 }, () => {
  it('saves acts and logs them when one does', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await pair(a, b);
    const before = await ownLog(a);
    await b.stopServing();
    const restarted = await openHouse({
      config: a.house.config,
      connection: a.connection,
      clock: a.clock,
      log: a.house.log,
    });
    await act({ ...a, house: restarted }, 'B');
    expect(await ownLog(a)).toMatchObject({ closedReason: null, provenSize: before!.size });
    await b.serve();
    await restarted.journal.run();
    expect((await ownLog(a))!.provenSize).toBe(before!.size + 1);
    await restarted.close();
  });

  it('goes on at an administrator’s word that nothing was restored, for the log as it is, and records whose word it was', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await pair(a, b);
    const before = await ownLog(a);
    await b.stopServing();
    const restarted = await openHouse({
      config: a.house.config,
      connection: a.connection,
      clock: a.clock,
      log: a.house.log,
    });
    const again = { ...a, house: restarted };
    await act(again, 'B');
    expect(restarted.journal.condition()).toEqual({ is: 'waiting' });
    await doWork(restarted, 'node', { account: a.person }, (work) => attestNoRestore(work, a.person));
    expect((await ownLog(a))!.provenSize).toBe(before!.size + 1);
    const word = await restarted.database.read('node', (reader) =>
      reader
        .selectFrom('audit')
        .select(['account_id', 'details'])
        .where('action', '=', 'log.attested-no-restore')
        .executeTakeFirstOrThrow(),
    );
    expect(word).toEqual({ account_id: a.person, details: { size: before!.size } });
    await restarted.close();
  });
});
