/** A session through the key from a mail: registering, withdrawing and the link to the meeting without an account. */
import { z } from 'zod';
import type { Reader } from '../../../db/database.ts';
import type { Caller } from '../../../http/caller.ts';
import { read, write, type Endpoint } from '../../../http/endpoint.ts';
import type { Work } from '../../../house.ts';
import type { DialogueSessionId } from '../../../ids.ts';
import { confirmMembership } from '../../../network/members/actions.ts';
import type { Member } from '../../../network/members/member.ts';
import { keyParams, openKey } from '../../../network/members/opened-key.ts';
import { networkPath } from '../../../network/members/section.tsx';
import { problem } from '../../../problem.ts';
import { Facts } from '../../../ui/parts.tsx';
import { withNotice, type Page } from '../../../ui/layout.tsx';
import { Name } from '../../../ui/text.tsx';
import type { View } from '../../../ui/view.ts';
import { Paragraphs, SessionState, When } from '../parts.tsx';
import { drawParts, type SessionPart } from '../session-parts.ts';
import { findSpace } from '../spaces/store.ts';
import { registerFor, withdrawFrom } from './actions.ts';
import { Joining, Programme, Registration } from './pages.tsx';
import { describeFor, sessionAnswer } from './reading.ts';
import { attendanceModes } from './session.ts';
import { findSession } from './store.ts';

const done = z.object({ path: z.string() });

async function find(reader: Reader, key: string, now: Date) {
  const { member, thing } = await openKey(reader, key, now, 'session');
  const session = await findSession(reader, thing.id as DialogueSessionId);
  const space = session && (await findSpace(reader, session.space));
  if (!session || !space || session.state === 'draft') throw problem.notFound({ what: 'session' });
  return { member, session, space };
}

const pathOf = ({ party }: Caller, key: string): string => `${networkPath(party?.slug ?? '')}/k/${key}/session`;

const keyAnswer = z.object({ path: z.string(), name: z.string(), seen: sessionAnswer });

const show = (parts: readonly SessionPart[]) =>
  read({
    path: '/p/:party/k/:key/session',
    summary: 'The session that a key from a mail opens, as its member sees it',
    for: 'anyone',
    params: keyParams,
    answer: keyAnswer,
    async handle(reading, { params }) {
      const { member, session, space } = await find(reading.reader, params.key, reading.house.clock.now());
      const path = pathOf(reading, params.key);
      return {
        path,
        name: member.name,
        seen: await describeFor(reading, parts, space, session, member, member.timeZone, path),
      };
    },
    page: (answer, view) => keyPage(answer, parts, view),
  });

function keyPage({ path, name, seen }: z.output<typeof keyAnswer>, parts: readonly SessionPart[], view: View): Page {
  const { t } = view;
  const { session, zone } = seen;
  return {
    title: session.title.text,
    breadcrumbs: [
      { path: networkPath(seen.network.slug), label: seen.network.name },
      { path: session.path, label: session.title.text },
    ],
    body: (
      <>
        <Facts
          facts={[
            { label: t('programme.you-are'), value: <Name>{name}</Name> },
            { label: t('programme.when'), value: <When view={view} session={session} zone={zone} /> },
            { label: t('programme.state'), value: <SessionState view={view} session={session} /> },
          ]}
        />
        <Registration view={view} answer={seen} path={path} />
        <Joining view={view} answer={seen} />
        {drawParts(parts, 'before', seen.parts, view)}
        <Paragraphs view={view} said={seen.overview} />
        <Programme view={view} answer={{ ...seen, own: { ...seen.own, mayDocument: false } }} />
        <p>
          <a href={session.path}>{t('programme.whole-page')}</a>
        </p>
      </>
    ),
  };
}

const step = <Body extends z.ZodObject>(
  name: string,
  summary: string,
  notice: Parameters<typeof withNotice>[1],
  body: Body,
  run: (work: Work, member: Member, id: DialogueSessionId, body: z.output<Body>) => Promise<void>,
): Endpoint =>
  write({
    path: `/p/:party/k/:key/session/${name}`,
    summary,
    for: 'anyone',
    params: keyParams,
    body,
    answer: done,
    async handle(work, input) {
      const { member, session } = await find(work.tx.db, input.params.key, work.tx.now);
      await run(work, member, session.id, input.body);
      return { path: pathOf(work, input.params.key) };
    },
    then: ({ path }) => withNotice(path, notice),
  });

export const sessionKeyEndpoints = (parts: readonly SessionPart[]): readonly Endpoint[] => [
  show(parts),
  step(
    'register',
    'Registers the bearer of the key, and lets her in if she was new',
    'programme.done-registered',
    z.object({ mode: z.enum(attendanceModes).default('remote') }),
    async (work, member, id, { mode }) => {
      await confirmMembership(work, member);
      await registerFor(work, member, id, mode);
    },
  ),
  step(
    'withdraw',
    'Takes the registration of the bearer of the key back',
    'programme.done-withdrawn',
    z.object({}),
    withdrawFrom,
  ),
];
