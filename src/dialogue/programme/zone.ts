/** In which zone a reader sees times: the one in the address, else the member's own. */
import { z } from 'zod';
import type { Caller } from '../../http/caller.ts';
import type { Reading } from '../../house.ts';
import { findMember } from '../../network/members/member.ts';
import { parseTimeZone } from '../../time-zone.ts';

export const zoneQuery = z
  .string()
  .refine((name) => parseTimeZone(name) !== undefined, 'members.time-zone-unknown')
  .transform((name) => parseTimeZone(name) ?? name)
  .optional();

export async function zoneFor(reading: Reading & Caller, asked: string | undefined): Promise<string | null> {
  return asked ?? (await findMember(reading.reader, reading))?.timeZone ?? null;
}
