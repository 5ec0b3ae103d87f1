import { z } from 'zod';
import { actIdSchema } from '../acts/payload.ts';
import { read, write, type Attempt, type Endpoint } from '../http/endpoint.ts';
import type { Caller } from '../http/caller.ts';
import type { Reading, Work } from '../house.ts';
import type { ActId, SubjectId } from '../ids.ts';
import { problem } from '../problem.ts';
import { blankForm } from '../ui/forms.tsx';
import { withNotice } from '../ui/layout.tsx';
import type { View } from '../ui/view.ts';
import * as actions from './actions.ts';
import { agreementAnswer, agreementListAnswer, answersAnswer } from './answers.ts';
import {
  blankDraftValues,
  documentOf,
  draftOf,
  draftSchema,
  formValuesOf,
  unfinishedDraftSchema,
  withOneMore,
} from './draft.ts';
import { forbiddenPurposes } from './floor.ts';
import { bindingText, currentText, type InstrumentState } from './instrument.ts';
import { draftFormPage, type DraftFormAnswer } from './draft-page.tsx';
import { agreementListPage, agreementPage, communityAnswersPage } from './pages.tsx';
import { purposes } from './purposes.ts';
import { choicesFor, describeAgreement, describeAgreements, getByKey, negotiatingRoles, pathOf } from './reading.ts';
import { stepsOnVersion, type StepOnVersion } from './steps.ts';
import * as store from './store.ts';

/** The random half of a subject's id, which alone is unique. */
const keyParam = z.object({ key: z.string().regex(/^[A-Za-z0-9_-]{22}$/) });

const negotiators = { role: negotiatingRoles };

const list = read({
  path: '/agreements',
  summary: 'Every agreement this node knows: texts, parties, status',
  for: 'anyone',
  answer: agreementListAnswer,
  handle: describeAgreements,
  page: agreementListPage,
});

const one = read({
  path: '/agreements/:key',
  summary: 'One agreement: who is bound by what from when, its text and terms, its acts with how far each has come',
  for: 'anyone',
  params: keyParam,
  answer: agreementAnswer,
  handle: (reading, { params }) => describeAgreement(reading, params.key),
  page: agreementPage,
});

const formAnswer = z.object({
  action: z.string(),
  heading: z.enum(['form-new', 'form-revise', 'form-amend']),
  base: z.string(),
  parties: z.array(z.object({ did: z.string(), name: z.string() })).readonly(),
  keepers: z.array(z.object({ did: z.string(), name: z.string() })).readonly(),
  values: z.record(z.string(), z.union([z.string(), z.array(z.string()).readonly()])),
});

const newForm = read({
  path: '/agreements/new',
  summary: 'What can be chosen from when drafting an agreement',
  for: negotiators,
  answer: formAnswer,
  async handle(reading) {
    const choices = await choicesFor(reading, { action: '/agreements', heading: 'form-new', base: '' });
    return {
      ...choices,
      values: { ...blankDraftValues, language: reading.locale, keepers: choices.keepers.map(({ did }) => did) },
    };
  },
  page: (answer, view) => draftFormPage(answer, blankForm(answer.values), view),
});

/** The form again, with everything typed and room for more: nothing is judged and nothing is stored. */
const drawnAgain = <P extends z.ZodObject>(
  path: string,
  params: P,
  choose: (reading: Reading & Caller, given: z.output<P>, base: string) => Promise<DraftFormAnswer>,
) =>
  write({
    path,
    summary: 'What was typed of a draft so far, with one article or one rule more; nothing is stored',
    for: negotiators,
    params,
    body: unfinishedDraftSchema,
    bodyLimitBytes: 400_000,
    answer: formAnswer,
    async handle(work, { params: given, body }) {
      const choices = await choose({ ...work, reader: work.tx.db }, given, body.base);
      return { ...choices, values: withOneMore(body) };
    },
    show: (answer, view) => draftFormPage(answer, blankForm(answer.values), view),
  });

const newAgain = drawnAgain('/agreements/draft', z.object({}), (reading) =>
  choicesFor(reading, { action: '/agreements', heading: 'form-new', base: '' }),
);

/** `prepared`: the act waits for its person's own proof, at this path. */
const stepAnswer = z.object({ path: z.string(), prepared: z.string().nullable() });

