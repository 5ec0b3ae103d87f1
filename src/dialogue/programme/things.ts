/** What other slices keep of a space - papers, decisions, questions - listed on its page. Each slice gives a source; src/app.ts joins them. */
import { z } from 'zod';
import type { Caller } from '../../http/caller.ts';
import type { Reading } from '../../house.ts';
import { isMessageKey, type MessageKey } from '../../ui/locales.ts';
import { saidSchema, type Said } from '../texts.ts';
import type { Space } from './spaces/space.ts';

export interface ThingSource {
  readonly heading: MessageKey;
  /** Where those who convene begin a new one: below the path of the space. */
  readonly start: { readonly label: MessageKey; readonly path: string };
  /** What this reader may see, the latest first. */
  list(reading: Reading & Caller, space: Space): Promise<readonly Thing[]>;
}

export interface Thing {
  readonly title: Said;
  readonly path: string;
  readonly state: MessageKey;
}

// A string in the JSON schema, where a custom type could not be said.
const messageKey = z.string().refine(isMessageKey);

export const thingsAnswer = z.array(
  z.object({
    heading: messageKey,
    start: z.object({ label: messageKey, path: z.string() }).nullable(),
    things: z.array(z.object({ title: saidSchema, path: z.string(), state: messageKey })),
  }),
);
export type ThingsAnswer = z.output<typeof thingsAnswer>;

/** Of a space at this path. Headings under which there is nothing to see or to begin are left out. */
export async function listThings(
  reading: Reading & Caller,
  sources: readonly ThingSource[],
  { space, path, mayConvene }: { readonly space: Space; readonly path: string; readonly mayConvene: boolean },
): Promise<ThingsAnswer> {
  const groups: ThingsAnswer = [];
  for (const { heading, start, list } of sources)
    groups.push({
      heading,
      start: mayConvene && !space.isTemplate ? { label: start.label, path: `${path}/${start.path}` } : null,
      things: (await list(reading, space)).map((thing) => ({ ...thing })),
    });
  return groups.filter(({ start, things }) => start !== null || things.length > 0);
}
