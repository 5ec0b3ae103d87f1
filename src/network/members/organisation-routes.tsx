/** Organisations of a network, and who speaks for them. */
import { z } from 'zod';
import { partyKinds } from '../../acts/spine-types.ts';
import type { Caller } from '../../http/caller.ts';
import { read, write, type Attempt, type Endpoint } from '../../http/endpoint.ts';
import type { Reading } from '../../house.ts';
import { isDid, type OrganisationId } from '../../ids.ts';
import { plainDateAt, type PlainDate } from '../../period.ts';
import { problem } from '../../problem.ts';
import { blankForm } from '../../ui/forms.tsx';
import { withNotice } from '../../ui/layout.tsx';
import * as actions from './actions.ts';
import { networkFacts } from './answers.ts';
import { isCountry } from './countries.ts';
import { emailSchema } from './entry-form.tsx';
import { isSecretariat } from './member.ts';
import { rebase } from './moved-on.tsx';
import { organisationFormPage, organisationPage, organisationsPage } from './organisation-pages.tsx';
import { networkFactsOf, networkPath } from './section.tsx';
import * as store from './store.ts';

const secretariat = { role: ['administrator', 'officer', 'delegate'] } as const;
const done = z.object({ path: z.string() });
const idParams = z.object({ id: z.uuid() });

const organisationAnswer = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(partyKinds),
  country: z.string().nullable(),
  website: z.string().nullable(),
  did: z.string().nullable(),
  revision: z.int(),
});

const describe = (organisation: store.Organisation): z.input<typeof organisationAnswer> => ({
  id: organisation.id,
  name: organisation.name,
  kind: organisation.kind,
  country: organisation.country ?? null,
  website: organisation.website ?? null,
  did: organisation.did ?? null,
  revision: organisation.revision,
});

export const organisationsAnswer = z.object({
  network: networkFacts,
  organisations: z.array(organisationAnswer),
  next: z.string().nullable(),
});
export type OrganisationsAnswer = z.output<typeof organisationsAnswer>;

const pageLength = 100;

const list = read({
  path: '/p/:party/organisations',
  summary: 'Organisations of the network, by name',
  for: 'anyone',
  query: z.object({ after: z.string().max(200).optional() }),
  answer: organisationsAnswer,
  async handle(reading, { query }) {
    const found = await store.listOrganisations(reading.reader, { after: query.after, limit: pageLength + 1 });
    const shown = found.slice(0, pageLength);
    return {
      network: networkFactsOf(reading),
      organisations: shown.map(describe),
      next: found.length > pageLength ? (shown.at(-1)?.name ?? null) : null,
    };
  },
  page: organisationsPage,
});

export const organisationPageAnswer = z.object({
  network: networkFacts,
  organisation: organisationAnswer,
  /** Who speaks for it today. A name that is not listed is known to the secretariat only. */
  mandates: z.array(
    z.object({
      id: z.string(),
      name: z.string().nullable(),
      scope: z.string(),
      since: z.iso.date(),
      until: z.iso.date().nullable(),
    }),
  ),
});
export type OrganisationPageAnswer = z.output<typeof organisationPageAnswer>;

async function describeOne(reading: Reading & Caller, id: string): Promise<OrganisationPageAnswer> {
  const organisation = await store.findOrganisation(reading.reader, id as OrganisationId);
  if (!organisation) throw problem.notFound({ what: 'organisation' });
  const on = plainDateAt(reading.house.clock.now(), 'UTC');
  const mandates = await store.listMandates(reading.reader, { organisation: organisation.id, on, limit: 50 });
  const holders = await store.listMembersById(
    reading.reader,
    mandates.map(({ member }) => member.id),
  );
  const mayName = new Set(
    holders
      .filter(({ consents }) => isSecretariat(reading) || consents.has('directory'))
      .map(({ id: holder }) => holder),
  );
  return {
    network: networkFactsOf(reading),
    organisation: describe(organisation),
    mandates: mandates.map(({ id: mandate, member, scope, since, until }) => ({
      id: mandate,
      name: mayName.has(member.id) ? member.name : null,
      scope,
      since,
      until: until ?? null,
    })),
  };
}

const one = read({
  path: '/p/:party/organisations/:id',
  summary: 'One organisation and who speaks for it; names only of members who agreed to be listed',
  for: 'anyone',
  params: idParams,
  answer: organisationPageAnswer,
  handle: (reading, { params }) => describeOne(reading, params.id),
  page: (answer, view) => organisationPage(answer, view, blankForm({ since: plainDateAt(view.now, 'UTC') })),
});

const organisationSchema = z.object({
  name: z.string().trim().min(1).max(200),
  kind: z.enum(partyKinds),
  country: z.string().refine(isCountry, 'not-a-choice').optional(),
  website: z
    .url({ protocol: /^https?$/ })
    .max(300)
    .optional(),
  did: z.string().trim().refine(isDid, 'wrong-form').optional(),
});

