/**
 * What people do on a paper, through either of two doors: signed in (/p/:party/papers/:paper), or with the key from a mail and no account at all
 * (/p/:party/k/:key/paper). Both do the same things.
 */
import { z } from 'zod';
import type { Reader } from '../../db/database.ts';
import type { Caller } from '../../http/caller.ts';
import { read, write, type Attempt, type Endpoint } from '../../http/endpoint.ts';
import type { Reading, Work } from '../../house.ts';
import type { PaperId } from '../../ids.ts';
import { confirmMembership } from '../../network/members/actions.ts';
import { keyParams, openKey } from '../../network/members/own-routes.tsx';
import { networkPath } from '../../network/members/section.tsx';
import { problem } from '../../problem.ts';
import { clauseKindSchema, longestClause, type ProposalChange } from '../../text/event.ts';
import { findClause } from '../../text/state.ts';
import { blankForm } from '../../ui/forms.tsx';
import { withNotice } from '../../ui/layout.tsx';
import { findSpace } from '../programme/spaces/store.ts';
import { slugForm } from '../programme/spaces/space.ts';
import * as actions from './actions.ts';
import * as answers from './answers.ts';
import { blankProposalForms, clausePage, joinPage, proposalPage, proposePage } from './clause-pages.tsx';
import { comparePage } from './compare-page.tsx';
import { namePattern, startOfText } from './names.ts';
import { paperPage } from './paper-page.tsx';
import {
  describeClausePage,
  describeComparison,
  describeJoin,
  describePaperPage,
  describeProposalPage,
  findPaperFor,
} from './reading.ts';
import { signOn, withdrawSignOn } from './signing.ts';
import { maySee, speakerOf } from './speaker.ts';
import * as store from './store.ts';
import { readText } from './text.ts';

export type Asking = Caller & (Reading | Work);
export const readerOf = (asking: Asking): Reader => ('reader' in asking ? asking.reader : asking.tx.db);

/** How a request says on which paper, and as whom. */
interface Door<Params extends z.ZodObject> {
  readonly path: string;
  readonly params: Params;
  find(asking: Asking, params: z.output<Params>, now: Date): Promise<actions.At>;
  baseOf(slug: string, params: z.output<Params>): string;
}

export const paperParams = z.object({ paper: z.string().regex(slugForm) });

const signedIn: Door<typeof paperParams> = {
  path: '/p/:party/papers/:paper',
  params: paperParams,
  find: (asking, { paper }) => findPaperFor(readerOf(asking), asking, paper),
  baseOf: (slug, { paper }) => answers.paperPath(slug, paper),
};

const byKey = (kind: 'paper' | 'joint-statement'): Door<typeof keyParams> => ({
  path: `/p/:party/k/:key/${kind}`,
  params: keyParams,
  async find(asking, { key }, now) {
    const reader = readerOf(asking);
    const { member, thing } = await openKey(reader, key, now, kind);
    if ('tx' in asking) await confirmMembership(asking, member);
    const paper = await store.findPaper(reader, thing.id as PaperId);
    const space = paper && (await findSpace(reader, paper.space));
    if (!paper || !space) throw problem.notFound({ what: 'paper' });
    const speaker = await speakerOf(reader, member, space);
    if (!maySee(space, paper.state === 'open', speaker)) throw problem.notFound({ what: 'paper' });
    return { paper, space, speaker };
  },
  baseOf: (slug, { key }) => `${networkPath(slug)}/k/${key}/${kind}`,
});

const done = z.object({ path: z.string() });
const name = z.string().regex(namePattern);
const reason = z.string().trim().min(1).max(2000);
const organisation = z.uuid().optional();
const slugOf = ({ party }: Caller): string => party?.slug ?? '';

/** The parameters of a door and one more. */
function withName<Params extends z.ZodObject, Name extends string>(params: Params, added: Name) {
  return params.extend({ [added]: name }) as unknown as z.ZodObject &
    z.ZodType<z.output<Params> & Readonly<Record<Name, string>>>;
}

const changeSchema = z.object({
  op: z.enum(['change', 'add', 'delete', 'keep']),
  text: z.string().trim().min(1).max(longestClause).optional(),
  /** Of the clause, that the author worked from. */
  version: z.int().min(0).optional(),
  kind: clauseKindSchema.optional(),
  reason,
  onBehalfOf: organisation,
});

