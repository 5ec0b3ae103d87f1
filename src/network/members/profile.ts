/** What a network says of itself, in the languages in which it has said it. */
import { sql } from 'kysely';
import type { Caller } from '../../http/caller.ts';
import type { Reader } from '../../db/database.ts';
import type { Work } from '../../house.ts';
import type { PartyId } from '../../ids.ts';
import { problem } from '../../problem.ts';
import { requireSecretariat } from './member.ts';
import { requireParty } from './party.ts';

type ByLanguage = Readonly<Record<string, string>>;

declare module '../../db/schema.ts' {
  interface Tables {
    network_profiles: {
      party_id: PartyId;
      about: ByLanguage;
      contact: string | null;
      website: string | null;
      revision: number;
    };
  }
}

export interface Profile {
  readonly about: ByLanguage;
  readonly contact: string | undefined;
  readonly website: string | undefined;
  readonly revision: number;
}

export async function findProfile(reader: Reader): Promise<Profile | undefined> {
  const row = await reader.selectFrom('network_profiles').selectAll().executeTakeFirst();
  return (
    row && {
      about: row.about,
      contact: row.contact ?? undefined,
      website: row.website ?? undefined,
      revision: row.revision,
    }
  );
}

export interface ProfileGiven {
  readonly language: string;
  readonly about: string;
  readonly contact?: string | undefined;
  readonly website?: string | undefined;
}

/** `base` 0: nothing was said before. */
export async function saveProfile(work: Work & Caller, base: number, given: ProfileGiven): Promise<void> {
  requireSecretariat(work);
  const held = await findProfile(work.tx.db);
  if ((held?.revision ?? 0) !== base) throw problem.textHasMovedOn({ version: String(held?.revision ?? 0) });
  const { [given.language]: _, ...others } = held?.about ?? {};
  const about = given.about === '' ? others : { ...others, [given.language]: given.about };
  const values = {
    about: sql<ByLanguage>`${JSON.stringify(about)}::jsonb`,
    contact: given.contact ?? null,
    website: given.website ?? null,
    revision: base + 1,
  };
  const result = await work.tx.db
    .insertInto('network_profiles')
    .values({ party_id: requireParty(work), ...values })
    // Two who saw the same revision: the row of the first is locked, and the second finds it changed.
    .onConflict((conflict) =>
      conflict.column('party_id').doUpdateSet(values).where('network_profiles.revision', '=', base),
    )
    .executeTakeFirst();
  if (result.numInsertedOrUpdatedRows !== 1n) throw problem.textHasMovedOn({ version: String(base + 1) });
  await work.tx.audit('network.edit-profile', { language: given.language });
}
