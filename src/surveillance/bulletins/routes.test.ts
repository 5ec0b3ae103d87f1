import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { members } from '../../../test/support/cast.ts';
import { openCountry, type Country } from '../../../test/support/surveillance.ts';
import { insertReleased } from '../../exchange/store.ts';
import { shiftPeriod, startOf } from '../../period.ts';

let country: Country;
beforeAll(async () => {
  country = await openCountry();
  await country.reportQuietYear('measles');
  await country.report('measles', 2, country.lastWeek, 40);
  await country.report('measles', 3, country.lastWeek, null);
  await country.detect();
});
afterAll(async () => country[Symbol.asyncDispose]());

const week = 'iso-week 2026-W09';
const draft = async (locale: string): Promise<string> => {
  const answer = await country.as('amina', '/bulletins', { form: { week, locale } });
  expect(answer.status).toBe(303);
  return answer.headers.location ?? '';
};

interface Bulletin {
  readonly title: string;
  readonly text: string;
  readonly revision: number;
  readonly publicPath: string;
  readonly published: { readonly revision: number; readonly by: string } | null;
  readonly revisions: readonly { readonly revision: number; readonly by: string }[];
}
const read = async (path: string): Promise<Bulletin> => (await country.as('amina', `/api${path}`)).json() as Bulletin;

describe('refused', () => {
  test.each(['noOne', ...members.filter((who) => who !== 'amina' && who !== 'fatou')] as const)(
    'to %s: drafts of the office',
    async (who) => {
      expect((await country.as(who, '/api/bulletins')).status).toBe(who === 'noOne' ? 401 : 403);
      expect((await country.as(who, '/api/bulletins', { json: { week, locale: 'fr' } })).status).toBe(
        who === 'noOne' ? 401 : 403,
      );
    },
  );

  test('to the administrator: writing and publishing', async () => {
    const path = await draft('pt');
    for (const [step, json] of [
      ['', { base: 1, title: 'x', text: 'x' }],
      ['/publish', { revision: 1 }],
      ['/withdraw', {}],
    ] as const)
      expect((await country.as('fatou', `/api${path}${step}`, { json })).status).toBe(403);
  });

  test('a week that does not exist, or an unknown language', async () => {
    expect(
      (await country.as('amina', '/bulletins', { form: { week: 'iso-week 2026-W60', locale: 'fr' } })).status,
    ).toBe(422);
    expect((await country.as('amina', '/bulletins', { form: { week, locale: 'xx' } })).status).toBe(422);
  });

  test('to the public: a draft, and the draft of a published one that has been edited since', async () => {
    const path = await draft('es');
    const { publicPath, title, text } = await read(path);
    expect((await country.as('noOne', publicPath)).status).toBe(404);
    await country.as('amina', `${path}/publish`, { form: { revision: '1' } });
    await country.as('amina', path, { form: { base: '1', title, text: `${text}\n\nTodavía secreto.` } });
    const page = await country.as('noOne', publicPath);
    expect(page.status).toBe(200);
    expect(page.text).not.toContain('Todavía secreto');
  });

  test('a text that somebody else has saved over meanwhile: nobody’s words are lost', async () => {
    const path = await draft('en');
    const { title, text } = await read(path);
    expect((await country.as('amina', path, { form: { base: '1', title, text: `${text}\n\nFirst.` } })).status).toBe(
      303,
    );
    const late = await country.as('amina', path, { form: { base: '1', title, text: `${text}\n\nSecond.` } });
    expect(late.status).toBe(409);
    expect(late.text).toContain('Second.');
    expect(late.text).toContain('First.');
    expect((await country.as('amina', `${path}/publish`, { form: { revision: '1' } })).status).toBe(409);
  });
});

describe('a bulletin', () => {
  test('is drafted in French from the week, edited and published by name, without JavaScript', async () => {
    const path = await draft('fr');
    const drafted = await read(path);
    expect(drafted.title).toBe('Bulletin hebdomadaire, semaine 9 de 2026 – Ministry of Health of North');
    expect(drafted.text).toContain('# Nombres notifiés');
    // Five of six districts reported; the missing one is not counted as zero.
    expect(drafted.text).toMatch(/- Rougeole : \d+ \(la semaine précédente : \d+\)\. Zones ayant notifié : 5 sur 6\./);
    expect(drafted.text).toContain('- Choléra : aucun rapport.');
    // Nobody has verified the signal yet: it is counted, and neither disease nor place of it is named.
    const signals = drafted.text.slice(drafted.text.indexOf('# Signaux'));
    expect(signals).not.toMatch(/Birch|Rougeole/);
    expect(await draft('fr')).toBe(path);

    const edited = {
      base: '1',
      title: drafted.title,
      text: `${drafted.text}\n\n# Conseil\n\nVaccinez <b>tout</b> de suite.\n- <script>alert(1)</script>`,
    };
    expect((await country.as('amina', path, { form: edited })).headers.location).toBe(
      `${path}?notice=bulletins.done-saved`,
    );
    expect((await country.as('amina', `${path}/publish`, { form: { revision: '2' } })).headers.location).toBe(
      `${path}?notice=bulletins.done-published`,
    );
    expect(await read(path)).toMatchObject({
      published: { revision: 2, by: 'Amina' },
      revisions: [{ revision: 2 }, { revision: 1 }],
    });

    const page = await country.as('noOne', `${drafted.publicPath}?lang=en`);
    expect(page.status).toBe(200);
    expect(page.text).toContain('lang="fr"');
    expect(page.text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page.text).toContain('&lt;b&gt;tout&lt;/b&gt;');
    const listed = (await country.as('noOne', '/api/p/operator/bulletins')).json() as {
      bulletins: readonly { path: string }[];
    };
    expect(listed.bulletins.map((each) => each.path)).toContain(drafted.publicPath);
    expect((await country.as('amina', `${path}/revisions/1`)).text).not.toContain('Vaccinez');
    await country.as('amina', `${path}/withdraw`, { form: {} });
    expect((await country.as('noOne', drafted.publicPath)).status).toBe(404);
  });

  test('in Arabic runs from right to left, whatever the reader’s language', async () => {
    const path = await draft('ar');
    await country.as('amina', `${path}/publish`, { form: { revision: '1' } });
    const { publicPath, text } = await read(path);
    expect(text).toContain('الحصبة');
    expect((await country.as('noOne', `${publicPath}?lang=en`)).text).toContain(
      '<div class="bulletin" lang="ar" dir="rtl">',
    );
  });
});