const proposeEndpoint = write({
  path: '/agreements',
  summary: 'Puts the first text of an agreement forward; the author’s party keeps its acts in order',
  for: negotiators,
  body: draftSchema,
  bodyLimitBytes: 400_000,
  answer: stepAnswer,
  async handle(work, { body }) {
    const id = await actions.proposeInstrument(work, delegateOf(work), await toDocument(work, body));
    return { path: pathOf(id), prepared: null };
  },
  then: ({ path }) => withNotice(path, 'agreement.done-proposed'),
  form: async ({ form }, view, reading) =>
    draftFormPage(await choicesFor(reading, { action: '/agreements', heading: 'form-new', base: '' }), form, view),
});

async function toDocument(work: Work & Caller, draft: z.output<typeof draftSchema>) {
  if (!work.party) throw problem.notAllowed({ needs: 'delegate' });
  const logs = await store.listCosigners(work.tx.db);
  const parsed = documentOf(
    draft,
    work.party.did,
    (operator) => logs.find((log) => log.operator === operator)?.cosigner_vkey,
  );
  if ('document' in parsed) return parsed.document;
  throw problem.inputInvalid({ fields: parsed.errors });
}

function delegateOf({ viewer }: Caller): actions.Delegate {
  if (!viewer.account || !viewer.party) throw problem.notAllowed({ needs: 'delegate' });
  return { account: viewer.account.id, party: viewer.party.id };
}

/** What was on the page that the button stood on; a text that has changed since is neither signed nor refused unread. */
const onVersion = z.object({ version: actIdSchema });

const takingSteps: Record<
  StepOnVersion,
  {
    readonly summary: string;
    readonly run: (work: Work, by: actions.Delegate, id: SubjectId, version: ActId) => Promise<actions.Binding>;
  }
> = {
  sign: {
    summary: 'Signs this version of the text, binding at once',
    run: (work, by, id, version) => actions.signInstrument(work, by, id, version, 'definitive'),
  },
  'sign-subject-to-ratification': {
    summary: 'Signs this version of the text; the party is bound when it ratifies',
    run: (work, by, id, version) => actions.signInstrument(work, by, id, version, 'subject-to-ratification'),
  },
  ratify: { summary: 'Ratifies the version that was signed', run: actions.ratifyInstrument },
  refuse: {
    summary: 'Refuses this version of the text; binds on receipt',
    run: async (work, by, id, version) => ({ stated: await actions.refuseInstrument(work, by, id, version) }),
  },
};

const pathAfter = (id: SubjectId, bound: actions.Binding): z.input<typeof stepAnswer> => ({
  path: pathOf(id),
  prepared: 'prepared' in bound ? `/acts/prepared/${bound.prepared}` : null,
});

const stepEndpoints = stepsOnVersion.map((step) => {
  const { summary, run } = takingSteps[step];
  return write({
    path: `/agreements/:key/${step}`,
    summary,
    for: negotiators,
    params: keyParam,
    body: onVersion,
    answer: stepAnswer,
    async handle(work, { params, body }) {
      const { id } = await getByKey(work.tx.db, params.key);
      return pathAfter(id, await run(work, delegateOf(work), id, body.version));
    },
    then: ({ path, prepared }) => prepared ?? withNotice(path, 'agreement.done-step'),
  });
});

const withdraw = write({
  path: '/agreements/:key/withdraw',
  summary: 'Withdraws from the agreement, after the notice that it asks for',
  for: negotiators,
  params: keyParam,
  body: z.object({}),
  answer: stepAnswer,
  async handle(work, { params }) {
    const { id } = await getByKey(work.tx.db, params.key);
    return pathAfter(id, await actions.withdrawFromInstrument(work, delegateOf(work), id));
  },
  then: ({ path, prepared }) => prepared ?? withNotice(path, 'agreement.done-step'),
});

const accept = write({
  path: '/agreements/:key/accept-amendment',
  summary: 'Accepts an amendment',
  for: negotiators,
  params: keyParam,
  body: z.object({ amendment: actIdSchema }),
  answer: stepAnswer,
  async handle(work, { params, body }) {
    const { id } = await getByKey(work.tx.db, params.key);
    return pathAfter(id, await actions.acceptAmendment(work, delegateOf(work), id, body.amendment));
  },
  then: ({ path, prepared }) => prepared ?? withNotice(path, 'agreement.done-step'),
});

