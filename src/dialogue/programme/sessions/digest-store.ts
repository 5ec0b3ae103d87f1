import { sql } from 'kysely';
import type { Reader } from '../../../db/database.ts';
import type { DialogueSessionId, MemberId } from '../../../ids.ts';

export async function listRegisteredAmong(
  reader: Reader,
  session: DialogueSessionId,
  members: readonly MemberId[],
): Promise<ReadonlySet<MemberId>> {
  const rows = await reader
    .selectFrom('session_people')
    .select('member_id')
    .where('session_id', '=', session)
    .where('role', '=', 'registered')
    .where('member_id', '=', sql<MemberId>`any(${members}::uuid[])`)
    .execute();
  return new Set(rows.flatMap(({ member_id }) => member_id ?? []));
}
