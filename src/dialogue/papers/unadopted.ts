import type { Reader } from '../../db/database.ts';
import type { PaperId } from '../../ids.ts';
import { findClause } from '../../text/state.ts';
import { labelOf } from './names.ts';
import { unadopted } from './publication.ts';
import { readText } from './text.ts';

export interface Unadopted {
  readonly id: string;
  readonly label: string;
  /** As proposed; of a deletion, what would have gone. */
  readonly text: string;
  /** What was said when it was set aside. */
  readonly answer: string | null;
}

/** What has to be answered before the text is published. */
export async function listUnadopted(reader: Reader, paper: PaperId): Promise<Unadopted[]> {
  const state = await readText(reader, paper);
  return unadopted(state).map(({ id, what, answer }) => ({
    id,
    label: labelOf(id),
    text:
      what.op === 'add' || what.op === 'change'
        ? what.text
        : (findClause(state, what.clause)?.versions.findLast(({ text }) => text !== null)?.text ?? ''),
    answer,
  }));
}
