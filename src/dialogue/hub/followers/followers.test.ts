import { createFederation, generateCryptoKeyPair, MemoryKvStore, signRequest } from '@fedify/fedify';
import {
  Accept,
  Announce,
  Create,
  Delete,
  Follow,
  Group,
  isActor,
  Note,
  Organization,
  Person,
  Undo,
  Update,
  type Activity,
} from '@fedify/fedify/vocab';
import type { webcrypto } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { openStage, type Stage } from '../../../../test/support/cast.ts';
import { becomeMember, inNetwork, series } from '../../../../test/support/network.ts';
import type { SpaceId } from '../../../ids.ts';
import type { PlainDate } from '../../../period.ts';
import { draftSpace, giveRole, openSpace } from '../../programme/spaces/actions.ts';
import { decideItem, editItem, tell } from '../items/actions.ts';
import type { ItemValues } from '../items/item.ts';
import { deliver } from './delivering.ts';
import type { DeliverData } from './queue.ts';

/** A server of the fediverse that is not ours: Fedify, with one person on it. */
interface Elsewhere {
  readonly url: string;
  readonly received: Activity[];
  readonly server: Server;
  readonly federation: ReturnType<typeof createFederation<void>>;
  readonly keys: webcrypto.CryptoKeyPair;
  isGone: boolean;
  isDown: boolean;
}

async function openElsewhere(): Promise<Elsewhere> {
  const federation = createFederation<void>({ kv: new MemoryKvStore(), allowPrivateAddress: true });
  const keys = await generateCryptoKeyPair('RSASSA-PKCS1-v1_5');
  const received: Activity[] = [];
  federation
    .setActorDispatcher('/users/{identifier}', async (context, identifier) => {
      if (identifier !== 'awa' || elsewhere.isGone) return null;
      const pairs = await context.getActorKeyPairs(identifier);
      return new Person({
        id: context.getActorUri(identifier),
        preferredUsername: identifier,
        inbox: context.getInboxUri(identifier),
        publicKeys: pairs.map(({ cryptographicKey }) => cryptographicKey),
      });
    })
    .setKeyPairsDispatcher(() => [keys]);
  const take = (_context: unknown, activity: Activity): void => void received.push(activity);
  federation
    .setInboxListeners('/users/{identifier}/inbox', '/inbox')
    .on(Accept, take)
    .on(Create, take)
    .on(Update, take)
    .on(Delete, take)
    .on(Announce, take);
  const answer = getRequestListener((request) => {
    if (elsewhere.isDown) return new Response(null, { status: 503 });
    if (elsewhere.isGone) return new Response(null, { status: 410 });
    return federation.fetch(request, { contextData: undefined });
  });
  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const elsewhere: Elsewhere = {
    url: `http://localhost:${port}`,
    received,
    server,
    federation,
    keys,
    isGone: false,
    isDown: false,
  };
  return elsewhere;
}

let stage: Stage;
let elsewhere: Elsewhere;
let community: SpaceId;
const values: ItemValues = {
  kind: 'news',
  language: 'fr',
  title: 'Froid & <vaccins>',
  body: 'Un.\n\nDeux.',
  link: undefined,
  licence: undefined,
  authors: [],
  space: undefined,
  time: undefined,
};

beforeAll(async () => {
  stage = await openStage();
  // Fedify has its own clock, and so has what it signs.
  stage.clock.set(new Date());
  elsewhere = await openElsewhere();
  const bruno = await becomeMember(stage, 'bruno');
  await inNetwork(stage, 'edu', async (work) => {
    const outputDueOn = '2099-01-01' as PlainDate;
    community = await draftSpace(
      work,
      series({ slug: 'cold-chain', kind: 'community', outputKind: 'guideline', outputDueOn }),
    );
    await giveRole(work, community, bruno.id, 'convenor');
    await openSpace(work, community);
    await draftSpace(work, series({ slug: 'secret', kind: 'community' }));
  });
});
afterAll(async () => {
  elsewhere.server.closeAllConnections();
  await new Promise((resolve) => elsewhere.server.close(resolve));
  await stage[Symbol.asyncDispose]();
});
beforeEach(() => void elsewhere.received.splice(0));

const context = () => elsewhere.federation.createContext(new URL(elsewhere.url), undefined);
const network = () => `${stage.site.url}/p/operator/actor`;
const group = () => `${stage.site.url}/p/operator/spaces/cold-chain/actor`;
const settle = () => stage.house.jobs.drain(stage.house);

async function send(make: (actor: URL) => Activity, to = network()): Promise<void> {
  const target = await context().lookupObject(to);
  if (!isActor(target!)) throw new TypeError('no actor');
  await context().sendActivity({ identifier: 'awa' }, target, make(context().getActorUri('awa')), { immediate: true });
  await settle();
}

let number = 0;
const follow = (to = network()) =>
  send((actor) => new Follow({ id: new URL(`${elsewhere.url}/follow/${++number}`), actor, object: new URL(to) }), to);
