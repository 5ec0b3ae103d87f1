import { z } from 'zod';
import { partyKinds } from '../../acts/spine-types.ts';
import { consents, digests, genders, type Member } from './member.ts';

export const networkFacts = z.object({ slug: z.string(), name: z.string(), isSecretariat: z.boolean() });

/** What anyone sees of somebody who agreed to stand in the directory. */
export const listedMember = z.object({
  id: z.string(),
  name: z.string(),
  organisation: z.string().nullable(),
  constituency: z.enum(partyKinds),
  country: z.string().nullable(),
  about: z.string().nullable(),
  /** With consent, or for the secretariat. */
  email: z.string().nullable(),
});
export type ListedMember = z.output<typeof listedMember>;

export function describeListed(member: Member, forSecretariat: boolean): ListedMember {
  return {
    id: member.id,
    name: member.name,
    organisation: member.organisation?.name ?? null,
    constituency: member.constituency,
    country: member.country ?? null,
    about: member.about ?? null,
    email: forSecretariat || member.consents.has('contact') ? (member.email ?? null) : null,
  };
}

/** One's own entry; for the secretariat without what is not its to know. */
export const entryAnswer = z.object({
  network: networkFacts,
  id: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  language: z.string(),
  timeZone: z.string(),
  organisation: z.string().nullable(),
  constituency: z.enum(partyKinds),
  country: z.string().nullable(),
  gender: z.enum(genders).nullable(),
  about: z.string().nullable(),
  digest: z.enum(digests),
  digestHour: z.int(),
  consents: z.array(z.enum(consents)),
  mailState: z.enum(['active', 'bouncing', 'unsubscribed']),
  isConfirmed: z.boolean(),
  hasAccount: z.boolean(),
  joinedOn: z.iso.date(),
  revision: z.int(),
  mandates: z.array(z.object({ id: z.string(), organisation: z.string(), scope: z.string(), since: z.iso.date() })),
  /** Where the forms of this page post to. */
  path: z.string(),
});
export type EntryAnswer = z.output<typeof entryAnswer>;

export const formValuesOf = (answer: EntryAnswer) => ({
  base: String(answer.revision),
  name: answer.name,
  language: answer.language,
  timeZone: answer.timeZone,
  organisation: answer.organisation ?? '',
  constituency: answer.constituency,
  country: answer.country ?? '',
  gender: answer.gender ?? '',
  about: answer.about ?? '',
  digest: answer.digest,
  digestHour: String(answer.digestHour),
  consents: answer.consents,
});
