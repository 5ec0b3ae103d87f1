/** Against what somebody knows who keeps every publication: subtracting one from the next tells nothing about fewer than five people. */
import { floorOfPeople } from '@reciproca/opinion/floor';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStage, type Stage } from '../../../../test/support/cast.ts';
import { inNetwork } from '../../../../test/support/network.ts';
import type { Work } from '../../../house.ts';
import type { InquiryId, MemberId, SpaceId, StatementId } from '../../../ids.ts';
import type { Member } from '../../../network/members/member.ts';
import { findStatement } from '../statement/store.ts';
import * as given from '../statements.fixture.ts';
import type { Choice } from '../voting/choice.ts';
import { keepVote, listPublishedVotes, publishVotes } from '../voting/store.ts';

let stage: Stage;
let space: SpaceId;
let members: readonly Member[];
beforeAll(async () => {
  stage = await openStage();
  space = await given.openSeries(stage);
  members = await given.addMembers(
    stage,
    Array.from({ length: 14 }, () => ({})),
  );
});
afterAll(async () => stage[Symbol.asyncDispose]());

interface Held {
  readonly inquiry: InquiryId;
  readonly statement: StatementId;
}

async function putOne(): Promise<Held> {
  const inquiry = await given.putQuestion(stage, space);
  const [author] = members;
  if (!author) throw new TypeError('nobody');
  await given.write(stage, inquiry, author);
  const statement = await inNetwork(stage, 'edu', ({ tx }) => findStatement(tx.db, inquiry.id, 1));
  if (!statement) throw new TypeError('no statement');
  return { inquiry: inquiry.id, statement: statement.id };
}

async function cast(work: Work, held: Held, member: MemberId, vote: Choice, second: number): Promise<void> {
  await keepVote(work.tx, {
    statement_id: held.statement,
    member_id: member,
    inquiry_id: held.inquiry,
    party_id: stage.parties.north.id,
    vote,
    source: 'web',
    voted_at: new Date(work.tx.now.getTime() + second * 1000),
  });
}

const anyRounds = fc.array(fc.array(fc.tuple(fc.nat(13), fc.constantFrom<Choice>(1, 0, -1)), { maxLength: 16 }), {
  minLength: 1,
  maxLength: 6,
});

test('two publications of a statement differ by nobody or by five people and more, the last one too', async () => {
  await fc.assert(
    fc.asyncProperty(anyRounds, async (rounds) => {
      const held = await putOne();
      await inNetwork(stage, 'edu', async (work) => {
        const given = new Map<string, Choice>();
        /** Whose vote is not, or not as it is now, in what was published; by this test's own account. */
        let unseen = new Set<string>();
        let before = 0;
        let second = 0;
        for (const [at, votes] of [...rounds, []].entries()) {
          for (const [who, choice] of votes) {
            const member = members[who];
            if (!member) continue;
            await cast(work, held, member.id, choice, ++second);
            if (given.get(member.id) !== choice) unseen.add(member.id);
            given.set(member.id, choice);
          }
          const isLast = at === rounds.length;
          await publishVotes(work.tx, held.inquiry, floorOfPeople, isLast);
          const waiting = await work.tx.db
            .selectFrom('statement_votes')
            .select('member_id')
            .where('statement_id', '=', held.statement)
            .where('is_waiting', '=', true)
            .execute();
          const still = new Set<string>(waiting.map(({ member_id }) => member_id));
          const added = [...unseen].filter((id) => !still.has(id));
          expect([...still].every((id) => unseen.has(id))).toBe(true);
          if (!isLast || before > 0) expect(added.length === 0 || added.length >= 5).toBe(true);
          if (isLast) expect(still.size).toBe(0);
          const published = await listPublishedVotes(work.tx.db, held.inquiry);
          for (const { member, vote } of published) if (!still.has(member)) expect(vote).toBe(given.get(member));
          unseen = still;
          before = published.length;
        }
        expect(before).toBe(given.size);
      });
    }),
    { numRuns: 30 },
  );
}, 240_000);