const givenOf = (body: z.output<typeof organisationSchema>): actions.OrganisationGiven => ({
  name: body.name,
  kind: body.kind,
  country: body.country,
  website: body.website,
  did: body.did,
});

const formAnswer = z.object({ network: networkFacts, organisation: organisationAnswer.nullable() });
export type OrganisationFormAnswer = z.output<typeof formAnswer>;

const addForm = read({
  path: '/p/:party/organisations/new',
  summary: 'What is asked of a new organisation',
  for: secretariat,
  answer: formAnswer,
  handle: async (reading) => ({ network: networkFactsOf(reading), organisation: null }),
  page: (answer, view) => organisationFormPage(answer, view, blankForm({ country: '' })),
});

const add = write({
  path: '/p/:party/organisations',
  summary: 'Adds an organisation',
  for: secretariat,
  body: organisationSchema,
  answer: done,
  async handle(work, { body }) {
    const id = await actions.addOrganisation(work, givenOf(body));
    return { path: `${networkPath(work.party?.slug ?? '')}/organisations/${id}` };
  },
  then: ({ path }) => withNotice(path, 'common.done-saved'),
  form: ({ form }, view, reading) =>
    organisationFormPage({ network: networkFactsOf(reading), organisation: null }, view, form),
});

const editForm = read({
  path: '/p/:party/organisations/:id/edit',
  summary: 'An organisation as it is, for changing it',
  for: secretariat,
  params: idParams,
  answer: formAnswer,
  handle: async (reading, { params }) => {
    const { network, organisation } = await describeOne(reading, params.id);
    return { network, organisation };
  },
  page: (answer, view) =>
    organisationFormPage(
      answer,
      view,
      blankForm({
        base: String(answer.organisation?.revision ?? 1),
        name: answer.organisation?.name ?? '',
        kind: answer.organisation?.kind ?? '',
        country: answer.organisation?.country ?? '',
        website: answer.organisation?.website ?? '',
        did: answer.organisation?.did ?? '',
      }),
    ),
});

const edit = write({
  path: '/p/:party/organisations/:id/edit',
  summary: 'Changes an organisation; `base` is the revision that was seen',
  for: secretariat,
  params: idParams,
  body: organisationSchema.extend({ base: z.int().min(1) }),
  answer: done,
  async handle(work, { params, body }) {
    await actions.editOrganisation(work, params.id as OrganisationId, body.base, givenOf(body));
    return { path: `${networkPath(work.party?.slug ?? '')}/organisations/${params.id}` };
  },
  then: ({ path }) => withNotice(path, 'common.done-saved'),
  form: async (attempt, view, reading) => {
    const { network, organisation } = await describeOne(reading, attempt.params.id);
    return organisationFormPage({ network, organisation }, view, rebase(attempt, organisation.revision));
  },
});

const mandateSchema = z.object({
  /** Of the member who is to speak for it. */
  email: emailSchema,
  scope: z.string().trim().max(500).default(''),
  since: z.iso.date(),
  until: z.iso.date().optional(),
});

const mandate = write({
  path: '/p/:party/organisations/:id/mandates',
  summary: 'Records, on the organisation’s word, that a member speaks for it',
  for: secretariat,
  params: idParams,
  body: mandateSchema,
  answer: done,
  async handle(work, { params, body }) {
    const member = await store.findMemberByEmail(work.tx.db, body.email);
    if (!member)
      throw problem.inputInvalid({ fields: [{ path: 'email', code: 'members.not-a-member', message: body.email }] });
    if (body.until !== undefined && body.until < body.since)
      throw problem.inputInvalid({
        fields: [{ path: 'until', code: 'members.until-before-since', message: body.until }],
      });
    await actions.recordMandate(work, {
      member: member.id,
      organisation: params.id as OrganisationId,
      scope: body.scope,
      since: body.since as PlainDate,
      until: body.until as PlainDate | undefined,
    });
    return { path: `${networkPath(work.party?.slug ?? '')}/organisations/${params.id}` };
  },
  then: ({ path }) => withNotice(path, 'common.done-saved'),
  form: async (attempt: Attempt<z.output<typeof idParams>>, view, reading) =>
    organisationPage(await describeOne(reading, attempt.params.id), view, attempt.form),
});

const endMandate = write({
  path: '/p/:party/organisations/:id/mandates/end',
  summary: 'Ends a mandate today',
  for: secretariat,
  params: idParams,
  body: z.object({ mandate: z.uuid() }),
  answer: done,
  async handle(work, { params, body }) {
    await actions.endMandate(work, body.mandate);
    return { path: `${networkPath(work.party?.slug ?? '')}/organisations/${params.id}` };
  },
  then: ({ path }) => withNotice(path, 'common.done-saved'),
});

export const organisationEndpoints: readonly Endpoint[] = [
  list,
  one,
  addForm,
  add,
  editForm,
  edit,
  mandate,
  endMandate,
];
