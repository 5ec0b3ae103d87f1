/** The directory: which organisations belong to the network, and who speaks for whom. */
import { z } from 'zod';
import { partyKinds } from '../../../acts/spine-types.ts';
import type { Caller } from '../../../http/caller.ts';
import { read, write, type Endpoint } from '../../../http/endpoint.ts';
import type { Reading, Work } from '../../../house.ts';
import type { OrganisationId } from '../../../ids.ts';
import { plainDateAt, type PlainDate } from '../../../period.ts';
import { problem } from '../../../problem.ts';
import { blankForm } from '../../../ui/forms.tsx';
import { withNotice } from '../../../ui/layout.tsx';
import { networkFacts } from '../../members/answers.ts';
import { isCountry } from '../../members/countries.ts';
import { emailSchema } from '../../members/entry-form.tsx';
import { isSecretariat } from '../../members/member.ts';
import { networkFactsOf, networkPath } from '../../members/section.tsx';
import { findOrganisation } from '../../members/store.ts';
import { leaveNetwork, stateMembership } from '../admission/actions.ts';
import { listAdmissions } from '../admission/store.ts';
import { findRules } from '../rules/rules.ts';
import { listOwnVoices } from '../voices.ts';
import * as actions from './actions.ts';
import { directoryPage, organisationPage } from './pages.tsx';
import * as store from './store.ts';

const pageLength = 100;

export const directoryAnswer = z.object({
  network: networkFacts,
  kinds: z.array(z.object({ kind: z.enum(partyKinds), count: z.int() })),
  countries: z.int(),
  admission: z.enum(['secretariat', 'silence']),
  organisations: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      kind: z.enum(partyKinds),
      country: z.string().nullable(),
      memberSince: z.iso.date().nullable(),
      hasVoice: z.boolean(),
    }),
  ),
  next: z.string().nullable(),
});
export type DirectoryAnswer = z.output<typeof directoryAnswer>;

const directory = read({
  path: '/p/:party/directory',
  summary:
    'The organisations of the network by name, kind and country, since when, and whether somebody speaks for them',
  for: 'anyone',
  query: z.object({
    kind: z.enum(partyKinds).optional(),
    country: z.string().refine(isCountry, 'not-a-choice').optional(),
    after: z.string().max(200).optional(),
  }),
  answer: directoryAnswer,
  async handle(reading, { query }) {
    const { reader, house } = reading;
    const found = await store.listDirectory(reader, plainDateAt(house.clock.now(), 'UTC'), {
      kind: query.kind,
      country: query.country,
      after: query.after,
      limit: pageLength + 1,
    });
    const shown = found.slice(0, pageLength);
    const kinds = await store.countByKind(reader);
    return {
      network: networkFactsOf(reading),
      kinds: partyKinds.flatMap((kind) => (kinds.has(kind) ? [{ kind, count: kinds.get(kind) ?? 0 }] : [])),
      countries: await store.countCountries(reader),
      admission: (await findRules(reader)).admission,
      organisations: shown.map(({ country, memberSince, ...organisation }) => ({
        ...organisation,
        country: country ?? null,
        memberSince: memberSince ?? null,
      })),
      next: found.length > pageLength ? (shown.at(-1)?.name ?? null) : null,
    };
  },
  page: (answer, view, { query }) => directoryPage(answer, view, query),
});

export const organisationAnswer = z.object({
  network: networkFacts,
  id: z.string(),
  name: z.string(),
  kind: z.enum(partyKinds),
  country: z.string().nullable(),
  website: z.string().nullable(),
  did: z.string().nullable(),
  /** Each time that it was a member, with the acts that say so. */
  admissions: z.array(
    z.object({
      since: z.iso.date(),
      until: z.iso.date().nullable(),
      admittedBy: z.string(),
      leftBy: z.string().nullable(),
    }),
  ),
  /** A name that is not listed is known to the secretariat, and to those who speak for the same organisation. */
  mandates: z.array(
    z.object({
      id: z.string(),
      name: z.string().nullable(),
      scope: z.string(),
      since: z.iso.date(),
      until: z.iso.date().nullable(),
      isOver: z.boolean(),
    }),
  ),
  own: z.object({ mayGive: z.boolean(), mayLeave: z.boolean(), mayState: z.boolean() }),
});
export type OrganisationAnswer = z.output<typeof organisationAnswer>;

