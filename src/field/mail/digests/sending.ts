/**
 * The run that tells everybody what is new at her hour. A few members at a time: what they were told, their mails and how far they were told are one
 * transaction, so that a run that is cut off goes on with the members it had not reached, nobody is told twice, and fifty thousand members take no more
 * memory than two hundred. Two runs at once share the members between them.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { getHostedParty } from '../../../acts/store.ts';
import { work, type House } from '../../../house.ts';
import type { MemberId, PartyId } from '../../../ids.ts';
import type { Job } from '../../../jobs.ts';
import { listMembersById } from '../../../network/members/store.ts';
import { keyLifeMs } from '../../../network/members/mail-keys.ts';
import { queueEach } from '../outgoing.ts';
import { voiceFor } from '../voice.ts';
import { composeDigest, isUntold, type Found } from './compose.ts';
import { earliestOf, type DigestReader, type DigestSource } from './digest-source.ts';
import { dueAt, newSince, roundAt } from './rhythm.ts';
import * as store from './store.ts';

const membersAtATime = 200;

export function digestJob(sources: readonly DigestSource[]): Job {
  return {
    name: 'mail.digests',
    data: z.object({}),
    // Two minutes after an hour at the earliest: what was begun before the hour is committed by then.
    schedule: '2-57/5 * * * *',
    async run(house) {
      const parties = await house.database.read('node', (reader) =>
        reader.selectFrom('parties').select('id').where('is_hosted', '=', true).execute(),
      );
      for (const { id } of parties) {
        const count = await sendDigests(house, sources, id);
        if (count > 0) house.log.info('digests queued', { party: id, count });
      }
    },
  };
}

/** Whatever is due now. Returns how many mails were queued. */
export async function sendDigests(house: House, sources: readonly DigestSource[], party: PartyId): Promise<number> {
  if (!house.config.mail) return 0;
  const now = house.clock.now();
  let count = 0;
  for (const group of await house.database.read({ party }, store.listGroups)) {
    const due = dueAt(group, now);
    if (group.toldUntil >= due) continue;
    let after: MemberId | undefined;
    do {
      const step = await work(house, { party }, { system: 'jobs' }, async (working) =>
        tellSome(working, sources, party, { group, due, after }),
      );
      count += step.queued;
      after = step.last;
    } while (after !== undefined);
  }
  await work(house, { party }, { system: 'jobs' }, ({ tx }) =>
    store.forgetDigests(tx, new Date(now.getTime() - keyLifeMs)),
  );
  return count;
}

interface Step {
  readonly group: store.Group;
  readonly due: Date;
  readonly after: MemberId | undefined;
}

async function tellSome(
  working: Parameters<Parameters<typeof work>[3]>[0],
  sources: readonly DigestSource[],
  party: PartyId,
  { group, due, after }: Step,
): Promise<{ readonly queued: number; readonly last: MemberId | undefined }> {
  const { tx, house } = working;
  const waiting = await store.listWaiting(tx.db, group, due, after, membersAtATime);
  if (waiting.length === 0) return { queued: 0, last: undefined };
  const last = waiting.length === membersAtATime ? waiting.at(-1)?.member : undefined;
  const ids = waiting.map(({ member }) => member);
  const mine = await store.claim(tx, party, ids, due);
  const facts = await getHostedParty(tx.db, party);
  const members = new Map((await listMembersById(tx.db, ids)).map((member) => [member.id, member]));
  const readers = waiting.flatMap(({ member: id, toldUntil }): readonly DigestReader[] => {
    const member = members.get(id);
    return member && mine.has(id)
      ? [{ member, voice: voiceFor(house, facts, member), since: newSince(toldUntil, due) }]
      : [];
  });
  if (readers.length === 0) return { queued: 0, last };
  const found = new Map<MemberId, Found[]>(readers.map(({ member }) => [member.id, []]));
  for (const { name, list } of sources)
    for (const [member, entries] of await list({ house, reader: tx.db }, readers, roundAt(group.rhythm, due)))
      found.get(member)?.push(...entries.map((entry) => ({ source: name, entry })));
  const mailed = await store.listMailed(tx.db, ids, earliestOf(readers));
  const digests = readers.flatMap((reader) => {
    const untold = (found.get(reader.member.id) ?? []).filter(isUntold(reader, mailed));
    if (untold.length === 0) return [];
    return [{ id: randomUUID(), member: reader.member, ...composeDigest(reader, untold, `/p/${facts.slug}`) }];
  });
  await store.insertDigests(
    tx,
    party,
    due,
    digests.map(({ id, member, things }) => ({ id, member: member.id, entries: things })),
  );
  await queueEach(
    working,
    digests.map(({ id, member, mail }) => ({ member, mail, thing: { kind: 'digest', id } })),
  );
  return { queued: digests.length, last };
}
