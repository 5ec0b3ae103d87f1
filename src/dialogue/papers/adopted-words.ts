import type { MemberId } from '../../ids.ts';
import { countCredits, creditText } from '../../text/credit.ts';
import type { PowerSource } from '../equity/sources.ts';
import { office } from './speaker.ts';
import { listPapers } from './store.ts';
import { readText } from './text.ts';

/** Whose words stand in what a space published. Each text is folded anew, which is too much for all spaces of a network at once. */
export const adoptedWords: PowerSource = {
  step: 'adopted',
  async list(reader, space) {
    if (space === undefined) return undefined;
    const authors = new Set<string>();
    for (const paper of await listPapers(reader, space)) {
      if (paper.publishedAt === undefined) continue;
      for (const { by, words } of countCredits(creditText(await readText(reader, paper.id))))
        if (words > 0 && by !== office) authors.add(by);
    }
    return [...authors] as MemberId[];
  },
};