async function describe(reading: Reading & Caller, id: string): Promise<OrganisationAnswer> {
  const { reader, house } = reading;
  const organisation = await findOrganisation(reader, id as OrganisationId);
  if (!organisation) throw problem.notFound({ what: 'organisation' });
  const on = plainDateAt(house.clock.now(), 'UTC');
  const admissions = await listAdmissions(reader, organisation.id);
  const isOffice = isSecretariat(reading);
  const isOwn = (await listOwnVoices(reader, reading, on)).some((voice) => voice.id === organisation.id);
  const isPresent = admissions.some(({ left_on }) => left_on === null);
  return {
    network: networkFactsOf(reading),
    id: organisation.id,
    name: organisation.name,
    kind: organisation.kind,
    country: organisation.country ?? null,
    website: organisation.website ?? null,
    did: organisation.did ?? null,
    admissions: admissions.map((admission) => ({
      since: admission.admitted_on,
      until: admission.left_on,
      admittedBy: admission.admitted_by_act,
      leftBy: admission.left_by_act,
    })),
    mandates: (await store.listEveryMandate(reader, organisation.id)).map((mandate) => ({
      id: mandate.id,
      name: mandate.isListed || isOffice || isOwn ? mandate.name : null,
      scope: mandate.scope,
      since: mandate.since,
      until: mandate.until ?? null,
      isOver: mandate.until !== undefined && mandate.until < on,
    })),
    own: {
      mayGive: isOffice || isOwn,
      mayLeave: isPresent && (isOffice || isOwn),
      mayState: isOffice && !isPresent,
    },
  };
}

const idParams = z.object({ organisation: z.uuid() });
const blankMandate = (now: Date) => blankForm({ since: plainDateAt(now, 'UTC') });

const one = read({
  path: '/p/:party/directory/:organisation',
  summary: 'One organisation: since when it is a member and by which act, who speaks and who spoke for it',
  for: 'anyone',
  params: idParams,
  answer: organisationAnswer,
  handle: (reading, { params }) => describe(reading, params.organisation),
  page: (answer, view) => organisationPage(answer, view, blankMandate(view.now)),
});

const done = z.object({ path: z.string() });

const step = <Body extends z.ZodObject>(
  name: string,
  summary: string,
  body: Body,
  run: (work: Work & Caller, id: OrganisationId, body: z.output<Body>) => Promise<unknown>,
): Endpoint =>
  write({
    path: `/p/:party/directory/:organisation/${name}`,
    summary,
    for: 'anyone',
    params: idParams,
    body,
    answer: done,
    async handle(work, input) {
      await run(work, input.params.organisation as OrganisationId, input.body);
      return { path: `${networkPath(work.party?.slug ?? '')}/directory/${input.params.organisation}` };
    },
    then: ({ path }) => withNotice(path, 'common.done-saved'),
    form: async (attempt, view, reading) =>
      organisationPage(await describe(reading, attempt.params.organisation), view, attempt.form),
  });

export const directoryEndpoints: readonly Endpoint[] = [
  directory,
  one,
  step(
    'mandates',
    'A member speaks for the organisation from then on: by the secretariat on its word, or by whoever speaks for it',
    z.object({
      email: emailSchema,
      scope: z.string().trim().max(500).default(''),
      since: z.iso.date(),
      until: z.iso.date().optional(),
    }),
    (work, id, body) =>
      actions.giveMandate(work, id, {
        email: body.email,
        scope: body.scope,
        since: body.since as PlainDate,
        until: body.until as PlainDate | undefined,
      }),
  ),
  step('mandates/end', 'Ends a mandate today', z.object({ mandate: z.uuid() }), (work, id, { mandate }) =>
    actions.takeMandate(work, id, mandate),
  ),
  step('leave', 'The organisation leaves the network, and its mandates end', z.object({}), leaveNetwork),
  step('state', 'States in the log that an organisation of the list is a member', z.object({}), stateMembership),
];
