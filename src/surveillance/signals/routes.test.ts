import { gunzipSync } from 'node:zlib';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCountry, type Country } from '../../../test/support/surveillance.ts';
import { members } from '../../../test/support/cast.ts';
import { shiftPeriod } from '../../period.ts';
import { stylesheet } from '../../ui/stylesheet.ts';

const anyone = ['noOne', ...members] as const;

let country: Country;
beforeAll(async () => {
  country = await openCountry();
  await country.reportQuietYear('measles');
  await country.reportQuietYear('cholera');
  // Two indicators in six districts: twelve signals, of which those of cholera are for immediate notification.
  await country.detect();
});
afterAll(async () => country[Symbol.asyncDispose]());

interface Listed {
  readonly id: string;
  readonly path: string;
  readonly title: string;
  readonly sentence: string;
  readonly indicator: { readonly code: string; readonly isImmediate: boolean };
  readonly curve: readonly { readonly reported: number | null; readonly isSignal: boolean }[];
}
interface Worklist {
  readonly signalsPerWeek: number | null;
  readonly overflow: number;
  readonly fresh: readonly Listed[];
  readonly taken: readonly Listed[];
}

const worklist = async (path = '/api/signals'): Promise<Worklist> =>
  (await country.as('amina', path)).json() as Worklist;

describe('the signals page is refused', () => {
  test.each(anyone.filter((who) => who !== 'amina' && who !== 'fatou'))('to %s', async (who) => {
    for (const path of [
      '/api/signals',
      '/signals.csv',
      '/api/signals/all',
      '/api/signals/beyond',
      '/api/detection',
      '/api/signals/capacity',
    ])
      expect([path, (await country.as(who, path)).status]).toEqual([path, who === 'noOne' ? 401 : 403]);
  });

  test('as a place to decide to the administrator, who is no health officer', async () => {
    const [signal] = (await worklist()).fresh;
    const answer = await country.as('fatou', `/api${signal?.path}/step`, { json: { step: 'accept', why: 'x' } });
    expect(answer.status).toBe(403);
    expect(((await country.as('fatou', `/api${signal?.path}`)).json() as { steps: string[] }).steps).toEqual([]);
  });
});

describe('the signals page', () => {
  test('lists cholera first, each with a year of weeks, one sentence and the reason of its place', async () => {
    const { fresh, signalsPerWeek, overflow } = await worklist();
    expect({ signalsPerWeek, overflow }).toEqual({ signalsPerWeek: null, overflow: 0 });
    expect(fresh.map(({ indicator }) => indicator.code)).toEqual(Array.from({ length: 6 }, () => 'cholera'));
    expect(fresh[0]?.curve).toHaveLength(52);
    expect(fresh[0]?.sentence).toMatch(/^Cholera, \S+, week 9 of 2026: \d reported; the rule is 1 case or more\.$/);
    expect((await worklist('/api/signals?lang=fr')).fresh[0]?.sentence).toMatch(
      /^Choléra, .*, semaine 9 de 2026 : \d notifiés ; la règle est 1 cas ou plus\.$/,
    );
  });

  test('stops at the stated capacity and counts the overflow; a disease for immediate notification is never cut', async () => {
    await country.as('amina', '/api/signals/capacity', { json: { perWeek: 8 } });
    // One after the other: all at once would be one signal of the region.
    for (const district of [1, 2, 3, 4, 5]) {
      await country.report('measles', district, country.lastWeek, 30 + district);
      await country.detect();
    }
    const eight = await worklist();
    expect([eight.fresh.length, eight.overflow]).toEqual([8, 3]);
    await country.as('amina', '/api/signals/capacity', { json: { perWeek: 2 } });
    const two = await worklist();
    expect([two.fresh.map(({ indicator }) => indicator.code), two.overflow]).toEqual([
      Array.from({ length: 6 }, () => 'cholera'),
      5,
    ]);
    const beyond = (await country.as('amina', '/api/signals/beyond')).json() as { signals: readonly Listed[] };
    expect(beyond.signals).toHaveLength(5);
    await country.as('amina', '/api/signals/capacity', { json: {} });
  });

  test('is taken out as a table that starts no formula, with the sentence in the language asked for', async () => {
    const csv = await country.as('amina', '/signals.csv?lang=es');
    expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(csv.headers['content-disposition']).toMatch(/signals\.csv/);
    expect(csv.text.split('\r\n')[0]).toMatch(/^\uFEFFid,status,source,raised,indicator,/);
    expect(csv.text).toMatch(/Sarampión/);
  });
});

