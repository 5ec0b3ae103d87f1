import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { detectInFile, type FileOptions } from './detect-file.ts';

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'reciproca-detect-file-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const weeks = (count: number, cases: (week: number) => string): string[] =>
  Array.from({ length: count }, (_, week) => `${monday(week)},${cases(week)}`);

function monday(week: number): string {
  return new Date(Date.UTC(2018, 0, 1 + 7 * week)).toISOString().slice(0, 10);
}

function run(lines: readonly string[], options: Partial<FileOptions> = {}): string {
  const file = join(folder, 'series.csv');
  writeFileSync(file, lines.join('\n'));
  let printed = '';
  detectInFile({ file, period: 'week', method: 'ears-c2-01', set: [], json: false, ...options }, (text) => {
    printed += text;
  });
  return printed;
}

const steady = (week: number): string => String(5 + ((week * 7) % 9));
const good = ['start,count', ...weeks(340, steady)];
const withCell = (cell: string): string[] => good.map((line, i) => (i === 18 ? `${monday(17)},${cell}` : line));

describe('a file is refused, naming the place, when', () => {
  it.each([
    ['a count is negative', withCell('-3'), 'count-negative: rows[17].count (-3)'],
    ['a count is a fraction', withCell('2.5'), 'count-fractional: rows[17].count (2.5)'],
    ['a count is infinite', withCell('Infinity'), 'count-not-finite: rows[17].count'],
    ['a count is absurd', withCell('1e300'), 'count-too-large: rows[17].count'],
    ['a count is in hexadecimal', withCell('0x10'), 'count-not-a-number: line 19 count (0x10)'],
    ['a count is not a number', withCell('NaN'), 'count-not-a-number: line 19 count (NaN)'],
    ['weeks are out of order', good.with(5, good[6] ?? '').with(6, good[5] ?? ''), 'periods-unsorted: rows[5].start'],
    ['a week is there twice', good.with(6, good[5] ?? ''), 'periods-duplicate: rows[5].start'],
    ['two kinds of period are mixed', good.with(6, '2018-02-07,4'), 'periods-mixed: rows[5].start'],
    ['the columns have other names', ['foo,bar', '1,2'], 'input-malformed: line 1 (foo,bar)'],
    ['it is empty', [''], 'input-malformed: line 1'],
    ['it has no rows', ['start,count'], 'input-malformed: line 2'],
  ])('%s', (_, lines, message) => {
    expect(() => run(lines)).toThrow(message);
  });

  it.each([
    ['a setting is out of range', ['alpha=7'], 'control-out-of-range: control.alpha (7)'],
    ['a setting is unknown', ['moon=3'], 'control-unknown: control.moon'],
    ['a setting has no value', ['alpha'], 'alpha is not name=value.'],
  ])('%s', (_, set, message) => {
    expect(() => run(good, { set })).toThrow(message);
  });
});

describe('one series of a file', () => {
  it('is judged week by week, with what each judgement rests on', () => {
    const outbreak = good.with(good.length - 1, `${monday(339)},60`);
    const [head, row] = run(outbreak, { method: 'farrington-flexible-nbPlugin', last: 1 }).trim().split('\n');
    const found = Object.fromEntries((head ?? '').split(',').map((name, i) => [name, (row ?? '').split(',')[i]]));
    expect(found).toMatchObject({ start: monday(339), observed: '60', alarm: '1', raised_when: 'more-than' });
    expect(Number(found['p_value'])).toBeLessThan(1e-6);
    expect(Number(found['expected'])).toBeGreaterThan(5);
    expect(Number(found['reference_periods'])).toBeGreaterThan(200);
  });

  it('takes settings by the names they have in R', () => {
    const { method, detections }: { method: unknown; detections: { scoreLimit: number }[] } = JSON.parse(
      run(good, { method: 'glr', set: ['c.ARL=3', 'change=epi'], last: 2, json: true }),
    );
    expect(method).toEqual({ method: 'glr', control: { 'c.ARL': 3, change: 'epi' } });
    expect(detections.map(({ scoreLimit }) => scoreLimit)).toEqual([3, 3]);
  });

  it('that is too short has no alarm and no "no alarm", but the reason', () => {
    const rows = run(good.slice(0, 6), { method: 'farrington' }).trim().split('\n').slice(1);
    expect(rows).toHaveLength(5);
    for (const row of rows) expect(row.split(',').slice(2, 4)).toEqual(['', '']);
    expect(rows[0]).toContain('history-too-short');
  });

  it('may have quotes, a byte order mark, and NA for what was not reported, as R and spreadsheets write them', () => {
    const quoted = good.map((line, i) =>
      line
        .split(',')
        .map((cell) => `"${cell}"`)
        .join(',')
        .replace(/^/, i === 0 ? '\uFEFF' : ''),
    );
    expect(run(quoted)).toBe(run(good));
    expect(run(withCell('NA'))).toBe(run(withCell('')));
  });
});
