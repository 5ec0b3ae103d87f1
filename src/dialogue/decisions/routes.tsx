/** Decisions: opened and told by those who convene; answered through either of two doors, signed in or with the key from a mail. */
import { z } from 'zod';
import type { MailKind } from '../../field/mail/mail-kind.ts';
import type { Reader } from '../../db/database.ts';
import type { Caller } from '../../http/caller.ts';
import { read, write, type Attempt, type Endpoint } from '../../http/endpoint.ts';
import type { Reading, Work } from '../../house.ts';
import type { DecisionId } from '../../ids.ts';
import { confirmMembership } from '../../network/members/actions.ts';
import { keyParams, openKey } from '../../network/members/opened-key.ts';
import { networkFactsOf, networkPath } from '../../network/members/section.tsx';
import { problem } from '../../problem.ts';
import { blankForm, type FormState } from '../../ui/forms.tsx';
import { withNotice } from '../../ui/layout.tsx';
import { answersSchema } from '../papers/forms.tsx';
import { speakerOf } from '../papers/speaker.ts';
import { findPaperBySlug, listPapers } from '../papers/store.ts';
import { spacePath } from '../programme/answers.ts';
import { getVisibleSpace, requireConvening } from '../programme/spaces/actions.ts';
import { slugForm } from '../programme/spaces/space.ts';
import { findSpace } from '../programme/spaces/store.ts';
import { inLanguage } from '../texts.ts';
import * as actions from './actions.ts';
import { decisionAnswer, decisionPath } from './answers.ts';
import { choices } from './decision.ts';
import { decisionMail } from './decision-mail.ts';
import { decisionSchema, newDecisionAnswer, newDecisionPage } from './form.tsx';
import { decisionPage } from './pages.tsx';
import { describeDecision, findDecisionFor } from './reading.ts';
import { readRanking } from './ranking.ts';
import * as store from './store.ts';

const spaceParams = z.object({ space: z.string().regex(slugForm) });
const done = z.object({ path: z.string() });
const slugOf = ({ party }: Caller): string => party?.slug ?? '';

async function describeNew(
  reading: Reading & Caller,
  slug: string,
  paper: string | undefined,
): Promise<z.output<typeof newDecisionAnswer>> {
  const { reader, locale } = reading;
  const space = await getVisibleSpace(reader, reading, slug);
  await requireConvening(reader, reading, space.id);
  const network = networkFactsOf(reading);
  const papers = (await listPapers(reader, space.id)).filter(
    ({ state, heldBy }) => state === 'open' && heldBy === undefined,
  );
  const chosen = papers.find((each) => each.slug === paper);
  return {
    network,
    space: {
      title: inLanguage(space.title, locale, space.language) ?? { language: space.language, text: space.slug },
      path: spacePath(network.slug, space.slug),
    },
    papers: papers.map((each) => ({ slug: each.slug, title: each.title })),
    saved: {
      language: chosen?.language ?? space.language,
      hours: '72',
      outcomeDueDays: '14',
      entitled: 'people-of-space',
      paper: chosen?.slug ?? '',
      ...(chosen && { question: chosen.title, method: 'silence' }),
    },
  };
}

const newForm = read({
  path: '/p/:party/spaces/:space/decisions/new',
  summary: 'What is asked of a new decision',
  for: 'anyone',
  params: spaceParams,
  query: z.object({ paper: z.string().regex(slugForm).optional() }),
  answer: newDecisionAnswer,
  handle: (reading, { params, query }) => describeNew(reading, params.space, query.paper),
  page: (answer, view) => newDecisionPage(answer, view, blankForm(answer.saved)),
});

const open = write({
  path: '/p/:party/spaces/:space/decisions',
  summary: 'Puts a question, or a paper, to those entitled to decide; who they are is fixed now',
  for: 'anyone',
  params: spaceParams,
  body: decisionSchema,
  answer: done,
  async handle(work, { params, body }) {
    const space = await getVisibleSpace(work.tx.db, work, params.space);
    const paper = body.paper === undefined ? undefined : await findPaperBySlug(work.tx.db, body.paper);
    if (body.paper !== undefined && paper?.space !== space.id) throw problem.notFound({ what: 'paper' });
    const id = await actions.openDecision(work, space, { ...body, explanation: body.explanation, paper });
    return { path: decisionPath(slugOf(work), id) };
  },
  then: ({ path }) => withNotice(path, 'decisions.done-opened'),
  form: async ({ form, params }, view, reading) =>
    newDecisionPage(await describeNew(reading, params.space, undefined), view, form),
});

// Two doors

type Asking = Caller & (Reading | Work);
const readerOf = (asking: Asking): Reader => ('reader' in asking ? asking.reader : asking.tx.db);

