import { z } from 'zod';
import { raw, receive, type Endpoint, type RawAnswer } from '../../../http/endpoint.ts';
import type { Reading } from '../../../house.ts';
import { formatMailAddress } from '../../../mail-address.ts';
import { listHosted } from '../hosted.ts';
import { answerOai } from './answer.ts';

/** As lists, because the protocol has an answer of its own to what is repeated, and to what nobody knows. */
const query = z.looseObject({
  verb: z.array(z.string()).optional(),
  identifier: z.array(z.string()).optional(),
  metadataPrefix: z.array(z.string()).optional(),
  from: z.array(z.string()).optional(),
  until: z.array(z.string()).optional(),
  set: z.array(z.string()).optional(),
  resumptionToken: z.array(z.string()).optional(),
});

async function answer(reading: Reading, pairs: readonly (readonly [string, string])[]): Promise<RawAnswer> {
  const { publicUrl, mail } = reading.house.config;
  const [operator] = await listHosted(reading.reader);
  const settings = {
    publicUrl,
    repositoryName: operator?.name ?? new URL(publicUrl).host,
    // The protocol asks for an address; RFC 5321, 4.5.1 gives every domain this one.
    adminEmail: mail ? formatMailAddress(mail.address) : `postmaster@${new URL(publicUrl).hostname}`,
  };
  return { contentType: 'text/xml; charset=utf-8', body: await answerOai(reading, settings, pairs), cache: 'shared' };
}

const summary = 'OAI-PMH 2.0: resources and published texts of the networks on this node, for library catalogues';

const get = raw({
  path: '/oai',
  summary,
  for: 'anyone',
  scope: 'node',
  query,
  contentTypes: ['text/xml'],
  handle: (reading, { query: given }) =>
    answer(
      reading,
      Object.entries(given).flatMap(([name, values]) => [values].flat().map((value) => [name, String(value)] as const)),
    ),
});

// Section 3.1.1.2: the same, posted.
const post = receive({
  path: '/oai',
  summary,
  scope: 'node',
  bodyLimitBytes: 10_000,
  accepts: ['application/x-www-form-urlencoded'],
  contentTypes: ['text/xml'],
  handle: ({ house, tx }, { bytes }) =>
    answer({ house, reader: tx.db }, [...new URLSearchParams(Buffer.from(bytes).toString('utf8'))]),
});

export const oaiEndpoints: readonly Endpoint[] = [get, post];
