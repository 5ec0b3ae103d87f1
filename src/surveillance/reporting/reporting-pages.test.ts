import { request } from 'node:http';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStage, type Member, type Stage } from '../../../test/support/cast.ts';
import type { TestAnswer } from '../../../test/support/site.ts';
import { takeIn } from '../../../test/support/take-in.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
  for (const party of ['north', 'coast'] as const) {
    const taker = {
      dataDir: stage.dataDir,
      act: <T>(run: Parameters<typeof stage.act<T>>[0]) => stage.act(run, party),
    };
    await takeIn(taker, 'places', 'code,name,parent\nAA,Aland,\nN,=cmd|A1,AA\n');
    await takeIn(taker, 'indicators', 'code,name,set\nmeasles,Measles,weekly\n');
    await takeIn(taker, 'units', 'code,place,set,since,contact,phone\nN,AA,weekly,2025-01-01,Nurse Ada,+254 700 1\n');
  }
});
afterAll(() => stage[Symbol.asyncDispose]());

const boundary = 'a-line-between-parts';
const part = (name: string, content: string | Uint8Array, fileName?: string): Buffer =>
  Buffer.concat([
    Buffer.from(
      `--${boundary}\r\ncontent-disposition: form-data; name="${name}"${fileName === undefined ? '' : `; filename="${fileName}"`}\r\n\r\n`,
    ),
    Buffer.from(content),
    Buffer.from('\r\n'),
  ]);

/** As a browser sends the form with a file. */
function upload(who: Member, content: string, text: string | Uint8Array): Promise<TestAnswer> {
  const { csrf } = stage.keysOf(who);
  const body = Buffer.concat([
    part('csrf', csrf),
    part('content', content),
    part('file', text, 'sent.csv'),
    Buffer.from(`--${boundary}--\r\n`),
  ]);
  return stage.as(who, '/reporting/submissions', {
    method: 'POST',
    body,
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  });
}

const codeOf = (answer: TestAnswer): unknown => (answer.json() as { code?: unknown }).code;
const filesUnder = (directory: string): readonly string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [entry.name] : [],
  );

