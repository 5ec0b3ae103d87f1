/** A paper, its clauses, proposals and versions, behind either door. */
import { z } from 'zod';
import type { Caller } from '../../http/caller.ts';
import { read, type Endpoint } from '../../http/endpoint.ts';
import type { Reading } from '../../house.ts';
import { blankForm } from '../../ui/forms.tsx';
import * as answers from './answers.ts';
import { clausePage, proposePage } from './clause-pages.tsx';
import { comparePage } from './compare-page.tsx';
import { byKey, signedIn, slugOf, withName, type Door } from './doors.ts';
import { paperPage } from './paper-page.tsx';
import { proposalPage } from './proposal-pages.tsx';
import { describeClausePage, describeComparison, describeProposalPage } from './clause-reading.ts';
import { describePaperPage } from './reading.ts';

function readEndpoints<Params extends z.ZodObject>(door: Door<Params>, isSigning: boolean): readonly Endpoint[] {
  const facts = { for: 'anyone' } as const;
  const show = read({
    ...facts,
    path: door.path,
    summary: 'A paper as it stands: its text, whose words it carries, what it refers to, who signed',
    params: door.params,
    answer: answers.paperAnswer,
    handle: async (reading, { params }) =>
      describePaperPage(
        reading,
        await door.find(reading, params, reading.house.clock.now()),
        door.baseOf(slugOf(reading), params),
      ),
    page: paperPage,
  });
  if (isSigning) return [show];
  const clauseParams = withName(door.params, 'clause');
  const proposalParams = withName(door.params, 'proposal');
  const describeClause = async (reading: Reading & Caller, params: z.output<typeof clauseParams>) =>
    describeClausePage(
      reading,
      await door.find(reading, params, reading.house.clock.now()),
      door.baseOf(slugOf(reading), params),
      params.clause,
    );
  return [
    show,
    read({
      ...facts,
      path: `${door.path}/clauses/:clause`,
      summary: 'One clause with its proposals and earlier versions; 0 is the place before the first',
      params: clauseParams,
      answer: answers.clausePageAnswer,
      handle: (reading, { params }) => describeClause(reading, params),
      page: clausePage,
    }),
    read({
      ...facts,
      path: `${door.path}/clauses/:clause/propose`,
      summary: 'What is asked of a proposal on a clause',
      params: clauseParams,
      query: z.object({ op: z.enum(['change', 'add', 'delete', 'keep']).default('change') }),
      answer: answers.clausePageAnswer,
      handle: (reading, { params }) => describeClause(reading, params),
      page: (answer, view, { query }) =>
        proposePage(
          answer,
          view,
          query.op,
          blankForm({
            kind: 'paragraph',
            onBehalfOf: '',
            ...(query.op === 'change' && {
              text: answer.clause?.text ?? '',
              version: String(answer.clause?.version ?? 0),
            }),
          }),
        ),
    }),
    read({
      ...facts,
      path: `${door.path}/proposals/:proposal`,
      summary: 'One proposal: its words against those of the clause, why, and who stands where',
      params: proposalParams,
      answer: answers.proposalPageAnswer,
      handle: async (reading, { params }) =>
        describeProposalPage(
          reading,
          await door.find(reading, params, reading.house.clock.now()),
          door.baseOf(slugOf(reading), params),
          params.proposal,
        ),
      page: (answer, view) => proposalPage(answer, view),
    }),
    read({
      ...facts,
      path: `${door.path}/compare`,
      summary: 'Any two versions of a paper, clause by clause',
      params: door.params,
      query: z.object({ from: z.int().min(0).optional(), to: z.int().min(0).optional() }),
      answer: answers.comparePageAnswer,
      handle: async (reading, { params, query }) =>
        describeComparison(
          reading,
          await door.find(reading, params, reading.house.clock.now()),
          door.baseOf(slugOf(reading), params),
          { from: query.from, to: query.to },
        ),
      page: comparePage,
    }),
  ];
}

export const paperReadingEndpoints: readonly Endpoint[] = [
  ...readEndpoints(signedIn, false),
  ...readEndpoints(byKey('paper'), false),
  ...readEndpoints(byKey('joint-statement'), true),
];
