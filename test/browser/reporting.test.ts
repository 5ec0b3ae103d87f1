import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { periodOf, plainDateAt, shiftPeriod } from '../../src/period.ts';
import { launchBrowser } from '../support/browser.ts';
import { openStage, type Member, type Stage } from '../support/cast.ts';
import { settableClock } from '../support/house.ts';
import { expectAccessible, shoot } from '../support/pages.ts';
import { describeBothWays, startWalk, type Walk } from '../support/walk.ts';

/** Step 3 and the beginning of step 4: places, indicators, units and reports come in, and the silent stand first. */
describeBothWays('the office of surveillance', (way) => {
  let browser: Browser;
  let walk: Walk;
  let stage: Stage;
  let amina: Page;
  const lastWeek = shiftPeriod(periodOf('iso-week', plainDateAt(new Date(), 'UTC')), -2);

  const openAs = async (who: Member | undefined): Promise<Page> => {
    const page = await walk.open();
    if (who) {
      const [name = '', value = ''] = stage.keysOf(who).cookie.split('=');
      await page.context().addCookies([{ name, value, url: stage.site.url }]);
    }
    return page;
  };
  const open = async (page: Page, where: string): Promise<void> => void (await page.goto(`${stage.site.url}${where}`));
  const main = (page: Page) => page.getByRole('main');
  const submit = (page: Page, name: string | RegExp): Promise<void> => main(page).getByRole('button', { name }).click();
  const given = async (name: string, text: string | Uint8Array): Promise<string> => {
    const file = path.join(stage.dataDir, name);
    await writeFile(file, text);
    return file;
  };
  /** Sends a file and tries it with the columns guessed. */
  const sendFile = async (content: string, file: string): Promise<void> => {
    await open(amina, `/reporting/send?content=${content}`);
    await amina.getByLabel('File', { exact: true }).setInputFiles(file);
    await submit(amina, 'Go on');
    await submit(amina, 'Try, without taking anything in');
  };
  const figure = (label: string): Promise<string> =>
    amina
      .locator('.figures > div')
      .filter({ has: amina.getByText(label, { exact: true }) })
      .locator('.value')
      .innerText();

  beforeAll(async () => {
    browser = await launchBrowser();
    walk = startWalk(browser, way);
    // The browser has a clock of its own, and drops cookies that ours has let expire.
    stage = await openStage({ clock: settableClock(new Date()) });
    amina = await openAs('amina');
  });
  afterAll(async () => {
    await browser.close();
    await stage[Symbol.asyncDispose]();
  });

  it('is told what comes first when there is nothing yet', async () => {
    await open(amina, '/reporting');
    expect(await main(amina).innerText()).toContain('Nobody is expected to report yet');
    await expectAccessible(browser, amina);
    await shoot(amina, 'reporting-empty');
  });

  it('sends places, sees what would happen, and takes them in', async () => {
    const rows = [
      'code,name,parent,population',
      'AA,Aland,,90000',
      'N,North,AA,50000',
      'S,"South, <b>old</b>",AA,40000',
      'X,Nowhere,ZZ,1',
    ];
    await sendFile('places', await given('places.csv', `${rows.join('\n')}\n`));
    expect([await figure('New'), await figure('Rejected')]).toEqual(['3', '1']);
    await shoot(amina, 'submission-tried');
    await expectAccessible(browser, amina);
    await submit(amina, 'Take it in');
    expect(await amina.getByRole('status').innerText()).toContain('taken in');
    await open(amina, '/reporting/places?in=AA');
    expect(await main(amina).innerText()).toContain('South, <b>old</b>');
    await shoot(amina, 'places');
    await expectAccessible(browser, amina);
  });

  it('sends GeoJSON, and areas with a common border become neighbours', async () => {
    const square = (west: number) => ({
      type: 'Polygon',
      coordinates: [
        [
          [west, 0],
          [west + 1, 0],
          [west + 1, 1],
          [west, 1],
          [west, 0],
        ],
      ],
    });
    const feature = (code: string, name: string, west: number) => ({
      type: 'Feature',
      properties: { code, name, parent: 'AA' },
      geometry: square(west),
    });
    const document = { type: 'FeatureCollection', features: [feature('N', 'North', 0), feature('S', 'South', 1)] };
    await sendFile('places', await given('places.geojson', JSON.stringify(document)));
    expect(await figure('Changed')).toBe('2');
    await submit(amina, 'Take it in');
    await open(amina, '/reporting/places?in=AA');
    expect(await main(amina).locator('tbody tr', { hasText: 'North' }).first().innerText()).toMatch(/1/);
    await shoot(amina, 'places-map');
  });

  it('writes an indicator by hand, is shown what is wrong with it, and sends the others as a file', async () => {
    await open(amina, '/reporting/indicator');
    await amina.getByLabel('Code', { exact: true }).fill('mea sles');
    await amina.getByLabel('Name (English)').fill('Measles');
    await amina.getByLabel('ICD-10').fill('B5');
    await submit(amina, 'Save');
    expect(await amina.getByRole('alert').innerText()).toMatch(/A code begins[\s\S]*ICD-10 code/);
    expect(await amina.getByLabel('Name (English)').inputValue()).toBe('Measles');
    await shoot(amina, 'indicator');
    await expectAccessible(browser, amina);
    await amina.getByLabel('Code', { exact: true }).fill('measles');
    await amina.getByLabel('ICD-10').fill('B05');
    await submit(amina, 'Save');
    const rows = [
      'code,name,name_fr,icd10,immediate,set',
      'measles,Measles,Rougeole,B05,no,weekly',
      'cholera,Cholera,Choléra,A00,yes,weekly',
      'fever,Fever,Fièvre,,no,weekly',
    ];
    await sendFile('indicators', await given('indicators.csv', `${rows.join('\n')}\n`));
    await submit(amina, 'Take it in');
    await open(amina, '/reporting/indicators');
    await shoot(amina, 'indicators');
    await expectAccessible(browser, amina);
  });

  it('gives the form a name and a deadline', async () => {
    await open(amina, '/reporting/form?code=weekly');
    await amina.getByLabel('Name', { exact: true }).fill('Weekly report');
    await amina.getByLabel('Due after the end of the period').fill('33');
    await amina.getByLabel('Time zone').fill('Mars/Olympus');
    await submit(amina, 'Save');
    expect(await amina.getByRole('alert').innerText()).toContain('no time zone of this name');
    await amina.getByLabel('Time zone').fill('Africa/Nairobi');
    await submit(amina, 'Save');
    expect(await main(amina).innerText()).toContain('33 hours after the end of the period (Africa/Nairobi)');
    await shoot(amina, 'forms');
    await expectAccessible(browser, amina);
  });

  it('sends forty units with whom to call', async () => {
    const rows = Array.from(
      { length: 40 },
      (_, at) =>
        `C${at + 1},Clinic ${at + 1},${at % 2 === 0 ? 'N' : 'S'},weekly,2024-01-01,Nurse ${at + 1},+254 700 ${100 + at}`,
    );
    await sendFile('units', await given('units.csv', `code,name,place,set,since,contact,phone\n${rows.join('\n')}\n`));
    await submit(amina, 'Take it in');
    await open(amina, '/reporting/unit?code=C1');
    await amina.getByLabel('E-mail').first().fill('not an address');
    await submit(amina, 'Save');
    expect(await amina.getByRole('alert').innerText()).toContain('This is not an e-mail address.');
    await amina.getByLabel('E-mail').first().fill('nurse1@example.org');
    await submit(amina, 'Save');
    expect(await amina.getByRole('status').innerText()).toContain('saved');
    await shoot(amina, 'unit');
    await expectAccessible(browser, amina);
    await open(amina, '/reporting/units');
    await shoot(amina, 'units');
    await expectAccessible(browser, amina);
  });

  it('maps a table with one column for each disease, hears of the column that is none, and leaves it out', async () => {
    const weeks = Array.from({ length: 12 }, (_, at) => shiftPeriod(lastWeek, at - 11));
    const rows = weeks.flatMap(({ label }, at) =>
      Array.from({ length: 40 }, (_, unit) => unit)
        .filter((unit) => at < 11 || ![6, 18, 32].includes(unit))
        .map(
          (unit) =>
            `C${unit + 1};${label.slice(0, 4)};${Number(label.slice(6))};${(at * unit) % 7};0;${unit % 3 === 0 ? '' : 2};x`,
        ),
    );
    const file = await given(
      'wide.csv',
      `geo;iso_year;iso_week;measles;cholera;fever;remark\n${rows.join('\r\n')}\r\nC1;2021;53;1;0;0;x\r\n`,
    );
    await open(amina, '/reporting/send');
    await amina.getByLabel('File', { exact: true }).setInputFiles(file);
    await submit(amina, 'Go on');
    await amina.locator('[name="columns.indicator"]').selectOption('*');
    await shoot(amina, 'submission-mapping');
    await expectAccessible(browser, amina);
    await submit(amina, 'Try, without taking anything in');
    expect(await main(amina).innerText()).toContain('These columns are no code that is known');
    await shoot(amina, 'submission-refused');
    await amina.getByLabel('Leave this column out').check();
    await submit(amina, 'Try, without taking anything in');
    expect(await figure('Rejected')).toBe('3');
    await submit(amina, 'Take it in');
    await shoot(amina, 'submission-applied');
    await expectAccessible(browser, amina);
    const table = await amina.request.get(`${amina.url().split('?')[0]}/rejected.csv`);
    expect(await table.text()).toContain('week-53-absent');
    await open(amina, '/reporting/submissions');
    await shoot(amina, 'submissions');
    await expectAccessible(browser, amina);
  });

  it('sees the three silent clinics first, with whom to call, at any width, in any language, in the dark and on paper', async () => {
    await open(amina, `/reporting?period=${lastWeek.label}`);
    const silent = amina.locator('section.table').first();
    expect(await silent.locator('tbody tr').count()).toBe(3);
    expect(await silent.innerText()).toMatch(/Clinic 19[\s\S]*Nurse 19[\s\S]*\+254 700 118/);
    expect(await main(amina).innerText()).toContain('92.5%');
    await expectAccessible(browser, amina);
    await shoot(amina, 'completeness');
    for (const lang of ['fr', 'ar']) {
      await open(amina, `/reporting?period=${lastWeek.label}&lang=${lang}`);
      await shoot(amina, `completeness-${lang}`);
      await open(amina, `/reporting/entry?form=weekly&unit=C7&period=${lastWeek.label}`);
      await shoot(amina, `entry-${lang}`);
    }
    await open(amina, `/reporting?period=${lastWeek.label}&lang=en`);
    await amina.emulateMedia({ colorScheme: 'dark' });
    await shoot(amina, 'completeness-dark');
    await amina.emulateMedia({ colorScheme: 'light', media: 'print' });
    await shoot(amina, 'completeness-print');
    await amina.emulateMedia({ media: 'screen' });
  });

  it('fills in a form: zero and empty stay apart, and what was typed is kept when it is refused', async () => {
    await open(amina, '/reporting/enter');
    await shoot(amina, 'enter');
    await main(amina).getByLabel('Unit', { exact: true }).selectOption('C7');
    await amina.locator('[name=period]').selectOption(lastWeek.label);
    await submit(amina, 'Go on');
    await amina.getByLabel('Measles').fill('4');
    await amina.getByLabel('Cholera').fill('-1');
    await submit(amina, 'Send');
    expect(await amina.getByRole('alert').innerText()).toContain('Enter zero or more.');
    expect(await amina.getByLabel('Measles').inputValue()).toBe('4');
    await shoot(amina, 'entry-refused');
    await expectAccessible(browser, amina);
    await amina.getByLabel('Cholera').fill('0');
    await submit(amina, 'Send');
    expect(await amina.getByRole('status').innerText()).toContain('has arrived');
    expect(await amina.getByLabel('Fever').inputValue()).toBe('');
    await expectAccessible(browser, amina);
    await open(amina, `/reporting/observations?indicator=measles&place=C7`);
    await shoot(amina, 'observations');
    await expectAccessible(browser, amina);
    await open(amina, `/reporting?period=${lastWeek.label}`);
    expect(await main(amina).innerText()).toContain('95%');
  });

  it('hears a rumour from somebody without an account, who alone can read what came of it', async () => {
    const stranger = await openAs(undefined);
    await open(stranger, '/p/coast/rumour');
    await submit(stranger, 'Send');
    expect(await stranger.getByRole('alert').innerText()).toContain('Answer this question.');
    await stranger.getByLabel('What is happening').fill('Twelve goats died in one night. <script>alert(1)</script>');
    await stranger.getByLabel('How we can reach you').fill('Joseph at the mill');
    await shoot(stranger, 'rumour');
    await expectAccessible(browser, stranger);
    await submit(stranger, 'Send');
    await shoot(stranger, 'rumour-receipt');
    const reference = await main(stranger).locator('strong').innerText();
    await main(stranger).getByRole('link', { name: 'What came of it' }).click();
    expect(await main(stranger).innerText()).toContain('Nobody has answered yet');
    expect(await main(stranger).innerText()).toContain(reference);
    await shoot(stranger, 'rumour-follow');
  });

  it('has met nothing that breaks, or that somebody could not read', { timeout: 300_000 }, async () => {
    expect(await walk.findFaults()).toEqual([]);
  });
});
