import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStage, type Stage } from '../../test/support/cast.ts';
import { openTestHouse } from '../../test/support/house.ts';
import { openTestSite, findFreePort } from '../../test/support/site.ts';
import { endpoints } from '../app.ts';
import { openDoor } from '../network/people/door.ts';
import { locales } from '../ui/locales.ts';

let stage: Stage;
beforeAll(async () => void (stage = await openStage()));
afterAll(() => stage[Symbol.asyncDispose]());

describe('signed out', () => {
  test('the start page says whose node it is and what anyone can do, and nothing of what waits', async () => {
    const { status, text } = await stage.as('noOne', '/');
    expect(status).toBe(200);
    expect(text).toContain('This node is run by Ministry of Health of North (Government).');
    expect(text).toContain('href="/sign-in"');
    expect(text).not.toContain('What waits for you');
  });

  test('its JSON names no account', async () => {
    const { text } = await stage.as('noOne', '/api');
    expect(JSON.parse(text)).toMatchObject({ signedIn: false, total: 0, groups: [], story: null });
    expect(text).not.toContain('@example.org');
  });

  test('every place it leads to on this node exists', async () => {
    const { text } = await stage.as('noOne', '/');
    const paths = [...new Set([...text.matchAll(/href="(\/[^"#?]*)/g)].map(([, path]) => path ?? ''))];
    expect(paths.length).toBeGreaterThan(5);
    const statuses = await Promise.all(
      paths.map(async (path) => [path, (await stage.as('noOne', path)).status] as const),
    );
    expect(statuses.filter(([, status]) => status !== 200)).toEqual([]);
  });

  test.each(locales)('it is whole in %s', async (locale) => {
    const { text } = await stage.as('noOne', `/?lang=${locale}`);
    expect(text).toContain(`lang="${locale}"`);
    expect(text.replaceAll(/<[^>]*>/g, '')).not.toMatch(/\{[a-z]+\}/);
  });
});

describe('signed in', () => {
  test('who has nothing to do is told so', async () => {
    const { status, text } = await stage.as('chen', '/');
    expect(status).toBe(200);
    expect(text).toContain('Nothing waits for you.');
  });
});

test('a node that is not set up says how to begin', async () => {
  const port = await findFreePort();
  await using house = await openTestHouse(`http://localhost:${port}`);
  await using site = await openTestSite(house, { endpoints, door: openDoor(house.house) }, port);
  const { status, text } = await site.send('/');
  expect(status).toBe(200);
  expect(text).toContain('This node is new and empty');
  expect(text).toContain('printed a link that works once');
});