function changeOf(
  clause: string,
  { op, text, version = 0, kind = 'paragraph' }: z.output<typeof changeSchema>,
): ProposalChange {
  if (op === 'delete' || op === 'keep') return { op, clause };
  if (text === undefined)
    throw problem.inputInvalid({ fields: [{ path: 'text', code: 'required', message: 'required' }] });
  return op === 'add'
    ? { op, after: clause === startOfText ? null : clause, kind, text }
    : { op, clause, version, text };
}

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

function proposing<Params extends z.ZodObject>(door: Door<Params>): readonly Endpoint[] {
  const clauseParams = withName(door.params, 'clause');
  const proposalParams = withName(door.params, 'proposal');
  const find = (asking: Asking, params: z.output<Params>) =>
    door.find(asking, params, 'tx' in asking ? asking.tx.now : asking.house.clock.now());
  const base = (asking: Caller, params: z.output<Params>): string => door.baseOf(slugOf(asking), params);

  const propose = write({
    path: `${door.path}/clauses/:clause/propose`,
    summary: 'Proposes to change, delete or keep a clause, or to add one behind it',
    for: 'anyone',
    params: clauseParams,
    bodyLimitBytes: 100_000,
    body: changeSchema,
    answer: done,
    async handle(work, { params, body }) {
      const at = await find(work, params);
      const proposal = await actions.propose(work, at, {
        what: changeOf(params.clause, body),
        reason: body.reason,
        onBehalfOf: body.onBehalfOf,
      });
      return { path: `${base(work, params)}/proposals/${proposal}` };
    },
    then: ({ path }) => withNotice(path, 'papers.done-proposed'),
    form: async ({ form, params }, view, reading) => {
      const op = changeSchema.shape.op.catch('change').parse(form.values['op']);
      const answer = await describeClausePage(
        reading,
        await find(reading, params),
        base(reading, params),
        params.clause,
      );
      return proposePage(answer, view, op, form);
    },
  });

  const step = <Body extends z.ZodObject>(
    what: string,
    summary: string,
    notice: Parameters<typeof withNotice>[1],
    body: Body,
    run: (work: Work & Caller, at: actions.At, proposal: string, body: z.output<Body>) => Promise<void>,
    which?: 'position' | 'settle',
  ): Endpoint =>
    write({
      path: `${door.path}/proposals/:proposal/${what}`,
      summary,
      for: 'anyone',
      params: proposalParams,
      body,
      answer: done,
      async handle(work, input) {
        await run(work, await find(work, input.params), input.params.proposal, input.body);
        return { path: `${base(work, input.params)}/proposals/${input.params.proposal}` };
      },
      then: ({ path }) => withNotice(path, notice),
      ...(which !== undefined && {
        form: async ({ form, params }: Attempt<z.output<typeof proposalParams>>, view, reading) =>
          proposalPage(
            await describeProposalPage(reading, await find(reading, params), base(reading, params), params.proposal),
            view,
            { ...blankProposalForms, [which]: form },
          ),
      }),
    });

  return [
    propose,
    step(
      'position',
      'Supports a proposal, objects to it with a reason, or says that either will do',
      'papers.done-position',
      z.object({
        position: z.enum(['support', 'flexible', 'reserve', 'object']),
        reason: reason.optional(),
        onBehalfOf: organisation,
      }),
      (work, at, proposal, body) =>
        actions.takePosition(work, at, proposal, {
          position: body.position,
          reason: body.reason,
          onBehalfOf: body.onBehalfOf,
        }),
      'position',
    ),
    step('withdraw', 'Takes one’s own proposal back', 'papers.done-withdrawn', z.object({}), actions.withdrawProposal),
    step(
      'resume',
      'A proposal that was set aside for later is open again',
      'papers.done-resumed',
      z.object({}),
      actions.resumeProposal,
    ),
    step(
      'set-aside',
      'Declines a proposal or sets it aside for later, with the reason that its proposer reads',
      'papers.done-set-aside',
      z.object({ how: z.enum(['declined', 'parked']), answer: reason }),
      (work, at, proposal, body) => actions.setAside(work, at, proposal, body.how, body.answer),
      'settle',
    ),
  ];
}