describe('beside a table from which a small count of a district was withheld, a bulletin', () => {
  const given = { AA11: 20, AA12: 30, AA13: 'withheld', AA14: 25, AA15: 40, AA16: 11 } as const;
  let path: string;
  let drafted: Bulletin;
  beforeAll(async () => {
    const week8 = shiftPeriod(country.lastWeek, -1);
    for (const [at, count] of [20, 30, 3, 25, 40, 11].entries()) await country.report('cholera', at + 1, week8, count);
    await country.act(async ({ tx }) => {
      const party = country.parties.north.id;
      await sql`insert into places (party_id, code, name, kind, level, parent_id)
        select ${party}, 'clinic-7', 'Juniper House', 'facility', 3, id from places where code = 'AA13'`.execute(tx.db);
      await sql`insert into series (party_id, indicator_id, place_id) select ${party}, indicators.id, places.id
        from indicators cross join places where indicators.code = 'cholera' and places.code = 'clinic-7'`.execute(
        tx.db,
      );
      await sql`insert into submission_series (submission_id, series_id, party_id, first_period, last_period)
        select (select max(id) from submissions), series.id, ${party}, date '2000-01-01', date '2100-01-01'
        from series join places on places.id = series.place_id where places.code = 'clinic-7'`.execute(tx.db);
      await sql`insert into observations (series_id, period_start, value, submission_id, party_id)
        select series.id, ${startOf(week8)}::date, 3, (select max(id) from submissions), ${party}
        from series join places on places.id = series.place_id where places.code = 'clinic-7'`.execute(tx.db);
    }, 'north');
    const column = {
      recipient: 'did:web:b',
      indicator: 'cholera',
      level: 2,
      period: week8,
      minimumCount: 5,
      cells: given,
    };
    await country.act(({ tx }) => insertReleased(tx, country.parties.north.id, null, [column]), 'north');
    const answer = await country.as('amina', '/bulletins', { form: { week: 'iso-week 2026-W08', locale: 'en' } });
    path = answer.headers.location ?? '';
    drafted = await read(path);
  });
  const save = (base: number, text: string) =>
    country.as('amina', `/api${path}`, { json: { base, title: drafted.title, text } });
  const publish = (revision: number) => country.as('amina', `/api${path}/publish`, { json: { revision } });

  test('does not tell the country’s total, and says why', () => {
    expect(drafted.text).toContain(
      '- Cholera: the number is not given, because a small number that was withheld elsewhere could be worked out with it.',
    );
    expect(drafted.text).toMatch(/- Measles: \d+ \(the week before: \d+\)/);
    expect(drafted.text).not.toContain('129');
  });

  test.each([
    ['of the country', 'Cholera: 129 cases', 'cholera, AA, 2026-W08: 129'],
    [
      'of the district itself, in another language',
      'Le choléra a touché 3 personnes à Cedar.',
      'cholera, AA13, 2026-W08: 3',
    ],
    ['of its only clinic', 'Cholera: 3 people at Juniper House.', 'cholera, clinic-7, 2026-W08: 3'],
    ['of the region, under a heading', '# Cholera\n\nNorth reports 129.', 'cholera, AA, 2026-W08: 129'],
  ])('is not published with the number %s, and who publishes it is told which and why', async (_, words, which) => {
    const { revision } = await read(path);
    await save(revision, `${drafted.text}\n\n${words}`);
    const refused = await publish(revision + 1);
    expect([refused.status, refused.json()]).toMatchObject([
      422,
      { details: { fields: expect.arrayContaining([expect.objectContaining({ path: which })]) } },
    ]);
    const page = await country.as('amina', `${path}/publish`, { form: { revision: String(revision + 1) } });
    expect(page.text).toContain('A small number that was withheld from others could be worked out');
    expect((await country.as('noOne', drafted.publicPath)).status).toBe(404);
  });

  test('is published without it, and what it tells stands in the ledger of what was let out', async () => {
    const { revision } = await read(path);
    await save(revision, `${drafted.text}\n\nCholera: wash your hands.`);
    expect((await publish(revision + 1)).status).toBe(200);
    const { rows } = await country.act(
      ({ tx }) =>
        sql<{ said: string }>`select distinct indicator || ' ' || period || ' ' || cells as said from released_columns
          where recipient is null and period <= '2026-W08' order by 1`.execute(tx.db),
      'north',
    );
    expect(rows.map(({ said }) => said)).toEqual([
      expect.stringMatching(/^measles 2026-W07 \{"AA": \d+\}$/),
      expect.stringMatching(/^measles 2026-W08 \{"AA": \d+\}$/),
    ]);
  });
});
