import { z } from 'zod';
import { keyIdOf } from '../../acts/keys.ts';
import { raw, type Endpoint } from '../../http/endpoint.ts';
import type { Reading } from '../../house.ts';
import { problem } from '../../problem.ts';
import { didDocument } from './document.ts';
import * as store from './store.ts';

const contentType = 'application/did+json';
const contentTypes = [contentType];

async function answerWith({ reader }: Reading, slug: string | undefined) {
  const party = await store.findHosted(reader, slug);
  if (!party) throw slug === undefined ? problem.notSetUp({}) : problem.notFound({ what: 'party' });
  const isOperator = party.did === party.operator;
  const document = didDocument({
    ...party,
    keys: await store.listValidKeys(reader, party.did, party),
    transportKey: isOperator ? { kid: keyIdOf(party.transport_key), x: party.transport_key } : undefined,
  });
  return { contentType, body: JSON.stringify(document, null, 2), cache: 'shared' as const };
}

const operator = raw({
  path: '/.well-known/did.json',
  summary: 'The did:web document of the party that runs this node',
  for: 'anyone',
  scope: 'node',
  contentTypes,
  handle: (reading) => answerWith(reading, undefined),
});

const hosted = raw({
  path: '/p/:slug/did.json',
  summary: 'The did:web document of a party hosted on this node',
  for: 'anyone',
  scope: 'node',
  params: z.object({ slug: z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,60}[a-z0-9])?$/) }),
  contentTypes,
  handle: (reading, { params }) => answerWith(reading, params.slug),
});

export const didEndpoints: readonly Endpoint[] = [operator, hosted];
