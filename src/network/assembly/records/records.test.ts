import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStage, type Stage } from '../../../../test/support/cast.ts';
import { inNetwork } from '../../../../test/support/network.ts';
import { publishRecord, type RecordGiven } from './actions.ts';
import { parseHundredths, readBudget, sumOf } from './budget.ts';

describe('a budget', () => {
  it('is read exactly, or refused by the row that cannot be read', async () => {
    expect(parseHundredths('1234567890.1')).toBe(123_456_789_010);
    for (const wrong of ['', '-1', '1e3', '1.234', '1,5', '0x1']) expect(parseHundredths(wrong)).toBeUndefined();
    const lines = await readBudget('Heading,Income,Expenditure\nDues,1000.50,\n"Staff, office",,700\n');
    expect(lines).toEqual([
      { direction: 'income', heading: 'Dues', hundredths: 100_050 },
      { direction: 'expenditure', heading: 'Staff, office', hundredths: 70_000 },
    ]);
    expect(sumOf(lines, 'income')).toBe(100_050);
    await expect(readBudget('heading,income,expenditure\nDues,1,\nBoth,1,1\n')).rejects.toMatchObject({
      code: 'file-unreadable',
      details: { row: 3 },
    });
    await expect(readBudget('income\n1\n')).rejects.toMatchObject({ code: 'columns-unfit' });
    await expect(readBudget('heading,income\n')).rejects.toMatchObject({ code: 'file-unreadable' });
  });
});

describe('a record', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(async () => stage[Symbol.asyncDispose]());

  const given = (over: Partial<RecordGiven> = {}): RecordGiven => ({
    kind: 'budget',
    year: 2026,
    title: 'Budget 2026',
    language: 'en',
    words: '',
    table: 'heading,income,expenditure\nDues,1000.50,\n=cmd(),,700\n',
    currency: 'CHF',
    whatChanged: undefined,
    ...over,
  });
  const publish = (who: 'edu' | 'chen' | 'noOne', over: Partial<RecordGiven> = {}) =>
    inNetwork(stage, who, (work) => publishRecord(work, given(over)));

  it('is published by the secretariat, whole, and corrected only by a version that says what changed', async () => {
    await expect(publish('noOne')).rejects.toMatchObject({ code: 'not-signed-in' });
    await expect(publish('chen')).rejects.toMatchObject({ code: 'not-allowed' });
    for (const [over, path] of [
      [{ currency: 'XQQ' }, 'currency'],
      [{ table: '' }, 'table'],
      [{ kind: 'strategy', table: '', words: ' ' }, 'words'],
    ] as const)
      await expect(publish('edu', over)).rejects.toMatchObject({ details: { fields: [{ path }] } });
    const first = await publish('edu');
    await expect(publish('edu')).rejects.toMatchObject({ details: { fields: [{ path: 'whatChanged' }] } });
    await publish('edu', { whatChanged: 'Dues of two members came late.', title: 'Budget 2026, corrected' });
    const list = (await stage.as('noOne', '/api/p/operator/records')).json();
    expect(list).toMatchObject({ records: [{ title: 'Budget 2026, corrected', version: 2 }] });
    const shown = await stage.as('noOne', `/p/operator/records/${first}`);
    expect(shown.text).toContain('1,000.50');
    expect(shown.text).toContain('Dues of two members came late.');
    const csv = await stage.as('noOne', `/p/operator/records/${first}/lines.csv`);
    expect(csv.text).toContain("Dues,1000.5,,CHF\r\n'=cmd(),,700,CHF");
  });
});
