/** A session while it runs, through either of two doors: signed in, or with the key from a mail and no account. Both do the same things. */
import { z } from 'zod';
import { partyKinds } from '../../acts/spine-types.ts';
import type { Reader } from '../../db/database.ts';
import type { Caller } from '../../http/caller.ts';
import { read, write, type Attempt, type Endpoint } from '../../http/endpoint.ts';
import type { DialogueSessionId } from '../../ids.ts';
import { findMember } from '../../network/members/member.ts';
import { rebase } from '../../network/members/moved-on.tsx';
import { keyParams, openKey } from '../../network/members/opened-key.ts';
import { networkPath } from '../../network/members/section.tsx';
import { problem } from '../../problem.ts';
import { withNotice } from '../../ui/layout.tsx';
import { locales } from '../../ui/locales.ts';
import { sessionPath } from '../programme/answers.ts';
import { getVisibleSession } from '../programme/sessions/reading.ts';
import { sessionParams } from '../programme/sessions/routes.tsx';
import { attendanceModes } from '../programme/sessions/session.ts';
import { findSession } from '../programme/sessions/store.ts';
import { findSpace } from '../programme/spaces/store.ts';
import * as actions from './actions.ts';
import { floorAnswer } from './answers.ts';
import { attendanceEndpoints } from './attendance-routes.tsx';
import { floorPage, noteValues } from './pages.tsx';
import { describeFloor, type AtSession } from './reading.ts';

/** How a request says which session it means, and who is there. */
interface Door<Params extends z.ZodObject> {
  readonly path: string;
  readonly params: Params;
  find(reader: Reader, caller: Caller, params: z.output<Params>, now: Date): Promise<AtSession>;
}

const signedIn: Door<typeof sessionParams> = {
  path: '/p/:party/spaces/:space/sessions/:session/floor',
  params: sessionParams,
  async find(reader, caller, params) {
    const { space, session } = await getVisibleSession(reader, caller, params.space, params.session);
    const member = await findMember(reader, caller);
    return { space, session, member, path: `${sessionPath(slugOf(caller), space.slug, session.slug)}/floor` };
  },
};

const byKey: Door<typeof keyParams> = {
  path: '/p/:party/k/:key/session/floor',
  params: keyParams,
  async find(reader, caller, { key }, now) {
    const { member, thing } = await openKey(reader, key, now, 'session');
    const session = await findSession(reader, thing.id as DialogueSessionId);
    const space = session && (await findSpace(reader, session.space));
    if (!session || !space || session.state === 'draft') throw problem.notFound({ what: 'session' });
    return { space, session, member, path: `${networkPath(slugOf(caller))}/k/${key}/session/floor` };
  },
};

const slugOf = ({ party }: Caller): string => party?.slug ?? '';

const done = z.object({ path: z.string() });

const giveBody = z.object({
  /** The turn on the chair's screen, which ends here; empty: nobody had the floor. */
  speaking: z.union([z.literal(''), z.uuid()]).default(''),
  request: z.uuid().optional(),
  constituency: z.enum(partyKinds).optional(),
});

const givenTo = ({ request, constituency }: z.output<typeof giveBody>): actions.GivenTo =>
  request !== undefined ? { request } : constituency !== undefined ? { constituency } : 'next';

function endpointsOf<Params extends z.ZodObject>(door: Door<Params>): readonly Endpoint[] {
  const { path, params } = door;
  const step = <Body extends z.ZodObject>(
    name: string,
    summary: string,
    notice: Parameters<typeof withNotice>[1],
    body: Body,
    run: (work: actions.Acting, id: DialogueSessionId, body: z.output<Body>) => Promise<void>,
  ): Endpoint =>
    write({
      path: `${path}/${name}`,
      summary,
      for: 'anyone',
      params,
      body,
      // Notes may be long.
      bodyLimitBytes: 600_000,
      answer: done,
      async handle(work, input) {
        const at = await door.find(work.tx.db, work, input.params, work.tx.now);
        await run({ ...work, member: at.member }, at.session.id, input.body);
        return { path: at.path };
      },
      then: (answer) => withNotice(answer.path, notice),
      form: async (attempt: Attempt<z.output<Params>>, view, reading) => {
        const at = await door.find(reading.reader, reading, attempt.params, reading.house.clock.now());
        const answer = floorAnswer.parse(await describeFloor(reading, at));
        const form = name === 'notes' ? rebase(attempt, Number(noteValues(answer)['base'])) : attempt.form;
        return floorPage(answer, view, { step: name, form });
      },
    });
  return [
    read({
      path,
      summary: 'A session while it runs: who has the floor, who waits in which order and why, floor time, notes',
      for: 'anyone',
      params,
      answer: floorAnswer,
      handle: async (reading, input) =>
        describeFloor(reading, await door.find(reading.reader, reading, input.params, reading.house.clock.now())),
      page: (answer, view) => floorPage(answer, view),
    }),
    step('ask', 'Asks for the floor', 'companion.done-asked', z.object({}), actions.askForFloor),
    step('withdraw', 'Asks no longer', 'companion.done-withdrawn', z.object({}), actions.withdrawRequest),
    step(
      'present',
      'Says that one is there, and how',
      'companion.done-present',
      z.object({ mode: z.enum(attendanceModes) }),
      (work, id, { mode }) => actions.sayPresent(work, id, mode),
    ),
    step(
      'give',
      'Gives the floor: to the next by the rule, to one who waits, or to somebody of a constituency. For the chair',
      'companion.done-given',
      giveBody,
      (work, id, body) => actions.giveFloor(work, id, body.speaking === '' ? undefined : body.speaking, givenTo(body)),
    ),
    step(
      'end',
      'Ends the turn that is on the chair’s screen. For the chair',
      'companion.done-ended',
      z.object({ speaking: z.uuid() }),
      (work, id, { speaking }) => actions.endTurn(work, id, speaking),
    ),
    step(
      'notes',
      'Writes the notes of the session; `base` is the revision that was seen, 0 for the first. For its rapporteurs',
      'common.done-saved',
      z.object({
        base: z.int().min(0),
        language: z.enum(locales),
        words: z.string().trim().min(1).max(100_000),
        publish: z.boolean().default(false),
      }),
      (work, id, { base, language, words, publish }) =>
        actions.writeNotes(work, id, base, { language, words, isPublished: publish }),
    ),
  ];
}

export const companionEndpoints: readonly Endpoint[] = [
  ...endpointsOf(signedIn),
  ...endpointsOf(byKey),
  ...attendanceEndpoints,
];