const unfollow = (to = network()) =>
  send(
    (actor) =>
      new Undo({
        id: new URL(`${elsewhere.url}/undo/${++number}`),
        actor,
        object: new Follow({ id: new URL(`${elsewhere.url}/follow/1`), actor, object: new URL(to) }),
      }),
    to,
  );
const followers = async (of = network()): Promise<number> => {
  const { text } = await stage.as('noOne', `${new URL(of).pathname}/followers`);
  return (JSON.parse(text) as { totalItems: number }).totalItems;
};
const kinds = () => elsewhere.received.map((activity) => activity.constructor.name).toSorted();

describe('found by name', () => {
  test.each([
    ['acct:operator@HOST', '/p/operator/actor'],
    ['acct:operator.cold-chain@HOST', '/p/operator/spaces/cold-chain/actor'],
    ['URL/p/operator', '/p/operator/actor'],
    ['URL/p/operator/spaces/cold-chain', '/p/operator/spaces/cold-chain/actor'],
  ])('%s', async (name, path) => {
    const { url } = stage.site;
    const resource = name.replace('HOST', new URL(url).host).replace('URL', url);
    const answer = await stage.as('noOne', `/.well-known/webfinger?resource=${encodeURIComponent(resource)}`);
    expect(answer.headers['content-type']).toBe('application/jrd+json; charset=utf-8');
    expect(JSON.parse(answer.text)).toMatchObject({ links: [{ rel: 'self', href: url + path }, {}] });
  });

  test.each([
    'acct:operator@elsewhere.example',
    'acct:nobody@HOST',
    'acct:operator.secret@HOST',
    'acct:operator.none@HOST',
    'x',
  ])('%s is nobody', async (name) => {
    const resource = name.replace('HOST', new URL(stage.site.url).host);
    const path = `/.well-known/webfinger?resource=${encodeURIComponent(resource)}`;
    expect((await stage.as('noOne', path)).status).toBe(404);
  });
});

it('a network is an organisation, a community a group; a draft and a series are nobody', async () => {
  const organisation = await context().lookupObject(network());
  expect(organisation).toBeInstanceOf(Organization);
  expect(await context().lookupObject(group())).toBeInstanceOf(Group);
  for (const slug of ['secret', 'nothing'])
    expect((await stage.as('noOne', `/p/operator/spaces/${slug}/actor`)).status).toBe(404);
});

it('two who ask at once for the first time see one key', async () => {
  const asked = await Promise.all([1, 2, 3].map(() => stage.as('noOne', '/p/watch/actor')));
  expect(new Set(asked.map(({ text }) => text)).size).toBe(1);
});

it('whoever follows is accepted, hears what is told, changed and withdrawn, and nothing after leaving', async () => {
  await follow();
  expect(kinds()).toEqual(['Accept']);
  expect(await followers()).toBe(1);
  elsewhere.received.splice(0);

  const id = await inNetwork(stage, 'edu', (work) => tell(work, values));
  await settle();
  const [create] = elsewhere.received;
  expect(create).toBeInstanceOf(Create);
  const note = await (create as Create).getObject();
  expect(note).toBeInstanceOf(Note);
  expect(String((note as Note).content)).toContain('<p><strong>Froid &amp; &lt;vaccins&gt;</strong></p><p>Un.</p>');
  expect(await context().lookupObject(String(note?.id))).toBeInstanceOf(Note);

  stage.clock.advance(1000);
  await inNetwork(stage, 'edu', (work) => editItem(work, id, 1, { ...values, title: 'Corrigé' }));
  await settle();
  await inNetwork(stage, 'edu', (work) => decideItem(work, id, 2, 'withdraw'));
  await settle();
  expect(kinds()).toEqual(['Create', 'Delete', 'Update']);
  expect((await stage.as('noOne', `/p/operator/hub/${id}/note`)).status).toBe(404);

  await unfollow();
  expect(await followers()).toBe(0);
  elsewhere.received.splice(0);
  await inNetwork(stage, 'edu', (work) => tell(work, values));
  await settle();
  expect(elsewhere.received).toEqual([]);
});

it('what a member proposes and what was gathered is told to nobody', async () => {
  await follow();
  elsewhere.received.splice(0);
  await inNetwork(stage, 'bruno', (work) => tell(work, values));
  await settle();
  expect(elsewhere.received).toEqual([]);
  await unfollow();
});

it('what a community says, its followers hear from it, and the network’s by its passing on', async () => {
  await follow(group());
  elsewhere.received.splice(0);
  await inNetwork(stage, 'edu', (work) => tell(work, { ...values, space: community }));
  await settle();
  expect(kinds()).toEqual(['Create']);
  expect(elsewhere.received[0]?.actorId?.href).toBe(group());
  await unfollow(group());
  await follow();
  elsewhere.received.splice(0);
  await inNetwork(stage, 'edu', (work) => tell(work, { ...values, space: community }));
  await settle();
  expect(kinds()).toEqual(['Announce']);
  expect(elsewhere.received[0]?.actorId?.href).toBe(network());
  await unfollow();
});

