/** Every call of a pass fails once before and once after it took effect; then the log is verified from its public bytes. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTree } from '@reciproca/tlog/client';
import { openCheckpoint } from '@reciproca/tlog/checkpoint';
import { parseVkey } from '@reciproca/tlog/key';
import { makeNoteVerifier } from '@reciproca/tlog/note';
import { openTestHouse, type TestHouse } from '../../test/support/house.ts';
import type { Database } from '../db/database.ts';
import { work, type House } from '../house.ts';
import { newSubjectId, type ActId } from '../ids.ts';
import { setUpNode, type OpenedParty } from '../network/set-up.ts';
import { byNode, declare } from './declare.ts';
import { loadCheckpoint } from './confirm-note.ts';
import { release } from './spine-types.ts';

class Fault extends Error {}

/** Counts calls from when it is armed, and fails the one it was armed for. */
class FaultLine {
  private at = -1;
  private when: 'before' | 'after' = 'before';
  calls = 0;

  arm(at: number, when: 'before' | 'after'): void {
    Object.assign(this, { at, when, calls: 0 });
  }

  async run<T>(call: () => Promise<T>): Promise<T> {
    const isHit = this.calls++ === this.at;
    if (isHit && this.when === 'before') throw new Fault('before');
    const result = await call();
    if (isHit) throw new Fault('after');
    return result;
  }
}

describe('a pass of the log that is cut off', () => {
  let test: TestHouse;
  let operator: OpenedParty;
  const line = new FaultLine();
  const cutOff = (database: Database): Database => ({
    ...database,
    transact: (...call) => line.run(() => database.transact(...call)),
  });

  beforeEach(async () => {
    test = await openTestHouse('http://a.localhost:4000', undefined, {
      wrapJournal: ({ files, database }) => ({
        files: {
          read: files.read,
          write: (path, bytes) => line.run(() => files.write(path, bytes)),
          drop: (path) => line.run(() => files.drop(path)),
        },
        database: cutOff(database),
      }),
    });
    line.arm(-1, 'before');
    operator = await work(test.house, 'node', { system: 'set-up' }, (w) =>
      setUpNode(w, { name: 'Ministry', kind: 'government', country: 'AA', languages: ['en'] }),
    );
    Object.assign(test.house, { database: cutOff(test.house.database) });
  });

  afterEach(async () => {
    await test[Symbol.asyncDispose]();
  });

  async function saveActs(house: House, count: number): Promise<ActId[]> {
    // As a part of the node that does not wait for the log, so that the pass below is the only one.
    return house.database.transact('node', { system: 'federation' }, async (tx) => {
      const quiet = { house, tx: { ...tx, onCommit: () => {} } };
      const ids: ActId[] = [];
      for (let index = 0; index < count; index++) {
        const subject = newSubjectId(operator.did);
        ids.push(
          await declare(quiet, {
            type: release,
            party: operator,
            subject,
            summary: { act: 'A'.repeat(43), on: '2026-01-01' },
            assurance: byNode,
          }),
        );
      }
      return ids;
    });
  }

  async function verifiedLeaves(house: House): Promise<Uint8Array[]> {
    const { note, vkey } = await house.database.read('node', async (reader) => ({
      note: await loadCheckpoint(reader),
      vkey: (await reader.selectFrom('logs').select('vkey').where('is_own', '=', true).executeTakeFirstOrThrow()).vkey,
    }));
    const head = openCheckpoint(note ?? '', [makeNoteVerifier(parseVkey(vkey))]);
    const tree = await openTree(head, (path) => house.journal.files.read(path));
    const leaves: Uint8Array[] = [];
    for await (const { entry } of tree.readEntries(0, head.size)) leaves.push(entry);
    return leaves;
  }

  it('loses no saved act and never signs two histories, wherever it is cut off', async () => {
    const { house } = test;
    let before = await verifiedLeaves(house);
    for (const when of ['before', 'after'] as const) {
      for (let at = 0; ; at++) {
        const saved = await saveActs(house, 3);
        line.arm(at, when);
        const failed = await house.journal.run().then(
          () => false,
          (error: unknown) => error instanceof Fault,
        );
        const atFault = await verifiedLeaves(house);
        expect(atFault.slice(0, before.length)).toEqual(before);
        line.arm(-1, 'before');
        await house.journal.run();
        const after = await verifiedLeaves(house);
        expect(after.slice(0, atFault.length)).toEqual(atFault);
        expect(after).toHaveLength(before.length + saved.length);
        const acts = await house.database.read('node', (reader) =>
          reader.selectFrom('acts').select(['log_index', 'standing']).where('id', 'in', saved).execute(),
        );
        expect(acts.map((act) => act.log_index).sort((a, b) => Number(a) - Number(b))).toEqual([
          before.length,
          before.length + 1,
          before.length + 2,
        ]);
        expect(acts.every((act) => act.standing !== 'new')).toBe(true);
        before = after;
        if (!failed) break;
        expect(at, 'the table never came to its end').toBeLessThan(40);
      }
    }
    expect(before.length).toBeGreaterThan(20);
  });

  it('keeps no partial tile of which the full one is signed, and loses nothing when it cannot be removed', async () => {
    const { house, dataDir } = test;
    const partials = async (level: string): Promise<readonly string[]> => {
      const names = await readdir(join(dataDir, 'log/tile', level));
      return names.filter((name) => name.endsWith('.p')).toSorted();
    };
    await saveActs(house, 200);
    await house.journal.run();
    expect(await partials('entries')).toEqual(['000.p']);
    await saveActs(house, 100);
    await house.journal.run();
    expect(await partials('entries')).toEqual(['001.p']);
    expect(await partials('0')).toEqual(['001.p']);
    expect(await verifiedLeaves(house)).toHaveLength(301);

    await saveActs(house, 300);
    house.journal.files.drop = () => Promise.reject(new Fault('drop'));
    await house.journal.run();
    expect(await partials('entries')).toEqual(['001.p', '002.p']);
    expect(await verifiedLeaves(house)).toHaveLength(601);
  });

  it('is finished by the next process as well', async () => {
    const { house } = test;
    await saveActs(house, 2);
    line.arm(1, 'after');
    await expect(house.journal.run()).rejects.toBeInstanceOf(Fault);
    line.arm(-1, 'before');
    await house.journal.run();
    expect(await verifiedLeaves(house)).toHaveLength(3);
  });
});
