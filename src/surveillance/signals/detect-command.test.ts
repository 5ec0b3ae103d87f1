import { describe, expect, test } from 'vitest';
import { openCountry } from '../../../test/support/surveillance.ts';
import { detectCommand } from './detect-command.ts';

describe('bin/reciproca detect', () => {
  test('looks at what has changed, at everything when asked to, and says so for people and for programs', async () => {
    await using country = await openCountry();
    await country.reportQuietYear('measles');
    await country.report('measles', 1, country.lastWeek, 40);
    const run = async (options: { readonly party?: string; readonly all?: boolean; readonly json?: boolean }) => {
      let written = '';
      let progress = '';
      const output = {
        write: (text: string) => void (written += text),
        progress: (text: string) => void (progress += text),
      };
      const code = await detectCommand(
        country.house,
        { all: false, json: false, party: undefined, ...options },
        output,
      );
      return { code, written, progress };
    };
    const first = await run({ party: 'operator', json: true });
    expect(first.code).toBe(0);
    expect(JSON.parse(first.written)).toEqual({ results: [{ party: 'operator', series: 6, raised: 1, recorded: 0 }] });
    expect(first.progress).toBe('operator: 6 series looked at\n');
    expect((await run({ party: 'operator' })).written).toBe(
      'operator: 0 series looked at, 0 new signals, 0 alarms added or corrected\n',
    );
    expect((await run({ all: true })).written).toMatch(
      /^coast: 0 series.*\noperator: 12 series looked at, 0 new signals/,
    );
    await expect(run({ party: 'nobody' })).rejects.toThrow(
      /hosts no party called nobody. It hosts: coast, operator, watch/,
    );
  });
});
