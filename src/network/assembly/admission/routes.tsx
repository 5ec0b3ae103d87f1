/** Asking to come in as an organisation, and what becomes of it; the rules by which the network governs itself. */
import { z } from 'zod';
import { partyKinds } from '../../../acts/spine-types.ts';
import type { Caller } from '../../../http/caller.ts';
import { read, write, type Endpoint } from '../../../http/endpoint.ts';
import type { Reading, Work } from '../../../house.ts';
import { isDid } from '../../../ids.ts';
import { plainDateAt } from '../../../period.ts';
import { problem } from '../../../problem.ts';
import { blankForm, type FormState } from '../../../ui/forms.tsx';
import { withNotice } from '../../../ui/layout.tsx';
import { locales } from '../../../ui/locales.ts';
import { networkFacts } from '../../members/answers.ts';
import { isCountry } from '../../members/countries.ts';
import { emailSchema } from '../../members/entry-form.tsx';
import { findMember, isSecretariat } from '../../members/member.ts';
import { networkFactsOf, networkPath } from '../../members/section.tsx';
import { findRules, rulesSchema, setRules } from '../rules/rules.ts';
import { rulesPage } from '../rules/page.tsx';
import { listOwnVoices } from '../voices.ts';
import * as actions from './actions.ts';
import { applicationPage, applicationsPage, appliedPage, applyPage } from './pages.tsx';
import * as store from './store.ts';

const done = z.object({ path: z.string() });
const slugOf = ({ party }: Caller): string => party?.slug ?? '';
const applicationsPath = (slug: string): string => `${networkPath(slug)}/applications`;

export const applyAnswer = z.object({ network: networkFacts, rules: rulesSchema });

const describeApply = async (reading: Reading & Caller) => ({
  network: networkFactsOf(reading),
  rules: await findRules(reading.reader),
});

const applyForm = read({
  path: '/p/:party/apply',
  summary: 'What is asked of an organisation that wants to come in, and who decides',
  for: 'anyone',
  answer: applyAnswer,
  handle: describeApply,
  page: (answer, view) => applyPage(answer, view, blankForm({ country: '' })),
});

const apply = write({
  path: '/p/:party/apply',
  summary: 'Asks to come in as an organisation',
  for: 'anyone',
  limit: 'unnamed',
  body: z.object({
    name: z.string().trim().min(1).max(200),
    kind: z.enum(partyKinds),
    country: z.string().refine(isCountry, 'not-a-choice').optional(),
    website: z
      .url({ protocol: /^https?$/ })
      .max(300)
      .optional(),
    did: z.string().trim().refine(isDid, 'wrong-form').optional(),
    why: z.string().trim().min(1).max(5000),
    contactName: z.string().trim().min(1).max(200),
    contactEmail: emailSchema,
    language: z.enum(locales),
  }),
  answer: done,
  async handle(work, { body }) {
    await actions.apply(work, { ...body, country: body.country, website: body.website, did: body.did });
    return { path: `${networkPath(slugOf(work))}/apply/received` };
  },
  then: ({ path }) => path,
  form: async ({ form }, view, reading) => applyPage(await describeApply(reading), view, form),
});

const received = read({
  path: '/p/:party/apply/received',
  summary: 'What happens next with an application',
  for: 'anyone',
  answer: applyAnswer,
  handle: describeApply,
  page: appliedPage,
});

// For members

/** Nobody else's business while it is not decided: an organisation that is declined has no wish to read that here. */
async function requireInside(reading: Reading & Caller): Promise<void> {
  if (!reading.viewer.account) throw problem.notSignedIn({});
  if (!isSecretariat(reading) && !(await findMember(reading.reader, reading)))
    throw problem.notAllowed({ needs: 'member' });
}

const summary = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(partyKinds),
  country: z.string().nullable(),
  appliedAt: z.iso.datetime(),
  silenceUntil: z.iso.datetime().nullable(),
  state: z.enum(['waiting', 'admitted', 'declined']),
});

const summarise = (application: store.Application): z.output<typeof summary> => ({
  id: application.id,
  name: application.name,
  kind: application.kind,
  country: application.country,
  appliedAt: application.applied_at.toISOString(),
  silenceUntil: application.silence_until?.toISOString() ?? null,
  state: application.state,
});

export const applicationsAnswer = z.object({ network: networkFacts, applications: z.array(summary) });

const list = read({
  path: '/p/:party/applications',
  summary: 'Organisations that ask to come in, those that wait first; for members',
  for: 'anyone',
  answer: applicationsAnswer,
  async handle(reading) {
    await requireInside(reading);
    return {
      network: networkFactsOf(reading),
      applications: (await store.listApplications(reading.reader, 200)).map(summarise),
    };
  },
  page: applicationsPage,
});

