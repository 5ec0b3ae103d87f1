import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { members } from '../../../test/support/cast.ts';
import { openCountry, type Country } from '../../../test/support/surveillance.ts';

let country: Country;
let event: string;
let signal: string;
beforeAll(async () => {
  country = await openCountry();
  const recorded = await country.as('amina', '/api/signals/new', {
    json: { summary: 'A hospital called: six children with paralysis.' },
  });
  signal = `/signals/${(recorded.json() as { id: string }).id}`;
  for (const json of [
    { step: 'accept', why: 'plausible' },
    { step: 'verify', why: 'seen by the district officer' },
  ])
    await country.as('amina', `/api${signal}/step`, { json });
  const scope = { likelihood: 'likely', consequence: 'major', confidence: 'low' };
  const risk = {
    question: 'Will it spread?',
    hazard: 'polio?',
    exposure: 'children',
    context: 'low coverage',
    national: scope,
    regional: scope,
    global: scope,
  };
  await country.as('amina', `/api${signal}/risk`, { json: risk });
  const opened = await country.as('amina', `${signal}/event`, {
    form: { title: 'Paralysis in Alder', why: 'six children' },
  });
  event = (opened.headers.location ?? '').split('?')[0] ?? '';
});
afterAll(async () => country[Symbol.asyncDispose]());

describe('events are refused', () => {
  test.each(['noOne', ...members.filter((who) => who !== 'amina' && who !== 'fatou')] as const)(
    'to %s',
    async (who) => {
      for (const path of ['/api/events', '/events.csv', `/api${event}`])
        expect([path, (await country.as(who, path)).status]).toEqual([path, who === 'noOne' ? 401 : 403]);
    },
  );

  test('to an API token, which is no person, where a signal would become one', async () => {
    const password = 'amina likes long passwords';
    const made = await country.as('amina', '/api/account/tokens', {
      json: { name: 'script', days: 1, readOnly: false, password },
    });
    const authorization = `Bearer ${(made.json() as { token: string }).token}`;
    const answer = await country.site.send(`/api${signal}/event`, {
      method: 'POST',
      headers: { authorization },
      json: { title: 'x', why: 'x' },
    });
    expect([answer.status, (answer.json() as { details: { needs: string } }).details.needs]).toEqual([403, 'session']);
  });
});

describe('an event', () => {
  test('shows its clocks in words, its dates, actions and questions, in every language', async () => {
    expect(event).toMatch(/^\/events\/[0-9a-f-]{36}$/);
    for (const [lang, words] of [
      ['en', '7 days left, until'],
      ['fr', '7 jours restants, jusqu’au'],
      ['es', 'quedan 7 días, hasta el'],
      ['pt', 'faltam 7 dias, até'],
      ['ar', 'الباقي: 7 أيام'],
    ] as const) {
      const page = await country.as('amina', `${event}?lang=${lang}`);
      expect([lang, page.status]).toEqual([lang, 200]);
      expect(page.text).toContain(words);
    }
  });

  test('takes a date, an action, answers, a finding and a task by forms alone', async () => {
    const post = async (path: string, form: Record<string, string>) => {
      const answer = await country.as('amina', `${event}/${path}`, { form });
      return [
        answer.status,
        answer.status === 303 ? answer.headers.location : answer.text.match(/class="error"[^>]*>.*?<\/p>/g),
      ];
    };
    expect(await post('dates/emergence', { on: '2026-02-27', source: 'first paralysis, hospital register' })).toEqual([
      303,
      `${event}?notice=events.done-saved`,
    ]);
    expect(await post('actions/investigation', { state: 'done', on: '2026-03-02' })).toEqual([
      303,
      `${event}?notice=events.done-saved`,
    ]);
    expect((await post('actions/laboratory', { state: 'not-applicable' }))[0]).toBe(422);
    expect((await post('actions/laboratory', { state: 'done' }))[0]).toBe(422);
    const answers = Object.fromEntries(
      ['serious-impact', 'unusual', 'international-spread', 'travel-trade'].flatMap((criterion, at) => [
        [`${criterion}.answer`, at < 2 ? 'unknown' : 'no'],
        [`${criterion}.reason`, 'stool samples are on their way'],
      ]),
    );
    expect(await post('annex2', { list: 'other', ...answers })).toEqual([303, `${event}?notice=events.done-annex2`]);
    const { 'unusual.reason': _, ...incomplete } = answers;
    const refused = await country.as('amina', `${event}/annex2`, { form: { list: 'other', ...incomplete } });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('stool samples are on their way');
    expect(
      await post('findings', { kind: 'bottleneck', during: 'detect', code: 'sample-transport', note: 'no fuel' }),
    ).toEqual([303, `${event}?notice=events.done-saved`]);
    expect(
      await post('tasks', { what: 'Buy fuel', owner: 'Logistics', horizon: 'immediate', dueOn: '2026-03-09' }),
    ).toEqual([303, `${event}?notice=events.done-saved`]);
    interface Shown {
      readonly annex2: {
        readonly assessments: readonly {
          readonly decision: { readonly outcome: string; readonly unknown: readonly string[] };
        }[];
      };
      readonly tasks: readonly { readonly id: string; readonly isLate: boolean }[];
    }
    const shown = (await country.as('amina', `/api${event}`)).json() as Shown;
    expect(shown.annex2.assessments[0]?.decision).toMatchObject({
      outcome: 'cannot-exclude',
      unknown: ['serious-impact', 'unusual'],
    });
    expect(shown.tasks).toMatchObject([{ isLate: false }]);
    expect((await country.as('amina', `${event}/tasks/${shown.tasks[0]?.id}/done`, { form: {} })).status).toBe(303);
    const page = await country.as('amina', event);
    expect(page.text).toContain('Find out:');
    expect(page.text).toContain('no fuel');
  });

  test('is in the table of all events, with its dates and intervals', async () => {
    const csv = await country.as('amina', '/events.csv');
    expect(csv.text).toMatch(/Paralysis in Alder/);
    expect(csv.text.split('\r\n')[0]).toContain(
      'emergence,detection,notification,response_completed,detect,detect_days',
    );
    expect((await country.as('amina', '/events')).status).toBe(200);
  });
});
