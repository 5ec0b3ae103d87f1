/** A disk without room, under the log's tiles and under the database: what was acknowledged stays, the rest is refused in words, and with room again work goes on. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { openTree } from '@reciproca/tlog/client';
import { openCheckpoint } from '@reciproca/tlog/checkpoint';
import { parseVkey } from '@reciproca/tlog/key';
import { makeNoteVerifier } from '@reciproca/tlog/note';
import { loadCheckpoint } from '../../src/acts/confirm-note.ts';
import { byNode, declare } from '../../src/acts/declare.ts';
import type { LogFiles } from '../../src/acts/files.ts';
import { release } from '../../src/acts/spine-types.ts';
import { openHouse } from '../../src/app.ts';
import { systemClock } from '../../src/clock.ts';
import { openCluster } from '../../src/db/cluster.ts';
import { migrate } from '../../src/db/migrate.ts';
import { work, type House } from '../../src/house.ts';
import { newSubjectId, type ActId } from '../../src/ids.ts';
import { openLog } from '../../src/log.ts';
import { setUpNode, type OpenedParty } from '../../src/network/set-up.ts';
import { Problem } from '../../src/problem.ts';
import { openTestHouse } from '../support/house.ts';
import { needs } from '../support/needs.ts';
import { canMount, mountSmallDisk, needsMount } from '../support/small-disk.ts';

const setUp = (house: House): Promise<OpenedParty> =>
  work(house, 'node', { system: 'set-up' }, (w) =>
    setUpNode(w, { name: 'Ministry', kind: 'government', country: 'AA', languages: ['en'] }),
  );

const stateSomething = (house: House, party: OpenedParty): Promise<ActId> =>
  work(house, 'node', { system: 'federation' }, (w) =>
    declare(w, {
      type: release,
      party,
      subject: newSubjectId(party.did),
      summary: { act: 'A'.repeat(43), on: '2026-01-01' },
      assurance: byNode,
    }),
  );

const isLogged = async (house: House, ids: readonly ActId[]): Promise<readonly boolean[]> => {
  const rows = await house.database.read('node', (reader) =>
    reader.selectFrom('acts').select(['id', 'log_index']).where('id', 'in', ids).execute(),
  );
  return ids.map((id) => rows.some((row) => row.id === id && row.log_index !== null));
};

/** From its public bytes alone. */
async function countVerifiedEntries(house: House): Promise<number> {
  const { note, vkey } = await house.database.read('node', async (reader) => ({
    note: await loadCheckpoint(reader),
    vkey: (await reader.selectFrom('logs').select('vkey').where('is_own', '=', true).executeTakeFirstOrThrow()).vkey,
  }));
  const head = openCheckpoint(note ?? '', [makeNoteVerifier(parseVkey(vkey))]);
  const tree = await openTree(head, (file) => house.journal.files.read(file));
  let entries = 0;
  for await (const _ of tree.readEntries(0, head.size)) entries++;
  return entries;
}

test('without room for tiles acts are saved and wait, the log is served as it was, and later holds all of them', async () => {
  let isFull = false;
  const wrapFiles = (files: LogFiles): LogFiles => ({
    ...files,
    write: async (file, bytes) => {
      if (isFull) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
      return files.write(file, bytes);
    },
  });
  await using node = await openTestHouse('http://a.localhost:4000', undefined, {
    wrapJournal: ({ files, database }) => ({ files: wrapFiles(files), database }),
  });
  const { house } = node;
  const party = await setUp(house);
  await house.journal.run();
  const before = await countVerifiedEntries(house);

  isFull = true;
  const acknowledged = [await stateSomething(house, party), await stateSomething(house, party)];
  await expect(house.journal.run()).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(await countVerifiedEntries(house)).toBe(before);

  isFull = false;
  await house.journal.run();
  expect(await isLogged(house, acknowledged)).toEqual([true, true]);
  expect(await countVerifiedEntries(house)).toBe(before + 2);
});

needs(canMount, needsMount)('a disk that is full under the database', () => {
  test('refuses what it cannot keep by a stable code, loses nothing acknowledged, and takes more once there is room', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'reciproca-full-'));
    chmodSync(directory, 0o711); // the server runs as another user
    const disk = path.join(directory, 'disk');
    const log = openLog({ level: 'warn', clock: systemClock, target: { write: () => true } });
    try {
      using _ = mountSmallDisk(disk, '180m');
      chmodSync(disk, 0o711);
      await using cluster = await openCluster({ dataDir: path.join(disk, 'data'), mode: 'serve', log });
      await migrate(cluster.connection, log);
      const house = await openHouse({
        config: {
          port: 0,
          host: '127.0.0.1',
          dataDir: directory,
          databaseUrl: undefined,
          publicUrl: 'http://a.localhost:4000',
          firstAdministrator: undefined,
          logLevel: 'warn',
        },
        connection: cluster.connection,
        clock: systemClock,
        log,
      });
      try {
        const party = await setUp(house);
        /** A page of text that does not compress, as an audit row: any write will do. */
        const write = (number: number): Promise<void> =>
          house.database.transact({ party: party.id }, { system: 'jobs' }, (tx) =>
            tx.audit('test.fill', {
              number,
              text: Array.from({ length: 4000 }, () => Math.random().toString(36)).join(''),
            }),
          );
        const acknowledged: number[] = [];
        const attempt = async (number: number): Promise<unknown> => {
          try {
            await write(number);
            acknowledged.push(number);
            return 'kept';
          } catch (error) {
            return error instanceof Problem ? error.code : error;
          }
        };
        expect(await attempt(0)).toBe('kept');
        const filler = path.join(disk, 'filler');
        fillUp(filler);
        let answer: unknown = 'kept';
        let number = 1;
        for (; answer === 'kept' && number < 2000; number++) answer = await attempt(number);
        expect(['disk-full', 'database-unavailable']).toContain(answer);
        for (const again of [number++, number++])
          expect(['disk-full', 'database-unavailable', 'busy']).toContain(await attempt(again));

        rmSync(filler);
        await expect.poll(() => attempt(number++), { timeout: 60_000, interval: 500 }).toBe('kept');
        const { rows } = await house.database.read({ party: party.id }, (reader) =>
          sql<{
            number: number;
          }>`select (details ->> 'number')::int as number from audit where action = 'test.fill' order by 1`.execute(
            reader,
          ),
        );
        expect(rows.map((row) => row.number)).toEqual(acknowledged);
        const later = await stateSomething(house, party);
        await house.journal.run();
        expect(await isLogged(house, [later])).toEqual([true]);
      } finally {
        await house.close();
      }
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }, 180_000);
});

function fillUp(file: string): void {
  const piece = Buffer.alloc(65_536);
  for (let size = piece.length; size >= 1; size >>= 4)
    try {
      for (;;) writeFileSync(file, piece.subarray(0, size), { flag: 'a' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
}