const takeOver = write({
  path: '/agreements/:key/take-over',
  summary: 'Takes the place of a host that has been silent for seven proven days',
  for: negotiators,
  params: keyParam,
  body: z.object({}),
  answer: stepAnswer,
  async handle(work, { params }) {
    const { id } = await getByKey(work.tx.db, params.key);
    await actions.takeOverHosting(work, delegateOf(work), id);
    return { path: pathOf(id), prepared: null };
  },
  then: ({ path }) => withNotice(path, 'agreement.done-step'),
});

const rewrites = (['revise', 'amend'] as const).flatMap((step) => {
  const heading = step === 'revise' ? 'form-revise' : 'form-amend';
  const path = `/agreements/:key/${step}`;
  const textOf = (state: InstrumentState) => (step === 'revise' ? currentText(state) : bindingText(state));
  return [
    read({
      path,
      summary: 'The text that a new one would replace, and what can be chosen from',
      for: negotiators,
      params: keyParam,
      answer: formAnswer,
      async handle(reading, { params }) {
        const { id, state } = await getByKey(reading.reader, params.key);
        const { act, document } = textOf(state);
        const choices = await choicesFor(reading, { action: `${pathOf(id)}/${step}`, heading, base: act });
        return { ...choices, values: formValuesOf(draftOf(document)) };
      },
      page: (answer, view) => draftFormPage(answer, blankForm(answer.values), view),
    }),
    write({
      path,
      summary:
        step === 'revise'
          ? 'Puts a new text forward while it is negotiated'
          : 'Proposes another text while one is in force',
      for: negotiators,
      params: keyParam,
      body: draftSchema.extend({ base: actIdSchema }),
      bodyLimitBytes: 400_000,
      answer: stepAnswer,
      async handle(work, { params, body }) {
        const { id } = await getByKey(work.tx.db, params.key);
        const document = await toDocument(work, body);
        const by = delegateOf(work);
        if (step === 'amend') return pathAfter(id, await actions.proposeAmendment(work, by, id, body.base, document));
        await actions.reviseText(work, by, id, body.base, document);
        return { path: pathOf(id), prepared: null };
      },
      then: ({ path: to, prepared }) => prepared ?? withNotice(to, 'agreement.done-step'),
      form: async ({ form, params }: Attempt<z.output<typeof keyParam>>, view: View, reading) => {
        const base = form.values['base'];
        return draftFormPage(
          await choicesFor(reading, {
            action: `/agreements/${params.key}/${step}`,
            heading,
            base: typeof base === 'string' ? base : '',
          }),
          form,
          view,
        );
      },
    }),
    drawnAgain(`${path}/draft`, keyParam, (reading, { key }, base) =>
      choicesFor(reading, { action: `/agreements/${key}/${step}`, heading, base }),
    ),
  ];
});

const council = { role: ['council', 'administrator'] as const };

const answers = read({
  path: '/community/answers',
  summary: 'What this community’s council has said its people’s data may be used for',
  for: council,
  answer: answersAnswer,
  async handle({ reader, party }) {
    const given = party ? await store.listCommunityAnswers(reader, [party.did]) : [];
    return {
      answers: purposes
        .filter((purpose) => !forbiddenPurposes.has(purpose))
        .map((purpose) => ({ purpose, answer: given.find((each) => each.purpose === purpose)?.answer ?? null })),
    };
  },
  page: communityAnswersPage,
});

const answer = write({
  path: '/community/answers',
  summary: 'The council answers for its own people; binds at once',
  for: council,
  body: z.object({ purpose: z.enum(purposes), answer: z.enum(['agreed', 'refused']) }),
  answer: z.object({}),
  async handle(work, { body }) {
    await actions.answerAsCommunity(work, delegateOf(work), body.purpose, body.answer);
    return {};
  },
  then: () => withNotice('/community/answers', 'agreement.done-answered'),
});

export const agreementEndpoints: readonly Endpoint[] = [
  list,
  newForm,
  one,
  newAgain,
  proposeEndpoint,
  ...stepEndpoints,
  withdraw,
  accept,
  takeOver,
  ...rewrites,
  answers,
  answer,
];
