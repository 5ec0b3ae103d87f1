import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStage, type Anyone, type Stage } from '../../../../test/support/cast.ts';
import { becomeMember, inNetwork } from '../../../../test/support/network.ts';
import { decideItem, editItem, publishItem, tell } from './actions.ts';
import type { ItemValues } from './item.ts';
import { findItem } from './store.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
  await becomeMember(stage, 'bruno');
  await becomeMember(stage, 'chen');
});
afterAll(async () => stage[Symbol.asyncDispose]());

export const news = (over: Partial<ItemValues> = {}): ItemValues => ({
  kind: 'news',
  language: 'en',
  title: 'A cold chain for every district',
  body: 'First paragraph.\n\nSecond & last.',
  link: undefined,
  licence: 'CC-BY-4.0',
  authors: ['Wanjiru Otieno'],
  space: undefined,
  time: undefined,
  ...over,
});

const event = { localStart: '2026-06-16T14:30', timeZone: 'Africa/Nairobi', minutes: 60, place: 'Nairobi' };
const told = (who: Anyone, over: Partial<ItemValues> = {}) => inNetwork(stage, who, (work) => tell(work, news(over)));
const held = (id: string) => inNetwork(stage, 'edu', (work) => findItem(work.tx.db, id));

describe('who tells', () => {
  it('is the secretariat or a member; nobody else, by page or by program', async () => {
    await expect(told('noOne')).rejects.toMatchObject({ code: 'not-signed-in' });
    await expect(told('dalia')).rejects.toMatchObject({ code: 'not-allowed' });
    const form = { kind: 'news', language: 'en', title: 'Forged' };
    expect((await stage.as('noOne', '/p/operator/hub', { form })).status).not.toBe(303);
    expect((await stage.as('dalia', '/api/p/operator/hub', { json: form })).status).toBe(403);
    expect((await stage.as('dalia', '/p/operator/hub/new')).status).toBe(403);
  });

  it('what the secretariat tells stands at once; what a member proposes is hers and the secretariat’s until it is decided', async () => {
    const own = await told('edu', { title: 'From the office' });
    expect((await stage.as('noOne', `/p/operator/hub/${own}`)).status).toBe(200);
    const proposed = await told('bruno', { title: 'Not yet decided' });
    for (const who of ['noOne', 'chen'] as const) {
      expect((await stage.as(who, `/p/operator/hub/${proposed}`)).status).toBe(404);
      expect((await stage.as(who, '/p/operator/hub')).text).not.toContain('Not yet decided');
    }
    expect((await stage.as('bruno', `/p/operator/hub/${proposed}`)).status).toBe(200);
    expect((await stage.as('edu', '/p/operator/hub')).text).toContain('Not yet decided');
    for (const who of ['bruno', 'chen', 'noOne'] as const)
      await expect(inNetwork(stage, who, (work) => decideItem(work, proposed, 1, 'publish'))).rejects.toMatchObject({
        code: expect.stringMatching(/^not-/) as string,
      });
    await inNetwork(stage, 'bruno', (work) => editItem(work, proposed, 1, news({ title: 'Better said' })));
    await expect(
      inNetwork(stage, 'chen', (work) => editItem(work, proposed, 2, news({ title: 'Not mine' }))),
    ).rejects.toMatchObject({ code: 'not-found' });
    await inNetwork(stage, 'edu', (work) => decideItem(work, proposed, 2, 'publish'));
    expect((await stage.as('noOne', '/p/operator/hub')).text).toContain('Better said');
    await expect(
      inNetwork(stage, 'bruno', (work) => editItem(work, proposed, 3, news({ title: 'Too late' }))),
    ).rejects.toMatchObject({ code: 'not-allowed' });
  });

  it('an item of another network on the same node is not here', async () => {
    const elsewhere = await stage.act(
      (work) => publishItem(work, news(), { kind: 'paper', id: crypto.randomUUID() }),
      'watch',
    );
    expect((await stage.as('edu', `/p/operator/hub/${elsewhere}`)).status).toBe(404);
    expect((await stage.as('noOne', `/p/watch/hub/${elsewhere}`)).status).toBe(200);
  });
});

