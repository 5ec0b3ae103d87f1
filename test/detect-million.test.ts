/** What the bench `detect-million` claims of the detection job: killed on the way and started again, it judges every series once. */
import { expect, test } from 'vitest';
import { benchDetectMillion } from '../bench/detect-million.ts';

test('detection that is killed on the way goes on where it was, judges every series once, in bounded memory', async () => {
  const result = await benchDetectMillion(400, 320);
  expect(result.killedAfterSeries).toBeGreaterThan(0);
  expect(result.seriesAfterRestart).toBeLessThan(result.series);
  expect(result.killedAfterSeries + result.seriesAfterRestart).toBeGreaterThanOrEqual(result.series);
  expect(result.judgedSeries).toBe(result.series);
  expect(result.judgements).toBe(result.expectedJudgements);
  expect(result.peakMegabytes).toBeLessThan(1000);
}, 240_000);
