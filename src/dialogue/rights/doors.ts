/** Who asks: signed in as a member, or with the key from a mail about her own membership. */
import { z } from 'zod';
import type { Reader } from '../../db/database.ts';
import type { Caller } from '../../http/caller.ts';
import { noFields } from '../../http/endpoint.ts';
import { findMember, type Member } from '../../network/members/member.ts';
import { findByMailKey, mailKeyPattern } from '../../network/members/mail-keys.ts';
import { networkPath } from '../../network/members/section.tsx';
import { problem } from '../../problem.ts';

export interface Door<Params extends z.ZodObject> {
  /** Of the route. */
  readonly path: string;
  readonly params: Params;
  find(reader: Reader, caller: Caller, params: z.output<Params>, now: Date): Promise<Member>;
  /** Of this caller. */
  pathOf(slug: string, params: z.output<Params>): string;
}

export async function requirePresent(reader: Reader, caller: Caller): Promise<Member> {
  if (!caller.viewer.account) throw problem.notSignedIn({});
  const member = await findMember(reader, caller);
  if (!member) throw problem.notFound({ what: 'member' });
  return member;
}

export const signedIn = (name: string): Door<typeof noFields> => ({
  path: `/p/:party/${name}`,
  params: noFields,
  find: requirePresent,
  pathOf: (slug) => `${networkPath(slug)}/${name}`,
});

const keyParams = z.object({ key: z.string().regex(mailKeyPattern) });

export const byKey = (name: string): Door<typeof keyParams> => ({
  path: `/p/:party/k/:key/membership/${name}`,
  params: keyParams,
  async find(reader, _caller, { key }, now) {
    const opened = await findByMailKey(reader, key, now);
    if (opened?.thing.kind !== 'membership') throw problem.notFound({ what: 'link' });
    return opened.member;
  },
  pathOf: (slug, { key }) => `${networkPath(slug)}/k/${key}/membership/${name}`,
});