test('the signals page with ten signals and their curves is at most 20 kB compressed, stylesheet included', async () => {
  await using country = await openCountry();
  await country.reportQuietYear('measles');
  await country.reportQuietYear('cholera');
  await country.detect();
  await country.as('amina', '/api/signals/capacity', { json: { perWeek: 10 } });
  for (const district of [1, 2, 3, 4, 5]) {
    await country.report('measles', district, country.lastWeek, 60 + district);
    await country.detect();
  }
  // Counts without any pattern, up to three digits: nothing that compression could live on.
  await country.act(
    ({ tx }) =>
      sql`update observations set value = ('x' || substr(md5(series_id || ' ' || period_start), 1, 4))::bit(16)::int % 400`.execute(
        tx.db,
      ),
    'north',
  );
  const bytesOf = async (path: string): Promise<number> =>
    (await country.site.send(path, { headers: { 'accept-encoding': 'gzip' } })).bytes.length;
  for (const lang of ['en', 'fr', 'ar']) {
    const page = await country.as('amina', `/signals?lang=${lang}`, { headers: { 'accept-encoding': 'gzip' } });
    expect(page.headers['content-encoding']).toBe('gzip');
    const html = gunzipSync(page.bytes).toString();
    expect(html.match(/<article class="signal">/g)).toHaveLength(10);
    expect(html.match(/<svg class="curve"[^>]*role="img"/g)).toHaveLength(10);
    const linked = [...html.matchAll(/<link [^>]*href="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(linked).toEqual(['/favicon.svg', stylesheet.path]);
    // Nothing else is asked for.
    expect(`${html}${stylesheet.text}`).not.toMatch(/<(?:img|script|iframe|video|font)|url\((?!#)|@import/);
    let bytes = page.bytes.length;
    for (const path of linked) bytes += await bytesOf(path);
    expect([lang, bytes, bytes <= 20_000]).toEqual([lang, bytes, true]);
    expect(bytes).toBeGreaterThan(8_000);
  }
});

describe('one signal', () => {
  test('shows curve, usual range, limit, missing weeks, places around, history and the steps that may be taken', async () => {
    await country.report('measles', 6, shiftPeriod(country.lastWeek, -5), null);
    await country.report('measles', 6, country.lastWeek, 44);
    await country.detect();
    const all = (await country.as('amina', '/api/signals/all')).json() as { signals: readonly Listed[] };
    const fern = all.signals.find(({ title }) => title === 'Measles, Fern');
    const answer = (await country.as('amina', `/api${fern?.path}`)).json() as {
      curve: readonly { reported: number | null; usual: unknown; threshold: number | null }[];
      around: readonly { code: string; isNeighbour: boolean; hasSignal: boolean; isHere: boolean; geometry: unknown }[];
      elsewhere: readonly { text: string }[];
      steps: readonly string[];
    };
    expect(answer.curve.filter(({ reported }) => reported === null)).toHaveLength(1);
    expect(answer.curve.at(-1)).toMatchObject({
      reported: 44,
      usual: { lower: expect.any(Number) as number, upper: expect.any(Number) as number },
    });
    expect(answer.curve.at(-1)?.threshold).toBeGreaterThan(5);
    expect(answer.around.map(({ code, isNeighbour, isHere }) => [code, isNeighbour, isHere])).toEqual([
      ['AA11', false, false],
      ['AA12', false, false],
      ['AA13', false, false],
      ['AA14', false, false],
      ['AA15', true, false],
      ['AA16', false, true],
    ]);
    expect(answer.elsewhere.map(({ text }) => text)).toContain('Cholera, Fern – New');
    expect(answer.steps).toEqual(['accept', 'mark-duplicate', 'set-aside']);
    const page = await country.as('amina', fern?.path ?? '');
    expect(page.text).toContain('Fern');
    expect(page.text).not.toMatch(/<script/);
    for (const table of ['curve.csv', 'around.csv'])
      expect((await country.as('amina', `${fern?.path}/${table}`)).status).toBe(200);
  });

  test('is decided about by a form without JavaScript, which keeps what was typed when something is missing', async () => {
    const [signal] = (await worklist()).fresh;
    const page = signal?.path ?? '';
    const refused = await country.as('amina', `${page}/step`, { form: { step: 'set-aside', why: '' } });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('Answer this question.');
    expect(refused.text).toContain('value="set-aside" checked');
    const done = await country.as('amina', `${page}/step`, { form: { step: 'accept', why: 'three calls' } });
    expect([done.status, done.headers.location]).toEqual([303, `${page}?notice=signals.done-step`]);
    const after = await country.as('amina', `${page}?notice=signals.done-step`);
    expect(after.text).toContain('Your decision has been recorded.');
    expect(after.text).toContain('three calls');
    expect((await country.as('amina', `/api${page}/step`, { json: { step: 'accept', why: 'again' } })).status).toBe(
      409,
    );
  });

  test('that does not exist, or belongs to another party, is not found', async () => {
    expect((await country.as('amina', '/api/signals/00000000-0000-4000-8000-000000000000')).status).toBe(404);
    expect((await country.as('amina', '/signals/nonsense')).status).toBe(404);
  });
});

describe('how an indicator is watched', () => {
  test('is shown in words, changed by a form, and refused where the number makes no sense', async () => {
    interface Detection {
      readonly indicators: readonly {
        readonly id: number;
        readonly code: string;
        readonly rules: readonly { readonly id: string; readonly text: string }[];
      }[];
    }
    const list = async () =>
      ((await country.as('amina', '/api/detection')).json() as Detection).indicators.find(
        ({ code }) => code === 'measles',
      );
    const before = await list();
    expect(before?.rules.map(({ text }) => text)).toEqual([
      'EARS C2 (alpha 0.001), from the mean of the 7 weeks before',
    ]);
    const add = `/detection/${before?.id}/add`;
    const wrong = await country.as('amina', add, {
      form: { kind: 'cases-in-window', compare: 'at-least', cases: '3', windowDays: '10' },
    });
    expect(wrong.status).toBe(422);
    expect(wrong.text).toContain('Weeks take whole weeks');
    const right = await country.as('amina', add, {
      form: { kind: 'cases-in-window', compare: 'at-least', cases: '3', windowDays: '28' },
    });
    expect(right.status).toBe(303);
    const after = await list();
    expect(after?.rules.map(({ text }) => text)).toEqual([
      'EARS C2 (alpha 0.001), from the mean of the 7 weeks before',
      '3 cases or more within 28 days',
    ]);
    const off = await country.as('amina', `/detection/rules/${after?.rules[1]?.id}`, {
      form: { kind: 'cases-in-window', compare: 'at-least', cases: '5', windowDays: '28' },
    });
    expect(off.status).toBe(303);
    expect((await country.as('amina', '/detection')).text).toContain('Switched off');
    expect((await country.as('fatou', add, { form: { kind: 'cases', compare: 'at-least', cases: '1' } })).status).toBe(
      403,
    );
  });
});