function takingUp<Params extends z.ZodObject>(door: Door<Params>): readonly Endpoint[] {
  const clauseParams = withName(door.params, 'clause');
  const find = (asking: Asking, params: z.output<Params>) =>
    door.find(asking, params, 'tx' in asking ? asking.tx.now : asking.house.clock.now());
  const base = (asking: Caller, params: z.output<Params>): string => door.baseOf(slugOf(asking), params);
  return [
    read({
      path: `${door.path}/clauses/:clause/join`,
      summary: 'Open proposals on a clause, and the words that join those chosen',
      for: 'anyone',
      params: clauseParams,
      query: z.object({ proposals: z.array(name).default([]) }),
      answer: answers.joinAnswer,
      handle: async (reading, { params, query }) =>
        describeJoin(reading, await find(reading, params), base(reading, params), params.clause, query.proposals),
      page: (answer, view) =>
        joinPage(
          answer,
          view,
          blankForm({
            proposals: answer.chosen,
            text: answer.suggestion === '' ? undefined : answer.suggestion,
            base: answer.version === null ? undefined : String(answer.version),
          }),
        ),
    }),
    write({
      path: `${door.path}/clauses/:clause/join`,
      summary:
        'Takes one proposal up, or several in words that join them; `base` is the version of the clause that was seen',
      for: 'anyone',
      params: clauseParams,
      bodyLimitBytes: 100_000,
      body: z.object({
        proposals: z.array(name).min(1).max(50),
        text: z.string().trim().min(1).max(longestClause).optional(),
        base: z.int().min(0).optional(),
        reason: reason.optional(),
      }),
      answer: done,
      async handle(work, { params, body }) {
        const at = await find(work, params);
        const { proposals, text = null, base: version, reason: why } = body;
        await actions.takeUp(work, at, { proposals, text, base: version, reason: why });
        return { path: `${base(work, params)}/clauses/${params.clause}` };
      },
      then: ({ path }) => withNotice(path, 'papers.done-taken-up'),
      form: async ({ form, params, problem: refusal }, view, reading) => {
        const at = await find(reading, params);
        const chosen = [form.values['proposals'] ?? []].flat();
        const answer = await describeJoin(reading, at, base(reading, params), params.clause, chosen);
        if (refusal.code !== problem.textHasMovedOn.code) return joinPage(answer, view, form);
        const clause = findClause(await readText(reading.reader, at.paper.id), params.clause);
        const since = clause?.versions[Number(form.values['base'])]?.text ?? undefined;
        // What was typed stays; taking it up once more is then a decision.
        const values = { ...form.values, ...(answer.version !== null && { base: String(answer.version) }) };
        return joinPage(answer, view, { ...form, values }, since);
      },
    }),
  ];
}

function signing<Params extends z.ZodObject>(door: Door<Params>): readonly Endpoint[] {
  const step = <Body extends z.ZodObject>(
    what: string,
    summary: string,
    notice: Parameters<typeof withNotice>[1],
    body: Body,
    run: (work: Work, at: actions.At, body: z.output<Body>) => Promise<unknown>,
  ): Endpoint =>
    write({
      path: `${door.path}/${what}`,
      summary,
      for: 'anyone',
      params: door.params,
      body,
      answer: done,
      async handle(work, input) {
        await run(work, await door.find(work, input.params, work.tx.now), input.body);
        return { path: door.baseOf(slugOf(work), input.params) };
      },
      then: ({ path }) => withNotice(path, notice),
    });
  return [
    step(
      'sign',
      'Signs a joint statement, for oneself or for an organisation that one speaks for',
      'papers.done-signed',
      z.object({ organisation }),
      (work, at, body) => signOn(work, at, body.organisation),
    ),
    step(
      'signatures/withdraw',
      'Takes a signature back before the deadline',
      'papers.done-signature-withdrawn',
      z.object({ signature: z.uuid() }),
      (work, at, body) => withdrawSignOn(work, at, body.signature),
    ),
  ];
}

const keyed = byKey('paper');
const statement = byKey('joint-statement');

export const paperMemberEndpoints: readonly Endpoint[] = [
  ...readEndpoints(signedIn, false),
  ...proposing(signedIn),
  ...takingUp(signedIn),
  ...signing(signedIn),
  ...readEndpoints(keyed, false),
  ...proposing(keyed),
  ...takingUp(keyed),
  ...readEndpoints(statement, true),
  ...signing(statement),
];
