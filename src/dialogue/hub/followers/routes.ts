/** Addresses that servers of the fediverse ask: WebFinger (RFC 7033), actors, their boxes, their notes. */
import { z } from 'zod';
import type { Caller } from '../../../http/caller.ts';
import { noFields, raw, receive, type Endpoint, type RawAnswer } from '../../../http/endpoint.ts';
import type { Reading } from '../../../house.ts';
import { problem } from '../../../problem.ts';
import { slugForm } from '../../programme/spaces/space.ts';
import { enterNetwork } from '../hosted.ts';
import { isPublished } from '../items/item.ts';
import { findItem, listPublished } from '../items/store.ts';
import { activityContext, activityOf, noteOf } from './activities.ts';
import { actorDocument, actorKeys, authorOf, getFollowed, type Followed } from './actor.ts';
import { takeIn } from './inbox.ts';
import { activityType } from './signing.ts';
import { countFollowers } from './store.ts';

const json = (document: object, contentType = activityType): RawAnswer => ({
  contentType: `${contentType}; charset=utf-8`,
  body: JSON.stringify(document),
  cache: 'shared',
  headers: { 'access-control-allow-origin': '*' },
});

const webfinger = raw({
  path: '/.well-known/webfinger',
  summary: 'Which actor bears a name: acct:NETWORK@HOST, acct:NETWORK.COMMUNITY@HOST (RFC 7033)',
  for: 'anyone',
  scope: 'node',
  query: z.object({ resource: z.string().max(500) }),
  contentTypes: ['application/jrd+json'],
  async handle(reading, { query }) {
    const { publicUrl } = reading.house.config;
    const { host } = new URL(publicUrl);
    const { slug, space } = actorNamed(query.resource, publicUrl);
    if (slug === undefined) throw problem.notFound({ what: 'actor' });
    const followed = await getFollowed(reading, await enterNetwork(reading.reader, slug), space);
    return json(
      {
        subject: `acct:${followed.username}@${host}`,
        aliases: [followed.url, followed.page],
        links: [
          { rel: 'self', type: activityType, href: followed.url },
          { rel: 'http://webfinger.net/rel/profile-page', type: 'text/html', href: followed.page },
        ],
      },
      'application/jrd+json',
    );
  },
});

/** By name, or by the address of its page or its document. */
function actorNamed(resource: string, publicUrl: string): { readonly slug?: string; readonly space?: string } {
  const { host } = new URL(publicUrl);
  const name = resource.startsWith('acct:') && resource.endsWith(`@${host}`) && resource.slice(5, -host.length - 1);
  const path = resource.startsWith(`${publicUrl}/`) && resource.slice(publicUrl.length);
  return (
    /^(?<slug>[a-z0-9][a-z0-9-]*)(?:\.(?<space>[a-z0-9][a-z0-9-]*))?$/.exec(name || '')?.groups ??
    /^\/p\/(?<slug>[a-z0-9][a-z0-9-]*)(?:\/spaces\/(?<space>[a-z0-9][a-z0-9-]*))?(?:\/actor)?$/.exec(path || '')
      ?.groups ??
    {}
  );
}

const itemsInOutbox = 20;

interface Door<Params extends z.ZodObject> {
  readonly path: string;
  readonly params: Params;
  spaceOf(params: z.output<Params>): string | undefined;
}

const ofNetwork: Door<typeof noFields> = { path: '/p/:party/actor', params: noFields, spaceOf: () => undefined };
const spaceParams = z.object({ space: z.string().regex(slugForm) });
const ofCommunity: Door<typeof spaceParams> = {
  path: '/p/:party/spaces/:space/actor',
  params: spaceParams,
  spaceOf: ({ space }) => space,
};

function endpointsOf<Params extends z.ZodObject>({ path, params, spaceOf }: Door<Params>): readonly Endpoint[] {
  const facts = { for: 'anyone', params, contentTypes: [activityType] } as const;
  const find = (reading: Reading & Caller, space: string | undefined): Promise<Followed> =>
    getFollowed(reading, partyOf(reading), space);
  return [
    raw({
      ...facts,
      path,
      summary: 'Whom people on Mastodon and its like can follow (ActivityPub)',
      async handle(reading, input) {
        const followed = await find(reading, spaceOf(input.params));
        return json(actorDocument(followed, await actorKeys(reading, partyOf(reading).id, followed.space)));
      },
    }),
    raw({
      ...facts,
      path: `${path}/outbox`,
      summary: 'What was told lately (ActivityPub)',
      async handle(reading, input) {
        const followed = await find(reading, spaceOf(input.params));
        const items = await listPublished(reading.reader, { isOwn: true, space: followed.space, limit: itemsInOutbox });
        const { publicUrl } = reading.house.config;
        const party = partyOf(reading);
        const orderedItems = await Promise.all(
          items.map(async (item) =>
            activityOf('create', item, await authorOf(reading.reader, item, party, publicUrl), party.slug, publicUrl),
          ),
        );
        return json({
          '@context': activityContext,
          id: `${followed.url}/outbox`,
          type: 'OrderedCollection',
          totalItems: items.length,
          orderedItems,
        });
      },
    }),
    raw({
      ...facts,
      path: `${path}/followers`,
      summary: 'How many follow (ActivityPub); not who',
      async handle(reading, input) {
        const followed = await find(reading, spaceOf(input.params));
        const { id } = await actorKeys(reading, partyOf(reading).id, followed.space);
        return json({
          '@context': activityContext,
          id: `${followed.url}/followers`,
          type: 'OrderedCollection',
          totalItems: await countFollowers(reading.reader, id),
        });
      },
    }),
    receive({
      path: `${path}/inbox`,
      summary: 'Follow, Undo and Delete, signed (ActivityPub); everything else is not taken',
      params,
      bodyLimitBytes: 100_000,
      accepts: [activityType, 'application/ld+json', 'application/json'],
      contentTypes: ['text/plain'],
      async handle(work, request) {
        await takeIn(work, partyOf(work), spaceOf(request.params), request);
        return { status: 202, contentType: 'text/plain', body: '' };
      },
    }),
  ];
}

function partyOf({ party }: Caller) {
  if (!party) throw problem.notFound({ what: 'party' });
  return party;
}

const note = raw({
  path: '/p/:party/hub/:id/note',
  summary: 'An item as followers get it (ActivityPub)',
  for: 'anyone',
  params: z.object({ id: z.uuid() }),
  contentTypes: [activityType],
  async handle(reading, { params }) {
    const item = await findItem(reading.reader, params.id);
    if (!item || !isPublished(item) || item.origin) throw problem.notFound({ what: 'item' });
    const { publicUrl } = reading.house.config;
    const party = partyOf(reading);
    return json({
      '@context': activityContext,
      ...noteOf(item, await authorOf(reading.reader, item, party, publicUrl), party.slug, publicUrl),
    });
  },
});

export const followerEndpoints: readonly Endpoint[] = [
  webfinger,
  ...endpointsOf(ofNetwork),
  ...endpointsOf(ofCommunity),
  note,
];
