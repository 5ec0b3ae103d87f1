import { createRandom } from '@reciproca/opinion/random';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStage, type Stage } from '../../../../test/support/cast.ts';
import { inNetwork } from '../../../../test/support/network.ts';
import type { SpaceId } from '../../../ids.ts';
import type { Member } from '../../../network/members/member.ts';
import { closeInquiry } from '../inquiries/actions.ts';
import type { Inquiry } from '../inquiries/inquiry.ts';
import { moderateStatement } from '../statement/actions.ts';
import { findStatement, listCandidates } from '../statement/store.ts';
import * as given from '../statements.fixture.ts';
import type { Choice } from '../voting/choice.ts';
import { broadestSupport } from './broadest-support.ts';
import type { Count, ResultContent } from './content.ts';
import { computeRequest } from './request.ts';
import { findResult } from './store.ts';

let stage: Stage;
let space: SpaceId;
beforeAll(async () => {
  stage = await openStage();
  space = await given.openSeries(stage);
});
afterAll(async () => stage[Symbol.asyncDispose]());

const path = ({ slug }: Inquiry): string => `/p/operator/inquiries/${slug}`;
const result = async ({ id }: Inquiry): Promise<ResultContent | undefined> =>
  inNetwork(stage, 'edu', async ({ tx }) => (await findResult(tx.db, id))?.content);
async function published(inquiry: Inquiry): Promise<ResultContent> {
  const content = await result(inquiry);
  if (!content) throw new TypeError('nothing was published');
  return content;
}
const close = (inquiry: Inquiry): Promise<void> =>
  inNetwork(stage, 'edu', (work) => closeInquiry(work, inquiry, { en: 'The paper begins with these.' }));

/** Two camps on the first half of the statements, one mind on the second; kinds and countries by turns, three people from a union. */
async function castCamps(
  people: number,
  statements: number,
): Promise<{ inquiry: Inquiry; members: readonly Member[] }> {
  const inquiry = await given.putQuestion(stage, space, { statementsEach: 50 });
  const kinds = ['government', 'civil-society', 'academia'] as const;
  const members = await given.addMembers(
    stage,
    Array.from({ length: people }, (_, at) => ({
      constituency: at < 3 ? ('union' as const) : (kinds[at % 3] ?? 'academia'),
      country: ['KE', 'DE', 'IN', 'BR', undefined][at % 5],
    })),
  );
  const [author] = members;
  if (!author) throw new TypeError('nobody');
  for (let at = 0; at < statements; at++) await given.write(stage, inquiry, author);
  const random = createRandom(7);
  for (const [at, member] of members.entries())
    await given.vote(
      stage,
      inquiry,
      member,
      Array.from({ length: statements }, (_, number): { number: number; choice: Choice } => {
        const isDivided = number < statements / 2;
        const camp = isDivided && at % 2 === 0 ? -1 : 1;
        return { number: number + 1, choice: random() < 0.1 ? 0 : random() < 0.05 ? (-camp as Choice) : camp };
      }),
    );
  return { inquiry, members };
}

/** Every count that leaves, wherever it stands. */
const countsIn = ({ statements }: ResultContent): readonly Count[] =>
  statements.flatMap(({ total, found, declared }) =>
    [total, ...found.groups, found.others, ...declared.flatMap(({ groups, others }) => [...groups, others])].filter(
      (count) => count !== null,
    ),
  );

describe('the result of two camps', () => {
  let inquiry: Inquiry;
  let interim: ResultContent;
  let final: ResultContent;
  beforeAll(async () => {
    ({ inquiry } = await castCamps(60, 12));
    await given.drain(stage);
    interim = await published(inquiry);
    await close(inquiry);
    await given.drain(stage);
    final = await published(inquiry);
  }, 120_000);

  it('while it is open lags behind and says nothing by constituency', () => {
    expect(interim.isFinal).toBe(false);
    for (const { total, declared } of interim.statements) {
      expect(total?.seen).toBe(55);
      expect(declared).toEqual([]);
    }
    expect(interim.declaredSizes).toEqual([]);
  });

  it('finds the camps, in words, and counts everybody once it is closed', () => {
    expect(final.isFinal).toBe(true);
    expect(final.groups.map(({ size }) => size)).toEqual([30, 30]);
    expect(final.noGroups).toBeNull();
    for (const { representative } of final.groups) {
      expect(representative.length).toBeGreaterThan(0);
      for (const { number } of representative) expect(number).toBeLessThanOrEqual(6);
    }
    for (const { total } of final.statements) expect(total?.seen).toBe(60);
  });

  it('gives no count of the three from a union, nor lets it be subtracted', () => {
    const sizes = final.declaredSizes.find(({ kind }) => kind === 'constituency')?.groups ?? [];
    expect(sizes.find(({ name }) => name === 'union')?.size).toBeNull();
    expect(60 - sizes.reduce((sum, { size }) => sum + (size ?? 0), 0)).toBeGreaterThanOrEqual(5);
    for (const { total, declared } of final.statements)
      for (const { groups } of declared) {
        const left = (total?.seen ?? 0) - groups.reduce((sum, count) => sum + (count?.seen ?? 0), 0);
        expect(left === 0 || left >= 5).toBe(true);
      }
    for (const { seen } of [...countsIn(final), ...countsIn(interim)]) expect(seen === 0 || seen >= 5).toBe(true);
  });

  it('is the same as page, table and JSON, and names nobody', async () => {
    const [page, table, json] = await Promise.all(
      [`${path(inquiry)}/results`, `${path(inquiry)}/results.csv`, `/api${path(inquiry)}/results`].map((where) =>
        stage.as('noOne', where),
      ),
    );
    expect(json?.json()).toMatchObject({ result: final });
    const rows = (table?.text ?? '').split('\r\n').filter((row) => /,\d+,\d+,\d+,\d+,$/.test(row));
    expect(rows).toHaveLength(countsIn(final).length);
    expect(page?.text).toContain('<svg class="map"');
    expect(page?.text).toMatch(/<h3>Group \u2068?A/);
    for (const answer of [page, table, json]) {
      expect(answer?.status).toBe(200);
      expect(answer?.text).not.toMatch(/Wanjiru|[0-9a-f-]{36}@example/);
    }
  });

  it('never changes: not by another run, nor by a statement taken out of it', async () => {
    await expect(
      inNetwork(stage, 'edu', async (work) => {
        const statement = await findStatement(work.tx.db, inquiry.id, 1);
        if (!statement) throw new TypeError('no statement');
        await moderateStatement(work, inquiry, statement, { state: 'hidden', reason: 'other', note: undefined });
      }),
    ).rejects.toMatchObject({ code: 'step-not-allowed' });
    await inNetwork(stage, 'edu', (work) => computeRequest(work, inquiry.id));
    await given.drain(stage);
    expect(await result(inquiry)).toEqual(final);
  });

  it('is what papers build on: the broadest support across constituencies first, with its author', async () => {
    const supported = await inNetwork(stage, 'edu', (work) =>
      broadestSupport({ house: work.house, reader: work.tx.db }, inquiry.id),
    );
    expect(supported).toHaveLength(12);
    const chances = supported?.map(({ consensus }) => consensus) ?? [];
    expect(chances).toEqual(chances.toSorted((a, b) => b - a));
    expect(
      supported
        ?.slice(0, 6)
        .map(({ number }) => number)
        .toSorted((a, b) => a - b),
    ).toEqual([7, 8, 9, 10, 11, 12]);
    expect(supported?.every(({ author }) => author !== undefined)).toBe(true);
  });
});