describe('what is not taken', () => {
  const post = async (body: object, headers: Record<string, string> = {}, to = network()) => {
    const answer = await stage.as('noOne', `${new URL(to).pathname}/inbox`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/activity+json', date: new Date().toUTCString(), ...headers },
    });
    await settle();
    return answer.status;
  };
  const followOf = (actor: string) => ({
    '@context': 'https://www.w3.org/ns/activitystreams',
    id: `${elsewhere.url}/forged/${++number}`,
    type: 'Follow',
    actor,
    object: network(),
  });
  const awa = () => `${elsewhere.url}/users/awa`;

  async function signed(body: object, keys: webcrypto.CryptoKeyPair, keyId: string): Promise<number> {
    const request = new Request(`${network()}/inbox`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/activity+json' },
    });
    const { headers } = await signRequest(request, keys.privateKey, new URL(keyId));
    return post(body, Object.fromEntries(headers));
  }

  it('a follow without signature, with another’s, for another, of long ago, or changed on the way', async () => {
    expect(await post(followOf(awa()))).toBe(401);
    expect(await post(followOf(awa()), { signature: 'keyId="x"', date: 'Mon, 01 Jan 2024 00:00:00 GMT' })).toBe(401);
    expect(await post(followOf(awa()), { signature: 'keyId="x"', digest: 'SHA-256=AAAA' })).toBe(401);
    expect(await post(followOf(awa()), { signature: 'keyId="x",headers="date",signature="AAAA"' })).toBe(202);
    const stranger = await generateCryptoKeyPair('RSASSA-PKCS1-v1_5');
    expect(await signed(followOf(awa()), stranger, `${awa()}#main-key`)).toBe(202);
    expect(await signed(followOf(`${elsewhere.url}/users/bintou`), elsewhere.keys, `${awa()}#main-key`)).toBe(202);
    expect(await signed({ ...followOf(awa()), object: group() }, elsewhere.keys, `${awa()}#main-key`)).toBe(202);
    expect(await followers()).toBe(0);
    expect(await signed(followOf(awa()), elsewhere.keys, `${awa()}#main-key`)).toBe(202);
    expect(await followers()).toBe(1);
    await unfollow();
  });

  it('keys and people in a private network: nobody there is asked', async () => {
    const signature = 'keyId="http://169.254.169.254/key",headers="(request-target) host date digest",signature="AAAA"';
    expect(await post(followOf('http://169.254.169.254/actor'), { signature })).toBe(202);
    expect(await followers()).toBe(0);
  });

  it('posts, likes, boosts and what is no activity leave no trace', async () => {
    const waiting = async () =>
      (
        await stage.house.database.pool.query<{ n: number }>(
          "select count(*)::int as n from pgboss.job where name = 'hub.inbox'",
        )
      ).rows[0]?.n;
    const before = await waiting();
    const note = { type: 'Note', id: `${elsewhere.url}/note`, content: '<script>' };
    for (const type of ['Create', 'Like', 'Announce', 'Move', 'Block'])
      expect(await post({ ...followOf(awa()), type, object: note }, { signature: 'x' })).toBe(202);
    expect(await post({ ...followOf('https://nobody.example/actor'), type: 'Delete' }, { signature: 'x' })).toBe(202);
    expect(await post({ hello: 'world' })).toBe(202);
    expect(await waiting()).toBe(before);
    const answer = await stage.as('noOne', '/p/operator/actor/inbox', {
      method: 'POST',
      body: 'no JSON',
      headers: { 'content-type': 'application/activity+json' },
    });
    expect(answer.status).toBe(400);
    const large = { ...followOf(awa()), x: 'x'.repeat(200_000) };
    expect(await post(large, { signature: 'x' })).toBe(413);
  });
});

describe('a server that', () => {
  it('is down gets it later; one that says nobody is there is forgotten', async () => {
    await follow();
    elsewhere.received.splice(0);
    elsewhere.isDown = true;
    stage.clock.set(new Date());
    await inNetwork(stage, 'edu', (work) => tell(work, values));
    await settle();
    const { rows } = await stage.house.database.pool.query<{ data: DeliverData; minutes: number }>(
      "select data, round(extract(epoch from start_after - now()) / 60)::int as minutes from pgboss.job where name = 'hub.deliver' and state = 'created'",
    );
    expect(rows).toMatchObject([{ minutes: 1, data: { attempt: 1 } }]);
    elsewhere.isDown = false;
    const [waiting] = rows;
    if (waiting) await deliver(stage.house, waiting.data);
    expect(kinds()).toEqual(['Create']);
    elsewhere.isGone = true;
    if (waiting) await deliver(stage.house, waiting.data);
    expect(await followers()).toBe(0);
    elsewhere.isGone = false;
  });
});
