/** Complaining, and answering complaints: signed in, or with keys from mails. */
import { z } from 'zod';
import type { Reader } from '../../db/database.ts';
import type { Caller } from '../../http/caller.ts';
import { read, write, type Endpoint } from '../../http/endpoint.ts';
import type { MemberId, SpaceId } from '../../ids.ts';
import type { Member } from '../../network/members/member.ts';
import { keyParams, openKey } from '../../network/members/opened-key.ts';
import { networkPath } from '../../network/members/section.tsx';
import type { Work } from '../../house.ts';
import { blankForm } from '../../ui/forms.tsx';
import { withNotice } from '../../ui/layout.tsx';
import * as actions from './actions.ts';
import { complaintAnswer, complaintsAnswer } from './answers.ts';
import { byKey, requirePresent, signedIn, type Door } from './doors.ts';
import { complaintPage, complaintsPage } from './pages.tsx';
import { describeComplaint, describeComplaints } from './reading.ts';

const done = z.object({ path: z.string() });
const slugOf = ({ party }: Caller): string => party?.slug ?? '';

const filed = z.object({
  space: z.uuid().optional(),
  /** Handlers whom it is about: they never see it. */
  about: z.array(z.uuid()).max(50).default([]),
  words: z.string().trim().min(1).max(20_000),
});

function filingEndpoints<Params extends z.ZodObject>(door: Door<Params>): readonly Endpoint[] {
  const { path, params } = door;
  const describe = async (reading: Parameters<typeof describeComplaints>[0], given: z.output<Params>) => {
    const member = await door.find(reading.reader, reading, given, reading.house.clock.now());
    return describeComplaints(reading, member, door.pathOf(slugOf(reading), given));
  };
  return [
    read({
      path,
      summary: 'The caller’s own complaints, those that she handles, and what is asked of a new one',
      for: 'anyone',
      params,
      answer: complaintsAnswer,
      handle: (reading, input) => describe(reading, input.params),
      page: (answer, view) => complaintsPage(answer, view, blankForm({ space: '', about: [] })),
    }),
    write({
      path,
      summary: 'Complains. Those who handle it are never who it is about, nor who convenes the space concerned',
      for: 'anyone',
      params,
      body: filed,
      bodyLimitBytes: 150_000,
      answer: done,
      async handle(work, input) {
        const member = await door.find(work.tx.db, work, input.params, work.tx.now);
        const { space, about, words } = input.body;
        await actions.fileComplaint(work, member, {
          space: space as SpaceId | undefined,
          about: about as MemberId[],
          words,
        });
        return { path: door.pathOf(slugOf(work), input.params) };
      },
      then: (answer) => withNotice(answer.path, 'rights.done-filed'),
      form: async ({ form, params: given }, view, reading) =>
        complaintsPage(complaintsAnswer.parse(await describe(reading, given)), view, form),
    }),
  ];
}

/** How a request says which complaint it means. */
interface ComplaintDoor<Params extends z.ZodObject> {
  readonly path: string;
  readonly params: Params;
  find(
    reader: Reader,
    caller: Caller,
    params: z.output<Params>,
    now: Date,
  ): Promise<{ readonly member: Member; readonly id: string; readonly path: string }>;
}

const complaintParams = z.object({ complaint: z.uuid() });

const ownOrHandled: ComplaintDoor<typeof complaintParams> = {
  path: '/p/:party/complaints/:complaint',
  params: complaintParams,
  async find(reader, caller, { complaint }) {
    const member = await requirePresent(reader, caller);
    return { member, id: complaint, path: `${networkPath(slugOf(caller))}/complaints/${complaint}` };
  },
};

const byOwnKeyParams = z.object({ ...keyParams.shape, ...complaintParams.shape });

const byOwnKey: ComplaintDoor<typeof byOwnKeyParams> = {
  path: '/p/:party/k/:key/membership/complaints/:complaint',
  params: byOwnKeyParams,
  async find(reader, caller, { key, complaint }, now) {
    const { member } = await openKey(reader, key, now, 'membership');
    const path = `${networkPath(slugOf(caller))}/k/${key}/membership/complaints/${complaint}`;
    return { member, id: complaint, path };
  },
};

const byItsKey: ComplaintDoor<typeof keyParams> = {
  path: '/p/:party/k/:key/complaint',
  params: keyParams,
  async find(reader, caller, { key }, now) {
    const { member, thing } = await openKey(reader, key, now, 'complaint');
    return { member, id: thing.id, path: `${networkPath(slugOf(caller))}/k/${key}/complaint` };
  },
};

function complaintEndpoints<Params extends z.ZodObject>(door: ComplaintDoor<Params>): readonly Endpoint[] {
  const { path, params } = door;
  const describe = async (reading: Parameters<typeof describeComplaint>[0], given: z.output<Params>) => {
    const found = await door.find(reading.reader, reading, given, reading.house.clock.now());
    return describeComplaint(reading, found.member, found.id, found.path);
  };
  const step = <Body extends z.ZodObject>(
    name: string,
    summary: string,
    notice: Parameters<typeof withNotice>[1],
    body: Body,
    run: (work: Work, member: Member, id: string, body: z.output<Body>) => Promise<unknown>,
  ): Endpoint =>
    write({
      path: `${path}/${name}`,
      summary,
      for: 'anyone',
      params,
      body,
      bodyLimitBytes: 150_000,
      answer: done,
      async handle(work, input) {
        const found = await door.find(work.tx.db, work, input.params, work.tx.now);
        await run(work, found.member, found.id, input.body);
        return { path: found.path };
      },
      then: (answer) => withNotice(answer.path, notice),
      form: async ({ form, params: given }, view, reading) =>
        complaintPage(complaintAnswer.parse(await describe(reading, given)), view, form),
    });
  return [
    read({
      path,
      summary: 'One complaint, for who complains and for those who handle it',
      for: 'anyone',
      params,
      answer: complaintAnswer,
      handle: (reading, input) => describe(reading, input.params),
      page: (answer, view) => complaintPage(answer, view, blankForm()),
    }),
    step(
      'words',
      'Answers, or says more',
      'rights.done-sent',
      z.object({ words: z.string().trim().min(1).max(20_000) }),
      (work, member, id, { words }) => actions.addWords(work, member, id, words),
    ),
    step('further', 'Takes it to the next instance', 'rights.done-further', z.object({}), actions.goFurther),
    step('close', 'Ends it', 'rights.done-closed', z.object({}), actions.closeComplaint),
  ];
}

export const allComplaintEndpoints: readonly Endpoint[] = [
  ...filingEndpoints(signedIn('complaints')),
  ...filingEndpoints(byKey('complaints')),
  ...complaintEndpoints(ownOrHandled),
  ...complaintEndpoints(byOwnKey),
  ...complaintEndpoints(byItsKey),
];
