/** What a person is about to stand behind, in words: the same on the page and at `bin/reciproca sign`. Told by the slice whose act it is. */
import { z } from 'zod';
import type { PreparedAct } from '../../acts/prepare.ts';
import type { Reader } from '../../db/database.ts';
import type { Conventions } from '../../ui/format.ts';
import type { View } from '../../ui/view.ts';

export const actInWords = z.object({
  title: z.string(),
  /** Which of the texts that there were. Null where the act is about none. */
  version: z.string().nullable(),
  /** Who does what with it, in one sentence. */
  consent: z.string(),
  party: z.string(),
  parts: z.array(z.object({ heading: z.string(), paragraphs: z.array(z.string()), terms: z.array(z.string()) })),
});
export type ActInWords = z.output<typeof actInWords>;

/** Enough of a page to write sentences. */
export type Words = Pick<View, 't'> & Conventions;

/** Undefined for acts of other slices. */
export type DescribeAct = (reader: Reader, words: Words, prepared: PreparedAct) => Promise<ActInWords | undefined>;
