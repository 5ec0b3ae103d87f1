import type { Caller } from '../../../http/caller.ts';
import type { Reading } from '../../../house.ts';
import type { DialogueSessionId, SpaceId } from '../../../ids.ts';
import { describeReference, type ReferenceAnswer } from './answers.ts';
import type { Cited } from './csl.ts';
import * as store from './store.ts';

/** What was proposed and not yet looked at is for those who document. */
export async function listReferencesOf(
  reading: Reading & Caller,
  of: { readonly space?: SpaceId; readonly session?: DialogueSessionId },
  isCurator: boolean,
  page: { readonly limit: number; readonly offset: number } = { limit: 500, offset: 0 },
): Promise<ReferenceAnswer[]> {
  const { reader, party } = reading;
  const references = await store.listReferences(reader, {
    ...of,
    ...page,
    states: isCurator ? ['proposed', 'accepted'] : ['accepted'],
  });
  const credits = await store.listCredits(
    reader,
    references.map(({ id }) => id),
  );
  return references.map((reference) =>
    describeReference(
      reference,
      credits.filter(
        (credit) => credit.reference === reference.id && (of.session === undefined || credit.session === of.session),
      ),
      party?.slug ?? '',
    ),
  );
}

/** For a reference manager: the credit goes along in a note. */
export function citedOf(references: readonly ReferenceAnswer[], sharedBy: (names: string) => string): Cited[] {
  return references.map(({ id, csl, credits, title }) => {
    const names = [...new Set(credits.flatMap(({ name }) => name ?? []))];
    return {
      id: `r${id.replaceAll('-', '').slice(0, 12)}`,
      csl: { ...csl, title: csl.title ?? title },
      note: names.length === 0 ? undefined : sharedBy(names.join(', ')),
    };
  });
}
