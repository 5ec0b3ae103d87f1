import type { Caller } from '../../http/caller.ts';
import type { Work } from '../../house.ts';
import { problem } from '../../problem.ts';
import { isLocale } from '../../ui/locales.ts';
import { beginSession, createAccount, type NewSession } from '../people/actions.ts';
import type { OpenedKey } from './mail-keys.ts';
import { setMemberAccount } from './store.ts';

/** The key came by mail, so the address is the bearer's. The account has no role anywhere: it opens what a member may do, and nothing else. */
export async function openMemberAccount(
  work: Work & Caller,
  { member, thing }: OpenedKey,
  password: string,
): Promise<NewSession> {
  const { email, name, language } = member;
  if (thing.kind !== 'membership' || email === undefined || member.confirmedAt === undefined)
    throw problem.notFound({ what: 'link' });
  if (member.account !== undefined) throw problem.conflict({ what: 'account' });
  const person = { name, email, password, language: isLocale(language) ? language : null };
  const account = await createAccount(work, person, false);
  await setMemberAccount(work.tx, member.id, account);
  await work.tx.audit('member.open-account', { member: member.id, account });
  return beginSession(work, account);
}
