/** Voting and writing through either of two doors: signed in, or with the key from a mail and no account at all. Both do the same things. */
import { z } from 'zod';
import type { Reader } from '../../../db/database.ts';
import type { Caller } from '../../../http/caller.ts';
import { read, write, type Endpoint } from '../../../http/endpoint.ts';
import type { Reading, Work } from '../../../house.ts';
import type { InquiryId } from '../../../ids.ts';
import { confirmMembership } from '../../../network/members/actions.ts';
import { findMember, type Member } from '../../../network/members/member.ts';
import { keyParams, openKey } from '../../../network/members/opened-key.ts';
import { networkPath } from '../../../network/members/section.tsx';
import { findMemberById } from '../../../network/members/store.ts';
import { problem } from '../../../problem.ts';
import { withNotice } from '../../../ui/layout.tsx';
import { locales } from '../../../ui/locales.ts';
import { slugForm } from '../../programme/spaces/space.ts';
import { getVisibleInquiry } from '../inquiries/actions.ts';
import { inquiryPath } from '../inquiries/answers.ts';
import type { Inquiry } from '../inquiries/inquiry.ts';
import { findInquiry } from '../inquiries/store.ts';
import { submitStatement } from '../statement/actions.ts';
import { castVotes } from './actions.ts';
import { choiceOf, choices } from './choice.ts';
import { votePage } from './pages.tsx';
import { describeVoting, voteAnswer } from './reading.ts';

export const inquiryParams = z.object({ inquiry: z.string().regex(slugForm) });

const slugOfParty = ({ party }: Caller): string => party?.slug ?? '';

interface Found {
  readonly inquiry: Inquiry;
  readonly member: Member;
}

/** How a request says who votes on what. */
interface Door<Params extends z.ZodObject> {
  readonly path: string;
  readonly params: Params;
  find(reader: Reader, caller: Caller, params: z.output<Params>, now: Date): Promise<Found>;
  pathOf(party: string, params: z.output<Params>): string;
}

const signedIn: Door<typeof inquiryParams> = {
  path: '/p/:party/inquiries/:inquiry',
  params: inquiryParams,
  async find(reader, caller, { inquiry: slug }) {
    const inquiry = await getVisibleInquiry(reader, caller, slug);
    if (!caller.viewer.account) throw problem.notSignedIn({});
    const member = await findMember(reader, caller);
    if (!member) throw problem.notAllowed({ needs: 'member' });
    return { inquiry, member };
  },
  pathOf: (party, { inquiry }) => inquiryPath(party, inquiry),
};

const byKey: Door<typeof keyParams> = {
  path: '/p/:party/k/:key/inquiry',
  params: keyParams,
  async find(reader, _, { key }, now) {
    const { member, thing } = await openKey(reader, key, now, 'inquiry');
    const inquiry = await findInquiry(reader, thing.id as InquiryId);
    if (!inquiry || inquiry.state === 'draft') throw problem.notFound({ what: 'inquiry' });
    return { inquiry, member };
  },
  pathOf: (party, { key }) => `${networkPath(party)}/k/${key}/inquiry`,
};

const done = z.object({ path: z.string() });

/** The key proves the mailbox: whoever answers has come in. */
async function takePart(work: Work, { inquiry, member }: Found): Promise<Found> {
  if (member.confirmedAt !== undefined) return { inquiry, member };
  await confirmMembership(work, member);
  return { inquiry, member: (await findMemberById(work.tx.db, member.id)) ?? member };
}

const statementBody = z.object({
  // Longer than a statement may be, so that the refusal can say so and nothing typed is lost.
  text: z.string().min(1).max(2000),
  language: z.enum(locales),
  namesPerson: z.boolean().default(false),
});

function endpointsOf<Params extends z.ZodObject>(door: Door<Params>, votePath: string): readonly Endpoint[] {
  const facts = { for: 'anyone', params: door.params } as const;
  const describe = async (reading: Reading & Caller, params: z.output<Params>, statement: number | undefined) => {
    const { inquiry, member } = await door.find(reading.reader, reading, params, reading.house.clock.now());
    const path = door.pathOf(slugOfParty(reading), params);
    return describeVoting(reading, inquiry, member, { path, votePath: path + votePath }, statement);
  };
  const found = async (work: Work & Caller, params: z.output<Params>): Promise<Found> =>
    takePart(work, await door.find(work.tx.db, work, params, work.tx.now));
  return [
    read({
      ...facts,
      path: door.path + votePath,
      summary: 'One statement to vote on, chosen for this person; `statement` asks for one by its number',
      query: z.object({ statement: z.coerce.number().int().min(1).max(100_000).optional() }),
      answer: voteAnswer,
      handle: (reading, { params, query }) => describe(reading, params, query.statement),
      page: (answer, view) => votePage(answer, view),
    }),
    write({
      ...facts,
      path: `${door.path}/votes`,
      summary: 'Votes on one statement; the last vote counts',
      body: z.object({ statement: z.int().min(1).max(100_000), vote: z.enum(choices) }),
      answer: done,
      async handle(work, { params, body }) {
        const { inquiry, member } = await found(work, params);
        const vote = { number: body.statement, choice: choiceOf(body.vote) };
        const counted = await castVotes(work, inquiry, member, [vote], 'web');
        if (!counted.has(body.statement)) throw problem.notFound({ what: 'statement' });
        return { path: door.pathOf(slugOfParty(work), params) + votePath };
      },
      then: ({ path }) => path,
    }),
    write({
      ...facts,
      path: `${door.path}/statements`,
      summary: 'Writes a statement: shown at once, or held until somebody has looked at it',
      body: statementBody,
      answer: done.extend({ number: z.int(), state: z.enum(['held', 'shown', 'hidden']) }),
      async handle(work, { params, body }) {
        const { inquiry, member } = await found(work, params);
        const written = await submitStatement(work, inquiry, member, body, 'web');
        return { path: door.pathOf(slugOfParty(work), params) + votePath, ...written };
      },
      then: ({ path, state }) => withNotice(path, state === 'shown' ? 'statements.done-shown' : 'statements.done-held'),
      form: async ({ form, params }, view, reading) =>
        votePage(voteAnswer.parse(await describe(reading, params, undefined)), view, form),
    }),
  ];
}

export const votingEndpoints: readonly Endpoint[] = [...endpointsOf(signedIn, '/vote'), ...endpointsOf(byKey, '')];
