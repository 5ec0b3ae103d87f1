import { z } from 'zod';
import { networkPath } from '../../../network/members/section.tsx';
import { cslOfKey, cslSchema, titleOf, type Csl } from './csl.ts';
import type { Credit, Reference } from './store.ts';

const creditAnswer = z.object({
  /** Null: shared under the Chatham House Rule, or by somebody the chat did not name. */
  name: z.string().nullable(),
  at: z.iso.datetime().nullable(),
  source: z.enum(['chat', 'mail', 'web', 'import']),
});

export const referenceAnswer = z.object({
  id: z.string(),
  key: z.string(),
  title: z.string(),
  link: z.string().nullable(),
  /** A file that was shared. */
  file: z.object({ name: z.string(), sizeBytes: z.int(), path: z.string() }).nullable(),
  state: z.enum(['proposed', 'accepted', 'declined']),
  csl: cslSchema,
  /** Who shared it first, then who later. */
  credits: z.array(creditAnswer),
  path: z.string(),
});
export type ReferenceAnswer = z.output<typeof referenceAnswer>;

const parsed = (reference: Reference): Csl => {
  const read = cslSchema.safeParse(reference.csl);
  return read.success ? read.data : cslOfKey(reference.key, reference.link);
};

export function describeReference(reference: Reference, credits: readonly Credit[], party: string): ReferenceAnswer {
  const path = `${networkPath(party)}/references/${reference.id}`;
  const csl = parsed(reference);
  return {
    id: reference.id,
    key: reference.key,
    title: titleOf(csl) || reference.key,
    link: reference.link ?? null,
    file: reference.file
      ? { name: reference.file.name, sizeBytes: reference.file.sizeBytes, path: `${path}/file` }
      : null,
    state: reference.state,
    csl,
    credits: credits.map(({ name, saidAt, source }) => ({
      name: name ?? null,
      at: saidAt?.toISOString() ?? null,
      source,
    })),
    path,
  };
}
