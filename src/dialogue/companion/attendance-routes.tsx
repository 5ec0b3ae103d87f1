/** The list at the door: whoever keeps it ticks who was there. */
import { z } from 'zod';
import type { Caller } from '../../http/caller.ts';
import { read, write, type Endpoint } from '../../http/endpoint.ts';
import type { Reading } from '../../house.ts';
import type { MemberId } from '../../ids.ts';
import { networkFacts } from '../../network/members/answers.ts';
import { networkFactsOf } from '../../network/members/section.tsx';
import { plainDateAt } from '../../period.ts';
import { problem } from '../../problem.ts';
import { Actions, blankForm, Button, CheckboxesField, Form, type FormState } from '../../ui/forms.tsx';
import { withNotice, type Page } from '../../ui/layout.tsx';
import { Name } from '../../ui/text.tsx';
import type { View } from '../../ui/view.ts';
import { describeSession, describeSpace, sessionPath, sessionSummary, spaceSummary } from '../programme/answers.ts';
import { noteAttendance } from '../programme/sessions/actions.ts';
import { getVisibleSession } from '../programme/sessions/reading.ts';
import { pathOf, sessionOf, sessionParams } from '../programme/sessions/routes.tsx';
import { attendanceModes } from '../programme/sessions/session.ts';
import { listExpected } from '../programme/sessions/taking-part.ts';
import { mayDocument } from '../programme/spaces/actions.ts';
import { spaceCrumbs } from '../programme/spaces/pages.tsx';

const mostPeople = 500;

const attendanceAnswer = z.object({
  network: networkFacts,
  space: spaceSummary,
  session: sessionSummary,
  people: z.array(
    z.object({
      member: z.string(),
      name: z.string(),
      mode: z.enum(attendanceModes).nullable(),
      attended: z.boolean(),
    }),
  ),
});
type AttendanceAnswer = z.output<typeof attendanceAnswer>;

async function describe(reading: Reading & Caller, params: z.output<typeof sessionParams>) {
  const { reader, locale, house } = reading;
  const { space, session } = await getVisibleSession(reader, reading, params.space, params.session);
  if (!reading.viewer.account) throw problem.notSignedIn({});
  if (!(await mayDocument(reader, reading, space.id))) throw problem.notAllowed({ needs: 'rapporteur' });
  if (session.isChathamHouse) throw problem.chathamHouse({});
  const network = networkFactsOf(reading);
  const now = house.clock.now();
  const path = sessionPath(network.slug, space.slug, session.slug);
  return {
    network,
    space: describeSpace(space, network.slug, locale, plainDateAt(now, 'UTC')),
    session: describeSession(session, path, locale, space.language, now),
    people: (await listExpected(reader, session.id, mostPeople)).map((person) => ({
      ...person,
      mode: person.mode ?? null,
    })),
  };
}

function attendancePage(answer: AttendanceAnswer, view: View, form: FormState): Page {
  const { t } = view;
  const { network, space, session, people } = answer;
  const missing = people.filter(({ attended }) => !attended);
  const seen = people.filter(({ attended }) => attended);
  return {
    title: t('companion.attendance'),
    breadcrumbs: [
      ...spaceCrumbs(view, network, space.kind),
      { path: space.path, label: space.title.text },
      { path: session.path, label: session.title.text },
    ],
    body: (
      <>
        <p class="lead">{t('companion.attendance-lead')}</p>
        {missing.length === 0 ? (
          <p>{t('companion.attendance-complete')}</p>
        ) : (
          <Form view={view} action={`${session.path}/attendance`} form={form}>
            <CheckboxesField
              view={view}
              form={form}
              name="members"
              label={t('companion.attendance-who')}
              options={missing.map(({ member, name, mode }) => ({
                value: member,
                label: <Name>{name}</Name>,
                ...(mode !== null && { hint: t(`programme.mode-${mode}`) }),
              }))}
            />
            <Actions>
              <Button>{t('companion.attendance-note')}</Button>
            </Actions>
          </Form>
        )}
        {seen.length === 0 ? null : (
          <>
            <h2>{t('companion.attendance-seen')}</h2>
            <ul>
              {seen.map(({ name }) => (
                <li>
                  <Name>{name}</Name>
                </li>
              ))}
            </ul>
          </>
        )}
      </>
    ),
  };
}

export const attendanceEndpoints: readonly Endpoint[] = [
  read({
    path: '/p/:party/spaces/:space/sessions/:session/attendance',
    summary: 'Who was expected and who was there, for those who document the session',
    for: 'anyone',
    params: sessionParams,
    answer: attendanceAnswer,
    handle: (reading, { params }) => describe(reading, params),
    page: (answer, view) => attendancePage(answer, view, blankForm({ members: [] })),
  }),
  write({
    path: '/p/:party/spaces/:space/sessions/:session/attendance',
    summary: 'Notes who was there',
    for: 'anyone',
    params: sessionParams,
    body: z.object({ members: z.array(z.uuid()).min(1).max(mostPeople) }),
    answer: z.object({ path: z.string() }),
    async handle(work, { params, body }) {
      const found = await sessionOf(work, params);
      const expected = new Map(
        (await listExpected(work.tx.db, found.session.id, mostPeople)).map((person) => [person.member, person]),
      );
      for (const member of new Set(body.members as MemberId[])) {
        const person = expected.get(member);
        if (!person) throw problem.notFound({ what: 'member' });
        await noteAttendance(work, found.session.id, member, person.mode ?? 'remote');
      }
      return { path: `${pathOf(work, found)}/attendance` };
    },
    then: ({ path }) => withNotice(path, 'common.done-saved'),
    form: async ({ form, params }, view, reading) => attendancePage(await describe(reading, params), view, form),
  }),
];
