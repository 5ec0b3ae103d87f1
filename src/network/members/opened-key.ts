/** How a request says that it comes from a mail: by the key in its path. */
import { z } from 'zod';
import type { Reader } from '../../db/database.ts';
import { problem } from '../../problem.ts';
import { findByMailKey, mailKeyPattern, type OpenedKey } from './mail-keys.ts';

export const keyParams = z.object({ key: z.string().regex(mailKeyPattern) });

/** `kind`: of the thing that the key must be for. */
export async function openKey(reader: Reader, key: string, now: Date, kind?: string): Promise<OpenedKey> {
  const opened = await findByMailKey(reader, key, now);
  if (!opened || (kind !== undefined && opened.thing.kind !== kind)) throw problem.notFound({ what: 'link' });
  return opened;
}