it('papers get nothing from an inquiry that is not closed', async () => {
  const { inquiry } = await castCamps(12, 2);
  await given.drain(stage);
  await inNetwork(stage, 'edu', async (work) =>
    expect(await broadestSupport({ house: work.house, reader: work.tx.db }, inquiry.id)).toBeUndefined(),
  );
});

it('twelve people are too few for groups, and four for anything', async () => {
  const { inquiry } = await castCamps(12, 3);
  await close(inquiry);
  await given.drain(stage);
  expect(await result(inquiry)).toMatchObject({ participants: 12, groups: [], noGroups: 'too-few-people' });
  expect((await stage.as('noOne', `${path(inquiry)}/results`)).text).toContain('Fewer than forty people');
  const { inquiry: small } = await castCamps(4, 3);
  await close(small);
  await given.drain(stage);
  expect(await result(small)).toMatchObject({ participants: null, picture: null });
  expect(countsIn(await published(small))).toEqual([]);
  expect((await stage.as('noOne', `${path(small)}/results`)).text).toContain('There is nothing to show yet');
});

it('a question without a vote or a statement has a result, too', async () => {
  for (const statements of [0, 1]) {
    const inquiry = await given.putQuestion(stage, space);
    const [author] = await given.addMembers(stage, [{}]);
    if (statements === 1 && author) await given.write(stage, inquiry, author);
    await close(inquiry);
    await given.drain(stage);
    expect(await result(inquiry)).toMatchObject({ isFinal: true, participants: null });
    expect((await stage.as('noOne', `${path(inquiry)}/results`)).status).toBe(200);
  }
});

it('a statement that is taken out leaves what is shown at once, and comes back with its votes', async () => {
  const { inquiry } = await castCamps(12, 3);
  await given.drain(stage);
  const decide = (state: 'hidden' | 'shown') =>
    inNetwork(stage, 'edu', async (work) => {
      const statement = await findStatement(work.tx.db, inquiry.id, 2);
      if (!statement) throw new TypeError('no statement');
      const reason = state === 'hidden' ? ('off-topic' as const) : undefined;
      await moderateStatement(work, inquiry, statement, { state, reason, note: undefined });
    });
  const shown = async () =>
    (
      (await stage.as('noOne', `/api${path(inquiry)}/results`)).json() as { result: ResultContent }
    ).result.statements.map(({ number, total }) => [number, total?.seen]);
  await decide('hidden');
  expect(await shown()).toEqual([
    [1, 7],
    [3, 7],
  ]);
  await given.drain(stage);
  expect(await shown()).toEqual([
    [1, 7],
    [3, 7],
  ]);
  await decide('shown');
  await given.drain(stage);
  expect(await shown()).toEqual([
    [1, 7],
    [2, 7],
    [3, 7],
  ]);
});

it('a statement that few have seen, or that divides, comes sooner than one that everybody passed on', async () => {
  const inquiry = await given.putQuestion(stage, space);
  const members = await given.addMembers(
    stage,
    Array.from({ length: 20 }, () => ({})),
  );
  const [author] = members;
  if (!author) throw new TypeError('nobody');
  for (let at = 0; at < 3; at++) await given.write(stage, inquiry, author);
  for (const [at, member] of members.entries())
    await given.vote(stage, inquiry, member, [
      { number: 1, choice: 0 },
      { number: 2, choice: at % 2 === 0 ? 1 : -1 },
    ]);
  await given.drain(stage);
  const order = await inNetwork(stage, 'edu', async ({ tx }) =>
    (await listCandidates(tx.db, inquiry.id)).toSorted((a, b) => b.priority - a.priority).map(({ number }) => number),
  );
  expect(order).toEqual([3, 2, 1]);
});