describe('a file that does not arrive whole', () => {
  test('leaves nothing behind, neither a submission nor a file', async () => {
    const before = await stage.as('amina', '/api/reporting/submissions');
    const { cookie, csrf } = stage.keysOf('amina');
    const { port, host } = new URL(stage.site.url);
    const start = Buffer.concat([
      part('csrf', csrf),
      part('content', 'reports'),
      part('file', 'period,place\n'.repeat(5000), 'cut.csv'),
    ]);
    await new Promise<void>((resolve) => {
      const outgoing = request({
        host: '127.0.0.1',
        port,
        path: '/reporting/submissions',
        method: 'POST',
        headers: {
          host,
          cookie,
          'sec-fetch-site': 'same-origin',
          'content-type': `multipart/form-data; boundary=${boundary}`,
          'content-length': String(start.length + 1_000_000),
        },
      });
      outgoing.on('error', () => resolve());
      outgoing.on('close', () => resolve());
      outgoing.write(start, () => outgoing.destroy());
    });
    // The next request is answered after the broken one was noticed, because both run on one thread; its files go with it.
    await expect.poll(() => filesUnder(stage.site.temporaryDirectory)).toEqual([]);
    expect((await stage.as('amina', '/api/reporting/submissions')).json()).toEqual(before.json());
  });
  test('is refused before it is read when it is announced as too large', async () => {
    const answer = await stage.as('amina', '/reporting/submissions', {
      method: 'POST',
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}`, 'content-length': '2000000000' },
    });
    expect(answer.status).toBe(413);
  });
});

describe('a file that cannot be read', () => {
  test('says why and in which row, and stays as it was, to be tried again', async () => {
    const sent = await upload(
      'amina',
      'reports',
      Buffer.from('period,place,indicator,value\n2026-W01,N,measles,1\n2026-W02,C\u00f4te,measles,1\n', 'latin1'),
    );
    expect(sent.status).toBe(303);
    const where = sent.headers.location ?? '';
    const columns = { period: 'period', place: 'place', indicator: 'indicator', value: 'value' };
    const refused = await stage.as('amina', `/api${where}/try`, { json: { columns } });
    expect([refused.status, refused.json()]).toMatchObject([
      422,
      { code: 'file-unreadable', details: { reason: 'not-utf-8', row: 3 } },
    ]);
    const tried = await stage.as('amina', `/api${where}/try`, { json: { columns, encoding: 'latin-1' } });
    expect(tried.json()).toEqual({ accepted: 1, changed: 0, unchanged: 0, empty: 0, rejected: 1 });
    const applied = await stage.as('amina', `/api${where}/apply`, { json: {} });
    expect(applied.json()).toEqual(tried.json());
    expect(codeOf(await stage.as('amina', `/api${where}/apply`, { json: {} }))).toBe('conflict');
    const raw = await stage.as('amina', `${where}/raw`);
    expect(raw.bytes.includes(Buffer.from('C\u00f4te', 'latin1'))).toBe(true);
    expect(raw.headers['content-disposition']).toContain('sent.csv');
  });
  test('that nobody tried is not taken in', async () => {
    const where = (await upload('amina', 'reports', 'period,place,indicator,value\n')).headers.location ?? '';
    expect(codeOf(await stage.as('amina', `/api${where}/apply`, { json: {} }))).toBe('conflict');
    expect((await stage.as('amina', `${where}/set-aside`, { form: {} })).status).toBe(303);
    expect(codeOf(await stage.as('amina', `/api${where}/try`, { json: { columns: {} } }))).toBe('conflict');
  });
});

describe('what others may see', () => {
  test('a reporter sees what she sent, not what others did, and no other party at all', async () => {
    const sent = await stage.as('dalia', '/api/reporting/entry', {
      json: { form: 'weekly', unit: 'N', period: '2026-W09', counts: [{ indicator: 'measles', value: 2 }] },
    });
    const { submission } = sent.json() as { submission: number };
    const mine = (await stage.as('dalia', '/api/reporting/submissions')).json() as {
      submissions: readonly { id: number }[];
    };
    expect(mine.submissions.map(({ id }) => id)).toEqual([submission]);
    expect((await stage.as('dalia', `/api/reporting/submissions/${submission}`)).status).toBe(200);
    // The ministry hosts the district and is another party.
    expect((await stage.as('amina', `/api/reporting/submissions/${submission}`)).status).toBe(404);
    expect((await stage.as('dalia', `/api/reporting/submissions/${submission - 1}`)).status).toBe(404);
  });
  test('whom to call is for those who call', async () => {
    const seenBy = async (who: Member): Promise<string> => (await stage.as(who, '/api/reporting?form=weekly')).text;
    expect(await seenBy('amina')).toContain('Nurse Ada');
    expect(await seenBy('dalia')).not.toContain('Nurse Ada');
    expect((await stage.as('dalia', '/reporting/completeness.csv?form=weekly')).text).not.toContain('+254');
  });
  test('a form that was refused shows again what was typed', async () => {
    const form = {
      form: 'weekly',
      unit: 'N',
      period: '2026-W09',
      'counts.0.indicator': 'measles',
      'counts.0.value': '1.5',
    };
    const answer = await stage.as('dalia', '/reporting/entry', { form });
    expect(answer.status).toBe(422);
    expect(answer.text).toMatch(/value="1.5"/);
    expect(answer.text).toContain('Enter a whole number.');
  });
});

describe('the numbers of one place', () => {
  test('reach back to the first of them, period by period, with what was never reported as nothing', async () => {
    const rows = ['2018-W01,N,measles,4', '2020-W52,N,measles,5', '2021-W01,N,measles,6'];
    const where =
      (await upload('amina', 'reports', `period,place,indicator,value\n${rows.join('\n')}\n`)).headers.location ?? '';
    const columns = Object.fromEntries(['period', 'place', 'indicator', 'value'].map((name) => [name, name]));
    await stage.as('amina', `/api${where}/try`, { json: { columns } });
    await stage.as('amina', `/api${where}/apply`, { json: {} });
    type Shown = {
      observations: { period: { label: string }; value: number | null }[];
      earlier: string | null;
      later: string | null;
    };
    const show = async (until?: string): Promise<Shown> =>
      (
        await stage.as(
          'amina',
          `/api/reporting/observations?indicator=measles&place=N${until === undefined ? '' : `&until=${until}`}`,
        )
      ).json() as Shown;
    const seen: { period: { label: string }; value: number | null }[] = [];
    for (let page = await show(), turns = 0; turns < 10; turns++) {
      seen.unshift(...page.observations);
      if (page.earlier === null) break;
      const before = page.earlier;
      page = await show(before);
      expect((await show(page.later ?? '')).observations.length).toBeGreaterThan(0);
    }
    expect(seen[0]).toMatchObject({ period: { label: '2018-W01' }, value: 4 });
    expect(seen.filter(({ period }) => period.label.startsWith('2020-W5')).map(({ value }) => value)).toEqual([
      null,
      null,
      5,
      null,
    ]);
    expect(new Set(seen.map(({ period }) => period.label)).size).toBe(seen.length);
  });
  test('are asked for by days that calendars know', async () => {
    for (const day of ['9999-12-31', '0001-01-01'])
      expect(
        (await stage.as('amina', `/api/reporting/observations?indicator=measles&place=N&asOf=${day}`)).status,
      ).toBe(422);
    expect((await stage.as('amina', '/api/reporting/submissions?before=99999999999999')).status).toBe(422);
  });
});

describe('a table for a spreadsheet', () => {
  test('runs nothing, and can be imported as it is', async () => {
    const table = (await stage.as('amina', '/reporting/places.csv')).text;
    expect(table).toContain(`N,'=cmd|A1,AA`);
    const where = (await upload('amina', 'places', table)).headers.location ?? '';
    const columns = Object.fromEntries(['code', 'name', 'parent', 'level', 'kind'].map((name) => [name, name]));
    expect((await stage.as('amina', `/api${where}/try`, { json: { columns } })).json()).toMatchObject({
      accepted: 0,
      rejected: 0,
    });
  });
  test('of everything that is held is one value a row', async () => {
    const file = path.join(stage.dataDir, 'all.csv');
    const table = (await stage.as('dalia', '/reporting/observations.csv')).text;
    await writeFile(file, table);
    expect(table.trim().split('\r\n').slice(1)).toEqual([expect.stringMatching(/^2026-W09,N,measles,2,2026-/)]);
  });
});

describe('an indicator that is the sum of others', () => {
  const save = (code: string, parts: readonly string[]) =>
    stage.as('amina', '/api/reporting/indicators', {
      json: { code, names: { en: code }, periodKind: 'iso-week', isImmediate: false, aggregation: 'sum', parts },
    });
  test('is refused when nobody knows a part, or it would be a part of itself', async () => {
    expect((await save('fever', ['nothing'])).json()).toMatchObject({ details: { fields: [{ path: 'parts' }] } });
    expect((await save('young', [])).status).toBe(200);
    expect((await save('fever', ['young', 'measles'])).status).toBe(200);
    expect((await save('young', ['fever'])).json()).toMatchObject({
      code: 'input-invalid',
      details: { fields: [{ path: 'parts', code: 'reporting.reason-parts-circular' }] },
    });
  });
  test('says so in the list and its table; its form has them ticked, without JavaScript', async () => {
    expect((await stage.as('amina', '/reporting/indicators')).text).toContain('Sum of Measles and young');
    expect((await stage.as('amina', '/reporting/indicators.csv')).text).toMatch(/^fever,.*,measles young\r?$/m);
    const page = (await stage.as('amina', '/reporting/indicator?code=fever')).text;
    expect(page).toMatch(/name="parts" value="young" checked/);
    expect(page).not.toMatch(/name="parts" value="fever"/);
    const unticked = {
      code: 'fever',
      'names.en': 'Fever',
      periodKind: 'iso-week',
      aggregation: 'sum',
      parts: 'young',
    };
    expect((await stage.as('amina', '/reporting/indicators', { form: unticked })).status).toBe(303);
    expect((await stage.as('amina', '/reporting/indicators')).text).toContain('Sum of young');
  });
});
