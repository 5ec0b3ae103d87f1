/**
 * Two doors to a paper: signed in (/p/:party/papers/:paper), or with the key from a mail and no account at all (/p/:party/k/:key/paper). Behind both
 * one does the same things.
 */
import { z } from 'zod';
import type { Reader } from '../../db/database.ts';
import type { Caller } from '../../http/caller.ts';
import type { Reading, Work } from '../../house.ts';
import type { PaperId } from '../../ids.ts';
import { confirmMembership } from '../../network/members/actions.ts';
import { keyParams, openKey } from '../../network/members/opened-key.ts';
import { networkPath } from '../../network/members/section.tsx';
import { problem } from '../../problem.ts';
import { findSpace } from '../programme/spaces/store.ts';
import { slugForm } from '../programme/spaces/space.ts';
import type { At } from './actions.ts';
import { paperPath } from './answers.ts';
import { namePattern } from './names.ts';
import { findPaperFor } from './reading.ts';
import { maySee, speakerOf } from './speaker.ts';
import * as store from './store.ts';

type Asking = Caller & (Reading | Work);
const readerOf = (asking: Asking): Reader => ('reader' in asking ? asking.reader : asking.tx.db);

/** How a request says on which paper, and as whom. */
export interface Door<Params extends z.ZodObject> {
  readonly path: string;
  readonly params: Params;
  find(asking: Asking, params: z.output<Params>, now: Date): Promise<At>;
  baseOf(slug: string, params: z.output<Params>): string;
}

export const paperParams = z.object({ paper: z.string().regex(slugForm) });

export const signedIn: Door<typeof paperParams> = {
  path: '/p/:party/papers/:paper',
  params: paperParams,
  find: (asking, { paper }) => findPaperFor(readerOf(asking), asking, paper),
  baseOf: (slug, { paper }) => paperPath(slug, paper),
};

export const byKey = (kind: 'paper' | 'joint-statement'): Door<typeof keyParams> => ({
  path: `/p/:party/k/:key/${kind}`,
  params: keyParams,
  async find(asking, { key }, now) {
    const reader = readerOf(asking);
    const { member, thing } = await openKey(reader, key, now, kind);
    if ('tx' in asking) await confirmMembership(asking, member);
    const paper = await store.findPaper(reader, thing.id as PaperId);
    const space = paper && (await findSpace(reader, paper.space));
    if (!paper || !space) throw problem.notFound({ what: 'paper' });
    const speaker = await speakerOf(reader, member, space);
    if (!maySee(space, paper.state === 'open', speaker)) throw problem.notFound({ what: 'paper' });
    return { paper, space, speaker };
  },
  baseOf: (slug, { key }) => `${networkPath(slug)}/k/${key}/${kind}`,
});

export const done = z.object({ path: z.string() });
export const clauseName = z.string().regex(namePattern);
export const reason = z.string().trim().min(1).max(2000);
export const organisation = z.uuid().optional();
export const slugOf = ({ party }: Caller): string => party?.slug ?? '';

/** The parameters of a door and one more. */
export function withName<Params extends z.ZodObject, Name extends string>(params: Params, added: Name) {
  return params.extend({ [added]: clauseName }) as unknown as z.ZodObject &
    z.ZodType<z.output<Params> & Readonly<Record<Name, string>>>;
}
