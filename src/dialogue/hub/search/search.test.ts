import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { openStage, type Stage } from '../../../../test/support/cast.ts';
import { becomeMember, inNetwork, series, session } from '../../../../test/support/network.ts';
import { announceSession, planSession } from '../../programme/sessions/actions.ts';
import { draftSpace, openSpace } from '../../programme/spaces/actions.ts';
import { decideItem, publishItem, tell } from '../items/actions.ts';
import type { ItemValues } from '../items/item.ts';

let stage: Stage;
const values = (language: string, title: string, over: Partial<ItemValues> = {}): ItemValues => ({
  kind: 'news',
  language,
  title,
  body: '',
  link: undefined,
  licence: undefined,
  authors: [],
  space: undefined,
  time: undefined,
  ...over,
});
let withdrawn: string;

beforeAll(async () => {
  stage = await openStage();
  await becomeMember(stage, 'bruno');
  await inNetwork(stage, 'edu', async (work) => {
    await tell(work, values('en', 'Vaccinating nomadic children'));
    await tell(work, values('fr', 'Les vaccins arrivés à Bouaké', { body: 'La santé des réfugiées.' }));
    await tell(work, values('es', 'Vacunación en las escuelas'));
    await tell(work, values('pt', 'Informações sobre vacinação'));
    await tell(work, values('ar', 'التطعيم في المدارس'));
    await tell(work, values('sw', 'Chanjo ya watoto'));
    withdrawn = await tell(work, values('en', 'Zanzibar, withdrawn'));
    const space = await draftSpace(work, series({ title: { en: 'Whose data?', fr: 'Données à qui ?' } }));
    await openSpace(work, space);
    await announceSession(work, await planSession(work, space, session({ title: { en: 'Ownership of genomes' } })));
    await planSession(work, space, session({ slug: 'secret', title: { en: 'Zanzibar session' } }));
    await draftSpace(work, series({ slug: 'draft', title: { en: 'Zanzibar series' } }));
  });
  await inNetwork(stage, 'bruno', (work) => tell(work, values('en', 'Zanzibar, proposed')));
  await inNetwork(stage, 'edu', (work) => decideItem(work, withdrawn, 1, 'withdraw'));
  await stage.act(
    (work) => publishItem(work, values('en', 'Watching vaccinations'), { kind: 'paper', id: crypto.randomUUID() }),
    'watch',
  );
});
afterAll(async () => stage[Symbol.asyncDispose]());

const find = async (q: string, path = '/api/p/operator/search', more = ''): Promise<string[]> => {
  const answer = await stage.as('noOne', `${path}?q=${encodeURIComponent(q)}${more}`);
  expect(answer.status).toBe(200);
  return (answer.json() as { found: { title: { text: string } }[] }).found.map(({ title }) => title.text).toSorted();
};

describe('finds', () => {
  test.each([
    ['vaccinate children', ['Vaccinating nomadic children']],
    ['refugiee', ['Les vaccins arrivés à Bouaké']],
    ['SANTE', ['Les vaccins arrivés à Bouaké']],
    ['bouake', ['Les vaccins arrivés à Bouaké']],
    ['informação', ['Informações sobre vacinação']],
    ['informacoes', ['Informações sobre vacinação']],
    ['escuela', ['Vacunación en las escuelas']],
    ['مدرسة', []],
    ['المدارس', ['التطعيم في المدارس']],
    ['chanjo', ['Chanjo ya watoto']],
    ['donnee', ['Whose data?']],
    ['genome', ['Ownership of genomes']],
    ['vaccination -nomadic', ['Les vaccins arrivés à Bouaké']],
    ['vaccination -"nomadic children" -bouake', []],
    ['-nomadic', []],
    ['"nomadic children"', ['Vaccinating nomadic children']],
    ['"children nomadic"', []],
    ['chanjo or genome', ['Chanjo ya watoto', 'Ownership of genomes']],
  ])('%s', async (q, titles) => expect(await find(q)).toEqual(titles));
});

it('finds nothing of what is proposed, withdrawn or a draft, whoever asks', async () => {
  expect(await find('zanzibar')).toEqual([]);
  expect(await find('zanzibar', '/api/search')).toEqual([]);
  expect((await stage.as('edu', '/p/operator/search?q=zanzibar')).text).toContain('Nothing was found');
});

it('one network’s search stays in it; the node’s goes over all', async () => {
  expect(await find('watching or nomadic')).toEqual(['Vaccinating nomadic children']);
  expect(await find('watching or nomadic', '/api/search')).toEqual([
    'Vaccinating nomadic children',
    'Watching vaccinations',
  ]);
  expect(await find('vaccinations', '/api/search', '&kind=session')).toEqual([]);
});

it('every result leads to a page that anyone may open', async () => {
  const { found } = (await stage.as('noOne', '/api/search?q=genome+or+data+or+chanjo')).json() as {
    found: { path: string }[];
  };
  expect(found).toHaveLength(3);
  for (const { path } of found) expect((await stage.as('noOne', path)).status).toBe(200);
});

test('any text whatever is searched for and breaks nothing', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ maxLength: 60 }), async (q) => {
      const answer = await stage.as(
        'noOne',
        `/api/search?${new URLSearchParams({ q: q.replaceAll('\0', '') }).toString()}`,
      );
      expect(answer.status).toBe(200);
    }),
    { numRuns: 50 },
  );
  for (const q of ["'; drop table accounts; --", '"', '((', 'a & | !', '<script>', '-', '%'])
    expect((await stage.as('noOne', `/p/operator/search?q=${encodeURIComponent(q)}`)).text).not.toContain(
      '<script>alert',
    );
});

test('nothing can be written through what is read with the rights of its owner', async () => {
  for (const table of ['harvested_items', 'public_words'] as const)
    await expect(stage.act((work) => work.tx.db.deleteFrom(table as never).execute())).rejects.toThrow(
      /permission denied|cannot delete/,
    );
});
