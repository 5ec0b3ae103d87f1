/**
 * Who acts for, or takes part in, a network. A network is a party hosted here; its pages stand under /p/:party/ and are open to anyone, so that each
 * handler and action asks here who the caller is. Other slices ask these functions, never the tables.
 */
import { type PartyKind } from '../../acts/spine-types.ts';
import type { Reader, Tx } from '../../db/database.ts';
import type { Caller } from '../../http/caller.ts';
import type { AccountId, MemberId, OrganisationId } from '../../ids.ts';
import type { PlainDate } from '../../period.ts';
import { problem } from '../../problem.ts';
import type { Role } from '../../ui/view.ts';
import { findPresentMember } from './store.ts';

export const genders = ['woman', 'man', 'another', 'prefer-not-to-say'] as const;
export type Gender = (typeof genders)[number];

/** How often a member hears from the network by mail. */
export const digests = ['each', 'daily', 'weekly', 'none'] as const;
export type Digest = (typeof digests)[number];

export type MailState = 'active' | 'bouncing' | 'unsubscribed';

export const consents = ['directory', 'contact', 'photo', 'recording'] as const;
export type Consent = (typeof consents)[number];

export interface Member {
  readonly id: MemberId;
  readonly account: AccountId | undefined;
  /** Undefined after erasure only. */
  readonly email: string | undefined;
  readonly name: string;
  /** BCP 47. */
  readonly language: string;
  /** IANA. */
  readonly timeZone: string;
  readonly organisation: { readonly id: OrganisationId; readonly name: string } | undefined;
  readonly constituency: PartyKind;
  /** ISO 3166-1 alpha-2. */
  readonly country: string | undefined;
  /** Undefined: not said. */
  readonly gender: Gender | undefined;
  readonly about: string | undefined;
  readonly digest: Digest;
  /** At which hour on the member's own wall a digest comes, 0 to 23. */
  readonly digestHour: number;
  readonly mailState: MailState;
  readonly consents: ReadonlySet<Consent>;
  readonly joinedOn: PlainDate;
  /** Undefined: has asked to come in and not yet used the link in the mail. */
  readonly confirmedAt: Date | undefined;
  readonly leftOn: PlainDate | undefined;
  /** Counts changes; whoever changes the entry says which one was seen. */
  readonly revision: number;
}

type WhoAsks = Pick<Caller, 'viewer'>;

/** The caller as a confirmed member of the party that the transaction sees, by the account signed in with. */
export async function findMember(reader: Reader, { viewer }: WhoAsks): Promise<Member | undefined> {
  return viewer.account && findPresentMember(reader, viewer.account.id);
}

export async function requireMember({ tx, viewer }: { readonly tx: Tx } & WhoAsks): Promise<Member> {
  if (!viewer.account) throw problem.notSignedIn({});
  const member = await findMember(tx.db, { viewer });
  if (!member) throw problem.notAllowed({ needs: 'member' });
  return member;
}

const secretariatRoles: readonly Role[] = ['administrator', 'officer', 'delegate'];

/** The caller works for the very party whose pages these are. */
export function isSecretariat({ viewer, party }: Pick<Caller, 'viewer' | 'party'>): boolean {
  return (
    party !== undefined && viewer.party?.id === party.id && secretariatRoles.some((role) => viewer.roles.has(role))
  );
}

export function requireSecretariat(caller: Pick<Caller, 'viewer' | 'party'>): AccountId {
  if (!caller.viewer.account) throw problem.notSignedIn({});
  if (!isSecretariat(caller)) throw problem.notAllowed({ needs: 'secretariat' });
  return caller.viewer.account.id;
}
