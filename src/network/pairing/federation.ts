/** What other nodes ask when they pair with this one. */
import { findOwnLog } from '../../acts/store.ts';
import { raw, receive, type Endpoint } from '../../http/endpoint.ts';
import { problem } from '../../problem.ts';
import { lookUpInvited, receiveRequest } from './actions.ts';

const node = raw({
  path: '/federation/node',
  summary: 'Entry 0 of this node’s log, and the name of its operator, for whoever considers pairing with it',
  for: 'anyone',
  scope: 'node',
  contentTypes: ['application/json'],
  async handle({ reader }) {
    const log = await findOwnLog(reader);
    const opening =
      log &&
      (await reader
        .selectFrom('acts')
        .innerJoin('parties', 'parties.did', 'acts.party')
        .select(['acts.jws', 'parties.name'])
        .where('acts.log_id', '=', log.id)
        .where('acts.log_index', '=', 0)
        .executeTakeFirst());
    if (!opening) throw problem.notSetUp({});
    const body = JSON.stringify({ opening: opening.jws.toString('base64url'), name: opening.name });
    return { contentType: 'application/json', body, cache: 'shared' };
  },
});

const pair = receive({
  path: '/federation/pair',
  summary: 'A node that was invited says that it took the invitation',
  scope: 'node',
  bodyLimitBytes: 2_000,
  accepts: ['application/json'],
  contentTypes: ['text/plain; charset=utf-8'],
  outside: ({ house }, { bytes }) => lookUpInvited(house, bytes),
  async handle(work, _request, invited) {
    await receiveRequest(work, invited);
    return { contentType: 'text/plain; charset=utf-8', body: '', status: 202 };
  },
});

export const pairingFederationEndpoints: readonly Endpoint[] = [node, pair];
