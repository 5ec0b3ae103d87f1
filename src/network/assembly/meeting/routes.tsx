/** Assemblies: called, opened, decided in, minuted. */
import { z } from 'zod';
import type { Caller } from '../../../http/caller.ts';
import { read, write, type Endpoint } from '../../../http/endpoint.ts';
import type { Work } from '../../../house.ts';
import type { DialogueSessionId, PaperId } from '../../../ids.ts';
import { blankForm } from '../../../ui/forms.tsx';
import { withNotice } from '../../../ui/layout.tsx';
import { locales } from '../../../ui/locales.ts';
import { rebase } from '../../members/moved-on.tsx';
import { keyParams, openKey } from '../../members/opened-key.ts';
import { announceElection } from '../elections/actions.ts';
import * as actions from './actions.ts';
import { assembliesAnswer, assembliesPath, assemblyAnswer } from './answers.ts';
import { assembliesPage, assemblyPage } from './pages.tsx';
import { describeAssemblies, describeAssembly } from './reading.ts';

const done = z.object({ path: z.string() });
const slugOf = ({ party }: Caller): string => party?.slug ?? '';
const idParams = z.object({ assembly: z.uuid() });

const list = read({
  path: '/p/:party/assemblies',
  summary: 'Assemblies of the network, the latest first',
  for: 'anyone',
  answer: assembliesAnswer,
  handle: describeAssemblies,
  page: (answer, view) => assembliesPage(answer, view, blankForm()),
});

const plan = write({
  path: '/p/:party/assemblies',
  summary: 'Makes a session of a series an assembly',
  for: 'anyone',
  body: z.object({ session: z.uuid() }),
  answer: done,
  async handle(work, { body }) {
    const id = await actions.planAssembly(work, body.session as DialogueSessionId);
    return { path: `${assembliesPath(slugOf(work))}/${id}` };
  },
  then: ({ path }) => path,
  form: async ({ form }, view, reading) => assembliesPage(await describeAssemblies(reading), view, form),
});

const one = read({
  path: '/p/:party/assemblies/:assembly',
  summary:
    'An assembly: notice, agenda, who is present, motions and elections with their results, minutes once approved',
  for: 'anyone',
  params: idParams,
  answer: assemblyAnswer,
  handle: (reading, { params }) => describeAssembly(reading, params.assembly),
  page: (answer, view) => assemblyPage(answer, view),
});

/** What the notice by mail leads to, for whoever has no account. */
const byKey = read({
  path: '/p/:party/k/:key/assembly',
  summary: 'The assembly that a mail gave notice of',
  for: 'anyone',
  params: keyParams,
  answer: assemblyAnswer,
  async handle(reading, { params }) {
    const { thing } = await openKey(reading.reader, params.key, reading.house.clock.now(), 'assembly');
    return describeAssembly(reading, thing.id);
  },
  page: (answer, view) => assemblyPage(answer, view),
});

const step = <Body extends z.ZodObject>(
  name: string,
  summary: string,
  body: Body,
  run: (work: Work & Caller, id: string, body: z.output<Body>) => Promise<unknown>,
): Endpoint =>
  write({
    path: `/p/:party/assemblies/:assembly/${name}`,
    summary,
    for: 'anyone',
    params: idParams,
    body,
    bodyLimitBytes: 500_000,
    answer: done,
    async handle(work, input) {
      await run(work, input.params.assembly, input.body);
      return { path: `${assembliesPath(slugOf(work))}/${input.params.assembly}` };
    },
    then: ({ path }) => withNotice(path, 'common.done-saved'),
    form: async (attempt, view, reading) => {
      const answer = await describeAssembly(reading, attempt.params.assembly);
      const form = name === 'minutes' ? rebase(attempt, answer.minutes?.revision ?? 0) : attempt.form;
      return assemblyPage(answer, view, { step: name, form });
    },
  });

const organisation = z.uuid().optional();
const explanation = z.string().trim().min(1).max(5000).optional();
const votingMinutes = z.int().min(5).max(20_160);

export const meetingEndpoints: readonly Endpoint[] = [
  list,
  plan,
  one,
  byKey,
  step(
    'items',
    'Puts an item on the agenda, until notice is given',
    z.object({
      title: z.string().trim().min(1).max(300),
      explanation,
      minutes: z.int().min(1).max(1440),
      paper: z.uuid().optional(),
      link: z
        .url({ protocol: /^https?$/ })
        .max(500)
        .optional(),
    }),
    (work, id, body) =>
      actions.addItem(work, id, {
        title: body.title,
        explanation: body.explanation,
        minutes: body.minutes,
        paper: body.paper as PaperId | undefined,
        link: body.link,
      }),
  ),
  step('items/remove', 'Takes an item off the agenda', z.object({ item: z.uuid() }), (work, id, { item }) =>
    actions.removeItem(work, id, item),
  ),
  step('items/up', 'Moves an item up by one', z.object({ item: z.uuid() }), (work, id, { item }) =>
    actions.moveItemUp(work, id, item),
  ),
  step('call', 'Gives notice: the agenda stands, and members are told by mail', z.object({}), actions.callAssembly),
  step('present', 'Says that an organisation is present', z.object({ organisation }), (work, id, body) =>
    actions.sayPresent(work, id, body.organisation),
  ),
  step('open', 'Opens the assembly, with a quorum', z.object({}), actions.openAssembly),
  step(
    'motions',
    'Moves something on an item of the agenda, for an organisation',
    z.object({
      item: z.uuid(),
      words: z.string().trim().min(1).max(300),
      explanation,
      language: z.enum(locales),
      organisation,
    }),
    (work, id, body) =>
      actions.move(work, id, { ...body, explanation: body.explanation, organisation: body.organisation }),
  ),
  step(
    'motions/second',
    'Seconds a motion, for another organisation',
    z.object({ motion: z.uuid(), organisation }),
    (work, id, body) => actions.second(work, id, body.motion, body.organisation),
  ),
  step(
    'motions/vote',
    'Puts a motion that was seconded to the vote',
    z.object({ motion: z.uuid(), minutes: votingMinutes }),
    (work, id, body) => actions.putToVote(work, id, body.motion, body.minutes),
  ),
  step(
    'elections',
    'Announces an election; members can stand until voting is opened',
    z.object({
      office: z.string().trim().min(1).max(300),
      explanation,
      seats: z.int().min(1).max(50),
    }),
    (work, id, body) => announceElection(work, id, { ...body, explanation: body.explanation }),
  ),
  step('close', 'Closes the assembly', z.object({}), actions.closeAssembly),
  step(
    'minutes',
    'Writes the minutes; `base` is the revision that was seen, 0 for the first',
    z.object({
      base: z.int().min(0),
      language: z.enum(locales),
      words: z.string().trim().min(1).max(100_000),
    }),
    (work, id, body) => actions.writeMinutes(work, id, body.base, body.language, body.words),
  ),
  step(
    'approve',
    'Approves the minutes as they were read: they are published, and an act states the results',
    z.object({ base: z.int().min(1) }),
    (work, id, body) => actions.approveMinutes(work, id, body.base),
  ),
];