describe('an item', () => {
  it('that is an event needs a day, an hour and a zone, and an hour that exists', async () => {
    const form = { kind: 'event', language: 'en', title: 'When?' };
    const refused = await stage.as('edu', '/api/p/operator/hub', { json: form });
    expect(refused.status).toBe(422);
    expect(refused.text).toMatch(/"path":"date".*"path":"time"/);
    const when = { ...event, timeZone: 'Europe/Zurich', localStart: '2026-03-29T02:30' };
    await expect(told('edu', { kind: 'event', time: when })).rejects.toMatchObject({ code: 'input-invalid' });
    const id = await told('edu', { kind: 'event', time: event });
    expect(await held(id)).toMatchObject({ time: event });
  });

  it('is refused as a link to anything but the web', async () => {
    for (const link of ['javascript:alert(1)', 'file:///etc/passwd', 'data:text/html,x']) {
      const json = { kind: 'resource', language: 'en', title: 'x', link };
      expect((await stage.as('edu', '/api/p/operator/hub', { json })).status).toBe(422);
    }
  });

  it('is never HTML, in the page and in the data for search engines', async () => {
    const title = '</script><script>alert(1)</script>';
    const id = await told('edu', { title, body: '<img src=x onerror=alert(1)>' });
    const { text } = await stage.as('noOne', `/p/operator/hub/${id}`);
    expect(text).not.toContain('<script>alert');
    expect(text).not.toContain('<img src=x');
    const json = /<script type="application\/ld\+json">(.*?)<\/script>/s.exec(text)?.[1] ?? '';
    expect(JSON.parse(json)).toMatchObject({ '@type': 'NewsArticle', headline: title, inLanguage: 'en' });
  });

  it('edited by two at once keeps what both typed', async () => {
    const id = await told('edu', { title: 'Two hands' });
    const form = { kind: 'news', language: 'en', base: '1' };
    const edit = (title: string) =>
      stage.as('edu', `/p/operator/hub/${id}/edit`, { form: { ...form, title, licence: '', space: '' } });
    expect((await edit('First')).status).toBe(303);
    const second = await edit('Second');
    expect(second.status).toBe(409);
    expect(second.text).toContain('value="Second"');
    expect(await held(id)).toMatchObject({ title: 'First', revision: 2 });
  });

  it('of another slice is told once and changes when told again', async () => {
    const source = { kind: 'paper', id: crypto.randomUUID() };
    const publish = (title: string) => stage.act((work) => publishItem(work, news({ title }), source), 'north');
    const id = await publish('Adopted');
    expect(await publish('Adopted, with a correction')).toBe(id);
    expect(await held(id)).toMatchObject({ title: 'Adopted, with a correction', revision: 2, state: 'published' });
  });

  it('in a right-to-left language keeps its direction in a left-to-right list', async () => {
    await told('edu', { language: 'ar', title: 'سلسلة تبريد لكل مقاطعة' });
    expect((await stage.as('noOne', '/p/operator/hub')).text).toContain('<bdi lang="ar" dir="auto">سلسلة');
  });

  it('withdrawn is gone for readers and can stand again under its first day', async () => {
    const id = await told('edu', { title: 'A mistake' });
    const before = await held(id);
    await inNetwork(stage, 'edu', (work) => decideItem(work, id, 1, 'withdraw'));
    expect((await stage.as('noOne', `/p/operator/hub/${id}`)).status).toBe(404);
    stage.clock.advance(1000);
    await inNetwork(stage, 'edu', (work) => decideItem(work, id, 2, 'publish'));
    expect((await held(id))?.publishedAt).toEqual(before?.publishedAt);
  });
});
