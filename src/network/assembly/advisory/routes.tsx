/** Technical advisory groups, with what their members declare. */
import { z } from 'zod';
import type { Caller } from '../../../http/caller.ts';
import { read, write, type Endpoint } from '../../../http/endpoint.ts';
import type { Reading, Work } from '../../../house.ts';
import { plainDateAt, type PlainDate } from '../../../period.ts';
import { problem } from '../../../problem.ts';
import { blankForm } from '../../../ui/forms.tsx';
import { withNotice } from '../../../ui/layout.tsx';
import { locales } from '../../../ui/locales.ts';
import { networkFacts } from '../../members/answers.ts';
import { emailSchema } from '../../members/entry-form.tsx';
import { findMember } from '../../members/member.ts';
import { networkFactsOf, networkPath } from '../../members/section.tsx';
import * as actions from './actions.ts';
import { declarationStanding } from './advisory.ts';
import { groupPage, groupsPage } from './pages.tsx';
import * as store from './store.ts';

export const groupsPath = (slug: string): string => `${networkPath(slug)}/advisory-groups`;
const slugOf = ({ party }: Caller): string => party?.slug ?? '';

const summary = z.object({
  id: z.string(),
  path: z.string(),
  title: z.string(),
  language: z.string(),
  since: z.iso.date(),
  until: z.iso.date().nullable(),
});

const summarise = (slug: string, group: store.AdvisoryGroup): z.output<typeof summary> => ({
  id: group.id,
  path: `${groupsPath(slug)}/${group.id}`,
  title: group.title,
  language: group.language,
  since: group.since,
  until: group.until,
});

export const groupsAnswer = z.object({ network: networkFacts, groups: z.array(summary) });
export type GroupsAnswer = z.output<typeof groupsAnswer>;

const describeGroups = async (reading: Reading & Caller): Promise<GroupsAnswer> => ({
  network: networkFactsOf(reading),
  groups: (await store.listGroups(reading.reader, 200)).map((group) => summarise(slugOf(reading), group)),
});

export const groupAnswer = summary.extend({
  network: networkFacts,
  mandate: z.string(),
  seats: z.array(
    z.object({
      id: z.string(),
      name: z.string().nullable(),
      since: z.iso.date(),
      until: z.iso.date(),
      /** Null: nothing was ever declared. Empty: declared that there are none. */
      interests: z.string().nullable(),
      declaredOn: z.iso.date().nullable(),
      standing: z.enum(['declared', 'due', 'overdue', 'over']),
    }),
  ),
  mayDeclare: z.boolean(),
});
export type GroupAnswer = z.output<typeof groupAnswer>;

async function describe(reading: Reading & Caller, id: string): Promise<GroupAnswer> {
  const { reader, house } = reading;
  const group = await store.findGroup(reader, id);
  if (!group) throw problem.notFound({ what: 'group' });
  const today = plainDateAt(house.clock.now(), 'UTC');
  const seats = await store.listSeats(reader, id);
  const member = await findMember(reader, reading);
  return {
    ...summarise(slugOf(reading), group),
    network: networkFactsOf(reading),
    mandate: group.mandate,
    seats: seats.map((seat) => ({
      id: seat.id,
      name: seat.name ?? null,
      since: seat.since,
      until: seat.until,
      interests: seat.declaration?.interests ?? null,
      declaredOn: seat.declaration?.on ?? null,
      standing: declarationStanding(seat, seat.declaration?.on, today),
    })),
    mayDeclare: member !== undefined && seats.some((seat) => seat.member === member.id && seat.until >= today),
  };
}

const list = read({
  path: '/p/:party/advisory-groups',
  summary: 'Technical advisory groups of the network',
  for: 'anyone',
  answer: groupsAnswer,
  handle: describeGroups,
  page: (answer, view) => groupsPage(answer, view, blankForm({ since: plainDateAt(view.now, 'UTC') })),
});

const open = write({
  path: '/p/:party/advisory-groups',
  summary: 'Sets up an advisory group',
  for: 'anyone',
  body: z.object({
    title: z.string().trim().min(1).max(300),
    language: z.enum(locales),
    mandate: z.string().trim().min(1).max(10_000),
    since: z.iso.date(),
    until: z.iso.date().optional(),
  }),
  answer: z.object({ path: z.string() }),
  async handle(work, { body }) {
    const id = await actions.openGroup(work, {
      ...body,
      since: body.since as PlainDate,
      until: (body.until as PlainDate | undefined) ?? null,
    });
    return { path: `${groupsPath(slugOf(work))}/${id}` };
  },
  then: ({ path }) => path,
  form: async ({ form }, view, reading) => groupsPage(await describeGroups(reading), view, form),
});

const idParams = z.object({ group: z.uuid() });

const one = read({
  path: '/p/:party/advisory-groups/:group',
  summary:
    'An advisory group: its mandate, its members with their terms and declared interests, and who has to declare',
  for: 'anyone',
  params: idParams,
  answer: groupAnswer,
  handle: (reading, { params }) => describe(reading, params.group),
  page: (answer, view) => groupPage(answer, view),
});

const step = <Body extends z.ZodObject>(
  name: string,
  text: string,
  body: Body,
  run: (work: Work & Caller, id: string, body: z.output<Body>) => Promise<unknown>,
): Endpoint =>
  write({
    path: `/p/:party/advisory-groups/:group/${name}`,
    summary: text,
    for: 'anyone',
    params: idParams,
    body,
    answer: z.object({ path: z.string() }),
    async handle(work, input) {
      await run(work, input.params.group, input.body);
      return { path: `${groupsPath(slugOf(work))}/${input.params.group}` };
    },
    then: ({ path }) => withNotice(path, 'common.done-saved'),
    form: async (attempt, view, reading) =>
      groupPage(await describe(reading, attempt.params.group), view, { step: name, form: attempt.form }),
  });

export const advisoryEndpoints: readonly Endpoint[] = [
  list,
  open,
  one,
  step(
    'seats',
    'Appoints a member for a term',
    z.object({ email: emailSchema, since: z.iso.date(), until: z.iso.date() }),
    (work, id, body) =>
      actions.appoint(work, id, {
        email: body.email,
        since: body.since as PlainDate,
        until: body.until as PlainDate,
      }),
  ),
  step('seats/end', 'Ends a term today', z.object({ seat: z.uuid() }), (work, id, { seat }) =>
    actions.endTerm(work, id, seat),
  ),
  step(
    'interests',
    'Declares one’s own interests; empty: that there are none',
    z.object({ interests: z.string().trim().max(5000).default('') }),
    (work, id, { interests }) => actions.declareInterests(work, id, interests),
  ),
];
