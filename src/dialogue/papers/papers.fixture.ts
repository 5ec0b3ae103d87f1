/** A paper of an open community on the stage: Bruno convenes it, Chen takes part, Edu is the secretariat. */
import type { Stage } from '../../../test/support/cast.ts';
import { inNetwork, series } from '../../../test/support/network.ts';
import type { PaperId, SpaceId } from '../../ids.ts';
import type { Member } from '../../network/members/member.ts';
import type { PlainDate } from '../../period.ts';
import type { ProposalChange } from '../../text/event.ts';
import { draftSpace, giveRole, openSpace } from '../programme/spaces/actions.ts';
import type { SpaceValues } from '../programme/spaces/space.ts';
import { findSpace } from '../programme/spaces/store.ts';
import { openPaper, type At, type NewPaper } from './actions.ts';
import { readFirstText } from './first-text.ts';
import { speakerOf } from './speaker.ts';
import { findPaper } from './store.ts';
import type { Work } from '../../house.ts';

let names = 0;
export const fresh = (name: string): string => `${name}-${++names}`;

export async function openCommunity(stage: Stage, convenor: Member, over: Partial<SpaceValues> = {}): Promise<SpaceId> {
  return inNetwork(stage, 'edu', async (work) => {
    const outputDueOn = '2026-09-30' as PlainDate;
    const values = series({
      kind: 'community',
      slug: fresh('community'),
      outputKind: 'position-paper',
      outputDueOn,
      ...over,
    });
    const id = await draftSpace(work, values);
    await giveRole(work, id, convenor.id, 'convenor');
    await openSpace(work, id);
    return id;
  });
}

export async function openTestPaper(
  stage: Stage,
  space: SpaceId,
  over: Partial<NewPaper> & { readonly text?: string } = {},
) {
  const first = readFirstText(over.text ?? '# Data\n\nCommunities own their data.\n\nStates protect it.');
  if ('fault' in first) throw new TypeError(first.fault);
  return inNetwork(stage, 'edu', async (work): Promise<PaperId> => {
    const found = await findSpace(work.tx.db, space);
    if (!found) throw new TypeError('no space');
    return openPaper(work, found, {
      slug: fresh('paper'),
      kind: 'position-paper',
      title: 'Who owns the data',
      language: 'en',
      settling: { by: 'editors' },
      clauses: first.clauses,
      ...over,
    });
  });
}

/** As this member, by the key from a mail. */
export async function atPaper(work: Work, paper: PaperId, member: Member): Promise<At> {
  const found = await findPaper(work.tx.db, paper);
  const space = found && (await findSpace(work.tx.db, found.space));
  if (!found || !space) throw new TypeError('no paper');
  return { paper: found, space, speaker: await speakerOf(work.tx.db, member, space) };
}

export const change = (clause: string, text: string, version = 0): ProposalChange => ({
  op: 'change',
  clause,
  version,
  text,
});
