import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findFixture, fixturesAvailable } from '../../../../test/support/fixtures.ts';
import { needs } from '../../../../test/support/needs.ts';
import { openCountry, type Country } from '../../../../test/support/surveillance.ts';
import { indicatorId, smallPackage as small } from '../workbench.fixture.ts';
import { importRules } from './import-command.ts';
import type { PackageAnswer } from './pages.tsx';

let country: Country;
beforeAll(async () => {
  country = await openCountry();
});
afterAll(async () => country[Symbol.asyncDispose]());

const boundary = 'a-boundary';

const send = (who: 'amina' | 'fatou', text: string) =>
  country.as(who, '/detection/import', {
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    body: [
      `--${boundary}`,
      'Content-Disposition: form-data; name="csrf"',
      '',
      country.keysOf(who).csrf,
      `--${boundary}`,
      'Content-Disposition: form-data; name="file"; filename="metadata.json"',
      'Content-Type: application/json',
      '',
      text,
      `--${boundary}--`,
      '',
    ].join('\r\n'),
  });

describe('rules of a DHIS2 package', () => {
  test('are refused at the file when it is no JSON, no package, or holds no rule; and to whoever is no officer', async () => {
    expect((await send('fatou', small)).status).toBe(403);
    for (const [text, words] of [
      ['<xml/>', 'This is not JSON.'],
      ['[1]', 'This is not the metadata of a DHIS2 package.'],
      ['{"validationRules": {}}', 'This is not the metadata of a DHIS2 package.'],
      ['{}', 'No alert rules were found in this file.'],
    ] as const) {
      const answer = await send('amina', text);
      expect([text, answer.status, answer.text.includes(words)]).toEqual([text, 422, true]);
    }
  });

  test('are shown with each fault before anything changes, then adopted for the chosen indicator, once', async () => {
    const sent = await send('amina', small);
    expect(sent.status).toBe(303);
    const page = String(sent.headers.location);
    const shown = await country.as('amina', page);
    expect(shown.text).toContain('3 cases or more within 28 days');
    expect(shown.text).toContain('never at the current one');
    expect(shown.text).toContain('Described as 3 cases, shipped as more than that.');
    expect(shown.text).toContain('Perhaps: Measles');
    const measles = await indicatorId(country, 'measles');
    const rulesOf = async () =>
      (
        (await country.as('amina', '/api/detection')).json() as {
          indicators: { code: string; rules: { text: string }[] }[];
        }
      ).indicators
        .find(({ code }) => code === 'measles')
        ?.rules.map(({ text }) => text);
    expect(await rulesOf()).toEqual([]);
    expect((await country.as('amina', `${page}/adopt`, { form: {} })).status).toBe(422);
    expect((await country.as('amina', `${page}/adopt`, { form: { 'rules.7': String(measles) } })).status).toBe(422);
    expect((await country.as('fatou', `${page}/adopt`, { form: { 'rules.0': String(measles) } })).status).toBe(403);
    const done = await country.as('amina', `${page}/adopt`, { form: { 'rules.0': String(measles) } });
    expect([done.status, done.headers.location]).toEqual([303, '/detection?notice=rules.done-adopted']);
    expect(await rulesOf()).toEqual(['3 cases or more within 28 days']);
    await country.as('amina', `${page}/adopt`, { form: { 'rules.0': String(measles) } });
    expect(await rulesOf()).toHaveLength(1);
    expect((await country.as('amina', page)).text).toContain('Watched already: Measles');
  });

  const command = async (file: string, options: { dryRun?: boolean; map?: readonly string[]; json?: boolean }) => {
    let written = '';
    const code = await importRules(
      country.house,
      { file, map: [], dryRun: false, json: false, party: 'operator', ...options },
      (text) => void (written += text),
    );
    return { code, written };
  };

  test('by the command line: a dry run changes nothing, a map adopts, and errors say what to do', async () => {
    const file = path.join(country.house.config.dataDir, 'metadata.json');
    await writeFile(file, small);
    const dry = await command(file, { dryRun: true });
    expect(dry.written).toContain('[cases] -> 3 cases or more within 28 days (perhaps for measles)');
    expect(dry.written).toContain('fault: ');
    expect(dry.written).toMatch(/1 rules; nothing was changed\n$/);
    await expect(command(file, { map: ['cases=nothing'] })).rejects.toThrow('There is no indicator nothing.');
    await expect(command(file, { map: ['other=measles'] })).rejects.toThrow('no rule about the data element other');
    await expect(command('/nowhere.json', {})).rejects.toThrow('/nowhere.json does not exist.');
    const { written } = await command(file, { map: ['cases=cholera'], json: true });
    expect(JSON.parse(written)).toMatchObject({ added: 1, rules: [{ adoptedFor: ['cholera'], guess: 'measles' }] });
  });
});

needs(fixturesAvailable, 'the DHIS2 package of the fixtures')('the real package', () => {
  test('24 rules with their faults, each a rule that detection accepts', async () => {
    const text = await readFile(findFixture('data/field/dhis2_ids_package/metadata_ids_agg_2.39_trimmed.json'), 'utf8');
    const sent = await send('amina', text);
    const answer = (await country.as('amina', `/api${String(sent.headers.location)}`)).json() as PackageAnswer;
    expect(answer.rules).toHaveLength(24);
    expect(answer.rules.flatMap(({ faults }) => faults.map(({ code }) => code))).toEqual(
      expect.arrayContaining(['current-period-left-out', 'more-than-instead-of-at-least', 'upper-limit-dropped']),
    );
    expect(answer.rules.find(({ elementName }) => elementName.includes('Measles (Confirmed'))?.rule).toBe(
      '3 cases or more within 28 days',
    );
  });
});