export const applicationAnswer = summary.extend({
  network: networkFacts,
  website: z.string().nullable(),
  did: z.string().nullable(),
  why: z.string(),
  language: z.string(),
  /** For the secretariat, until it is decided. */
  contact: z.object({ name: z.string(), email: z.string() }).nullable(),
  objections: z.array(z.object({ organisation: z.string(), reason: z.string(), at: z.iso.datetime() })),
  answer: z.string().nullable(),
  organisation: z.string().nullable(),
  own: z.object({ speaksFor: z.array(z.object({ id: z.string(), name: z.string() })), mayDecide: z.boolean() }),
});

const idParams = z.object({ application: z.uuid() });

async function describe(reading: Reading & Caller, id: string): Promise<z.output<typeof applicationAnswer>> {
  await requireInside(reading);
  const { reader, house } = reading;
  const application = await store.findApplication(reader, id);
  if (!application) throw problem.notFound({ what: 'application' });
  const now = house.clock.now();
  const isOffice = isSecretariat(reading);
  const objections = await store.listObjections(reader, id);
  const { contact_name: name, contact_email: email, silence_until: silence } = application;
  const isSilent = silence !== null && now < silence && objections.length === 0;
  return {
    ...summarise(application),
    network: networkFactsOf(reading),
    website: application.website,
    did: application.did,
    why: application.why,
    language: application.language,
    contact: isOffice && name !== null && email !== null ? { name, email } : null,
    objections: objections.map(({ organisation, reason, at }) => ({ organisation, reason, at: at.toISOString() })),
    answer: application.answer,
    organisation: application.organisation_id,
    own: {
      speaksFor: [...(await listOwnVoices(reader, reading, plainDateAt(now, 'UTC')))],
      mayDecide: isOffice && application.state === 'waiting' && !isSilent,
    },
  };
}

const one = read({
  path: '/p/:party/applications/:application',
  summary: 'One application: what it says, objections with their reasons, what was decided; for members',
  for: 'anyone',
  params: idParams,
  answer: applicationAnswer,
  handle: (reading, { params }) => describe(reading, params.application),
  page: (answer, view) => applicationPage(answer, view, {}),
});

const step = <Body extends z.ZodObject>(
  name: 'object' | 'decide',
  summaryOfStep: string,
  body: Body,
  run: (work: Work & Caller, id: string, body: z.output<Body>) => Promise<unknown>,
): Endpoint =>
  write({
    path: `/p/:party/applications/:application/${name}`,
    summary: summaryOfStep,
    for: 'anyone',
    params: idParams,
    body,
    answer: done,
    async handle(work, input) {
      await run(work, input.params.application, input.body);
      return { path: `${applicationsPath(slugOf(work))}/${input.params.application}` };
    },
    then: ({ path }) => withNotice(path, 'common.done-saved'),
    form: async (attempt, view, reading) =>
      applicationPage(await describe(reading, attempt.params.application), view, { [name]: attempt.form }),
  });

// Rules

const rulesAnswer = z.object({ network: networkFacts, rules: rulesSchema });
const rulesForm = ({ rules }: z.output<typeof rulesAnswer>): FormState =>
  blankForm({
    admission: rules.admission,
    silenceDays: String(rules.silenceDays),
    noticeDays: String(rules.noticeDays),
    quorumPercent: String(rules.quorumPercent),
  });

const showRules = read({
  path: '/p/:party/rules',
  summary: 'How the network admits organisations, and when an assembly can decide',
  for: 'anyone',
  answer: rulesAnswer,
  handle: describeApply,
  page: (answer, view) => rulesPage(answer, view, rulesForm(answer)),
});

const saveRules = write({
  path: '/p/:party/rules',
  summary: 'Sets the rules of the network; what runs already keeps its own',
  for: 'anyone',
  body: rulesSchema,
  answer: done,
  async handle(work, { body }) {
    await setRules(work, body);
    return { path: `${networkPath(slugOf(work))}/rules` };
  },
  then: ({ path }) => withNotice(path, 'common.done-saved'),
  form: async ({ form }, view, reading) => rulesPage(await describeApply(reading), view, form),
});

export const admissionEndpoints: readonly Endpoint[] = [
  applyForm,
  apply,
  received,
  list,
  one,
  step(
    'object',
    'Objects to an admission for an organisation of the network, with a reason',
    z.object({ organisation: z.uuid().optional(), reason: z.string().trim().min(1).max(2000) }),
    (work, id, { organisation, reason }) => actions.objectTo(work, id, organisation, reason),
  ),
  step(
    'decide',
    'Admits or declines; what is declined, and what was objected to, gets an answer',
    z.object({ verdict: z.enum(['admit', 'decline']), answer: z.string().trim().min(1).max(5000).optional() }),
    (work, id, { verdict, answer }) => actions.decideApplication(work, id, { isAdmitted: verdict === 'admit', answer }),
  ),
  showRules,
  saveRules,
];