interface Door<Params extends z.ZodObject> {
  readonly path: string;
  readonly params: Params;
  find(asking: Asking, params: z.output<Params>, now: Date): Promise<actions.At>;
  baseOf(slug: string, params: z.output<Params>): string;
}

const decisionParams = z.object({ decision: z.uuid() });

const signedIn: Door<typeof decisionParams> = {
  path: '/p/:party/decisions/:decision',
  params: decisionParams,
  find: (asking, { decision }) => findDecisionFor(readerOf(asking), asking, decision),
  baseOf: (slug, { decision }) => decisionPath(slug, decision),
};

const byKey: Door<typeof keyParams> = {
  path: '/p/:party/k/:key/decision',
  params: keyParams,
  async find(asking, { key }, now) {
    const reader = readerOf(asking);
    const { member, thing } = await openKey(reader, key, now, 'decision');
    if ('tx' in asking) await confirmMembership(asking, member);
    const decision = await store.findDecision(reader, thing.id as DecisionId);
    const space = decision && (await findSpace(reader, decision.space));
    if (!decision || !space) throw problem.notFound({ what: 'decision' });
    // Whoever was asked may answer, also when she has no role in the space.
    const speaker = await speakerOf(reader, member, space);
    return { decision, space, speaker: { ...speaker, voice: member.id } };
  },
  baseOf: (slug, { key }) => `${networkPath(slug)}/k/${key}/decision`,
};

function endpointsOf<Params extends z.ZodObject>(door: Door<Params>): readonly Endpoint[] {
  const describe = async (reading: Reading & Caller, params: z.output<Params>) =>
    describeDecision(
      reading,
      await door.find(reading, params, reading.house.clock.now()),
      door.baseOf(slugOf(reading), params),
    );
  const step = <Body extends z.ZodObject>(
    name: string,
    summary: string,
    notice: Parameters<typeof withNotice>[1],
    body: Body,
    run: (work: Work, at: actions.At, body: z.output<Body>) => Promise<unknown>,
    formOf: (form: FormState) => Parameters<typeof decisionPage>[2] = () => undefined,
  ): Endpoint =>
    write({
      path: `${door.path}/${name}`,
      summary,
      for: 'anyone',
      params: door.params,
      bodyLimitBytes: 2_000_000,
      body,
      answer: done,
      async handle(work, input) {
        await run(work, await door.find(work, input.params, work.tx.now), input.body);
        return { path: door.baseOf(slugOf(work), input.params) };
      },
      then: ({ path }) => withNotice(path, notice),
      form: async ({ form, params }: Attempt<z.output<Params>>, view, reading) =>
        decisionPage(await describe(reading, params), view, formOf(form)),
    });
  return [
    read({
      path: door.path,
      summary: 'A decision: what is asked, who is entitled, what was said by whom and why, what came of it',
      for: 'anyone',
      params: door.params,
      answer: decisionAnswer,
      handle: (reading, { params }) => describe(reading, params),
      page: (answer, view) => decisionPage(answer, view),
    }),
    step(
      'answer',
      'Takes a position, or ranks the options; the latest counts. Of who is not entitled it is heard and not counted',
      'decisions.done-answered',
      z.object({
        choice: z.enum(choices).optional(),
        /** `2 1 3`: numbers of options, from the most wanted on. */
        ranking: z.string().trim().max(200).optional(),
        reason: z.string().trim().min(1).max(2000).optional(),
        organisation: z.uuid().optional(),
      }),
      (work, at, body) =>
        actions.answer(work, at, {
          choice: body.choice,
          ranking: body.ranking === undefined ? undefined : readRanking(body.ranking),
          reason: body.reason,
          organisation: body.organisation,
        }),
      (form) => ({ answer: form, outcome: undefined }),
    ),
    step(
      'outcome',
      'Tells what came of a decision, with an answer to each objection and each proposal not adopted; of an adopted paper it is the publication',
      'decisions.done-told',
      z.object({ text: z.string().trim().min(1).max(20_000), answers: answersSchema }),
      (work, at, { text, answers }) => actions.publishOutcome(work, at, { text, answers, proposals: answers }),
      (form) => ({ answer: undefined, outcome: form }),
    ),
    step(
      'withdraw',
      'Takes a decision back while it runs; everybody reads why',
      'decisions.done-withdrawn',
      z.object({ why: z.string().trim().min(1).max(2000) }),
      (work, at, { why }) => actions.withdrawDecision(work, at, why),
    ),
  ];
}

export const decisionEndpoints: readonly Endpoint[] = [newForm, open, ...endpointsOf(signedIn), ...endpointsOf(byKey)];

export const decisionMails: readonly MailKind[] = [decisionMail];
