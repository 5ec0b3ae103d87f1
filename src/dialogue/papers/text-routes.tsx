/** Proposing, taking positions, taking up and setting aside, behind either door. */
import { z } from 'zod';
import type { Caller } from '../../http/caller.ts';
import { read, write, type Attempt, type Endpoint } from '../../http/endpoint.ts';
import type { Reading, Work } from '../../house.ts';
import { problem } from '../../problem.ts';
import { clauseKindSchema, longestClause, type ProposalChange } from '../../text/event.ts';
import { findClause } from '../../text/state.ts';
import { blankForm } from '../../ui/forms.tsx';
import { withNotice } from '../../ui/layout.tsx';
import * as actions from './actions.ts';
import { joinAnswer } from './answers.ts';
import { proposePage } from './clause-pages.tsx';
import { byKey, clauseName, done, organisation, reason, signedIn, slugOf, withName, type Door } from './doors.ts';
import { startOfText } from './names.ts';
import { blankProposalForms, joinPage, proposalPage } from './proposal-pages.tsx';
import { describeClausePage, describeJoin, describeProposalPage } from './clause-reading.ts';
import { readText } from './text.ts';

type Asking = Caller & (Reading | Work);

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
      query: z.object({ proposals: z.array(clauseName).default([]) }),
      answer: joinAnswer,
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
        proposals: z.array(clauseName).min(1).max(50),
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

const keyed = byKey('paper');

export const paperTextEndpoints: readonly Endpoint[] = [
  ...proposing(signedIn),
  ...takingUp(signedIn),
  ...proposing(keyed),
  ...takingUp(keyed),
];
