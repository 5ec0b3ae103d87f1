import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import type { PlainDate } from '../../../period.ts';
import { openReportRows } from './report-rows.ts';
import { readTable } from './table.ts';

const sizeBytes = 100_000_000;

/** Without end but for the size, and without ever being whole anywhere. */
async function* largeFile(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('period,place,indicator,value\n');
  const piece = Buffer.from('2024-W01,N,measles,12\n2024-W02,N,measles,x\n'.repeat(5000));
  for (let sent = 0; sent < sizeBytes; sent += piece.length) yield piece;
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What is really in use; the process keeps more, of what it once used. */
function liveBytes(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

test('a file far larger than memory may be is read in constant memory, whatever is wrong with it', async () => {
  const directory = {
    places: new Map([['N', { id: 1, validFrom: undefined, validUntil: undefined }]]),
    indicators: new Map([['measles', { id: 1, kind: 'iso-week' as const }]]),
  };
  let [values, rejections, pieces] = [0, 0, 0];
  const live: number[] = [];
  const sink = { onValue: () => void values++, onEmpty: () => {}, onRejection: () => void rejections++ };
  const columns = { period: 'period', place: 'place', indicator: 'indicator', value: 'value' };
  const mapping = { columns, headers: {}, encoding: 'utf-8' as const };
  await readTable(
    largeFile(),
    mapping,
    (header) => openReportRows(header, mapping, directory, '2026-01-01' as PlainDate, sink),
    async () => {
      if (pieces++ % 100 === 50) live.push(liveBytes());
    },
  );
  expect(values).toBe(rejections);
  expect(values).toBeGreaterThan(sizeBytes / 50);
  expect(Math.max(...live) - (live[0] ?? 0)).toBeLessThan(3_000_000);
}, 180_000);
