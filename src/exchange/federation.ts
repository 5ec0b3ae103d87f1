/** What other nodes ask of exchange beyond acts and bodies. */
import { receive, type Endpoint } from '../http/endpoint.ts';
import { verifyPeer } from '../network/peer-request.ts';
import { answerPeer } from './requests.ts';

const request = receive({
  path: '/federation/exchange/request',
  summary:
    'A known node asks for data in the name of a party it hosts, for a stated purpose, and is told whether it may and why not',
  scope: 'node',
  bodyLimitBytes: 20_000,
  accepts: ['application/json'],
  contentTypes: ['application/json'],
  async handle(work, received) {
    const peer = await verifyPeer(work, received);
    const answer = await answerPeer(work, peer, received.bytes);
    return { contentType: 'application/json', body: JSON.stringify(answer) };
  },
});

export const exchangeFederationEndpoints: readonly Endpoint[] = [request];
