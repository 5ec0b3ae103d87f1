/** By which rules a network governs itself; its secretariat sets them, everybody reads them. */
import { z } from 'zod';
import type { Reader } from '../../../db/database.ts';
import type { Caller } from '../../../http/caller.ts';
import type { Work } from '../../../house.ts';
import type { PartyId } from '../../../ids.ts';
import { requireSecretariat } from '../../members/member.ts';
import { requireParty } from '../../members/party.ts';

export const admissionRules = ['secretariat', 'silence'] as const;

export const rulesSchema = z.object({
  /** `silence`: the organisations of the network may object, with a reason; else it is admitted. */
  admission: z.enum(admissionRules),
  /** At least 72 hours: United Nations General Assembly decision 74/544. */
  silenceDays: z.int().min(3).max(90),
  /** Between the notice of an assembly and its beginning. */
  noticeDays: z.int().min(0).max(180),
  /** Of the organisations that have a voice, so many in a hundred must be present. */
  quorumPercent: z.int().min(0).max(100),
});
export type Rules = Readonly<z.output<typeof rulesSchema>>;

/** Until a network says otherwise. */
const usual: Rules = { admission: 'secretariat', silenceDays: 14, noticeDays: 30, quorumPercent: 50 };

declare module '../../../db/schema.ts' {
  interface Tables {
    assembly_rules: {
      party_id: PartyId;
      admission: Rules['admission'];
      silence_days: number;
      notice_days: number;
      quorum_percent: number;
    };
  }
}

export async function findRules(reader: Reader): Promise<Rules> {
  const row = await reader.selectFrom('assembly_rules').selectAll().executeTakeFirst();
  if (!row) return usual;
  return {
    admission: row.admission,
    silenceDays: row.silence_days,
    noticeDays: row.notice_days,
    quorumPercent: row.quorum_percent,
  };
}

/** Counts from now on: what was called or applied for under other rules keeps them. */
export async function setRules(work: Work & Caller, rules: Rules): Promise<void> {
  requireSecretariat(work);
  const values = {
    admission: rules.admission,
    silence_days: rules.silenceDays,
    notice_days: rules.noticeDays,
    quorum_percent: rules.quorumPercent,
  };
  await work.tx.db
    .insertInto('assembly_rules')
    .values({ party_id: requireParty(work), ...values })
    .onConflict((conflict) => conflict.column('party_id').doUpdateSet(values))
    .execute();
  await work.tx.audit('assembly.set-rules', { ...rules });
}
