/** Signing a joint statement and taking it back, behind either door. */
import { z } from 'zod';
import { write, type Endpoint } from '../../http/endpoint.ts';
import type { Work } from '../../house.ts';
import { withNotice } from '../../ui/layout.tsx';
import type { At } from './actions.ts';
import { byKey, done, organisation, signedIn, slugOf, type Door } from './doors.ts';
import { signOn, withdrawSignOn } from './signing.ts';

function signing<Params extends z.ZodObject>(door: Door<Params>): readonly Endpoint[] {
  const step = <Body extends z.ZodObject>(
    what: string,
    summary: string,
    notice: Parameters<typeof withNotice>[1],
    body: Body,
    run: (work: Work, at: At, body: z.output<Body>) => Promise<unknown>,
  ): Endpoint =>
    write({
      path: `${door.path}/${what}`,
      summary,
      for: 'anyone',
      params: door.params,
      body,
      answer: done,
      async handle(work, input) {
        await run(work, await door.find(work, input.params, work.tx.now), input.body);
        return { path: door.baseOf(slugOf(work), input.params) };
      },
      then: ({ path }) => withNotice(path, notice),
    });
  return [
    step(
      'sign',
      'Signs a joint statement, for oneself or for an organisation that one speaks for',
      'papers.done-signed',
      z.object({ organisation }),
      (work, at, body) => signOn(work, at, body.organisation),
    ),
    step(
      'signatures/withdraw',
      'Takes a signature back before the deadline',
      'papers.done-signature-withdrawn',
      z.object({ signature: z.uuid() }),
      (work, at, body) => withdrawSignOn(work, at, body.signature),
    ),
  ];
}

export const signingEndpoints: readonly Endpoint[] = [...signing(signedIn), ...signing(byKey('joint-statement'))];
