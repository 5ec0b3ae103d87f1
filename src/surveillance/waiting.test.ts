import { describe, expect, test } from 'vitest';
import { openCountry } from '../../test/support/surveillance.ts';
import { settableClock } from '../../test/support/house.ts';

interface Start {
  readonly groups: readonly {
    readonly code: string;
    readonly total: number;
    readonly items: readonly { readonly title: string; readonly path: string; readonly due: string | null }[];
  }[];
}

describe('what waits for an officer', () => {
  test('follows a signal from triage to an event whose clocks run, and a task that falls due', async () => {
    // People sign in once; within the day their session lasts.
    const clock = settableClock(new Date('2026-03-02T09:00:00Z'));
    await using country = await openCountry({ clock });
    const start = async (who: 'amina' | 'fatou' | 'dalia' = 'amina') => {
      const { groups } = (await country.as(who, '/api')).json() as Start;
      return groups.map(({ code, total, items }) => [code, total, items[0]?.due ?? null]);
    };
    expect(await start()).toEqual([]);
    const recorded = await country.as('amina', '/api/signals/new', { json: { summary: 'A nurse called.' } });
    const signal = `/signals/${(recorded.json() as { id: string }).id}`;
    expect(await start()).toEqual([['signals-new', 1, '2026-03-03T09:00:00.000Z']]);
    expect(await start('fatou')).toEqual([]);
    expect(await start('dalia')).toEqual([]);

    clock.advance(3_600_000);
    const step = (json: object) => country.as('amina', `/api${signal}/step`, { json });
    await step({ step: 'accept', why: 'plausible' });
    expect(await start()).toEqual([['signals-to-verify', 1, '2026-03-03T10:00:00.000Z']]);
    await step({ step: 'monitor', until: '2026-03-03', why: 'unclear' });
    expect(await start()).toEqual([]);
    clock.advance(15 * 3_600_000);
    expect(await start()).toEqual([['signals-monitored', 1, '2026-03-03T00:00:00.000Z']]);
    await step({ step: 'verify', why: 'seen' });
    expect(await start()).toEqual([['signals-verified', 1, null]]);

    const scope = { likelihood: 'likely', consequence: 'major', confidence: 'low' };
    const risk = {
      question: 'q',
      hazard: 'h',
      exposure: 'e',
      context: 'c',
      national: scope,
      regional: scope,
      global: scope,
    };
    await country.as('amina', `/api${signal}/risk`, { json: risk });
    const opened = await country.as('amina', `/api${signal}/event`, { json: { title: 'Outbreak', why: 'many' } });
    const event = `/events/${(opened.json() as { id: string }).id}`;
    // Annex 2 within 48 hours of the first report; the response within 7 days of the day it was notified.
    expect(await start()).toEqual([
      ['events-ihr', 1, '2026-03-04T09:00:00.000Z'],
      ['events-clocks', 1, '2026-03-09T23:59:59.000Z'],
    ]);
    await country.as('amina', `/api${event}/tasks`, {
      json: { what: 'Buy fuel', owner: 'Logistics', horizon: 'immediate', dueOn: '2026-03-06' },
    });
    expect((await start()).at(-1)).toEqual(['events-tasks', 1, '2026-03-06T23:59:59.000Z']);
    const page = await country.as('amina', '/');
    for (const words of ['Outbreak', 'Buy fuel', event]) expect(page.text).toContain(words);
  });
});
