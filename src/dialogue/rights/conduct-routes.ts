/** The code of conduct of a network, and who handles complaints: published, in versions. */
import { z } from 'zod';
import { read, write, type Attempt, type Endpoint } from '../../http/endpoint.ts';
import type { MemberId } from '../../ids.ts';
import { emailSchema } from '../../network/members/entry-form.tsx';
import { rebase } from '../../network/members/moved-on.tsx';
import { networkPath } from '../../network/members/section.tsx';
import { noFields } from '../../http/endpoint.ts';
import { withNotice } from '../../ui/layout.tsx';
import { locales } from '../../ui/locales.ts';
import * as actions from './actions.ts';
import { conductAnswer } from './answers.ts';
import { conductPage, type Refused } from './pages.tsx';
import { describeConduct } from './reading.ts';

const path = '/p/:party/conduct';
const secretariat = { role: ['administrator', 'officer', 'delegate'] } as const;
const done = z.object({ path: z.string() });
const pathOf = (slug: string | undefined): string => `${networkPath(slug ?? '')}/conduct`;

const drawAgain =
  (step: Refused['step']) =>
  async (
    attempt: Attempt<z.output<typeof noFields>>,
    view: Parameters<typeof conductPage>[1],
    reading: Parameters<typeof describeConduct>[0],
  ) => {
    const answer = await describeConduct(reading);
    const form = step === 'publish' ? rebase(attempt, answer.code?.version ?? 0) : attempt.form;
    return conductPage(answer, view, { step, form });
  };

export const conductEndpoints: readonly Endpoint[] = [
  read({
    path,
    summary: 'The code of conduct of the network with its earlier versions, and who handles complaints in which order',
    for: 'anyone',
    answer: conductAnswer,
    handle: describeConduct,
    page: (answer, view) => conductPage(answer, view),
  }),
  write({
    path,
    summary: 'Publishes a version of the code of conduct; `base` is the version that was seen, 0 for none',
    for: secretariat,
    body: z.object({
      base: z.int().min(0),
      language: z.enum(locales),
      words: z.string().trim().min(1).max(50_000),
      answerDays: z.int().min(1).max(90),
    }),
    bodyLimitBytes: 300_000,
    answer: done,
    async handle(work, { body: { base, ...given } }) {
      await actions.publishCode(work, base, given);
      return { path: pathOf(work.party?.slug) };
    },
    then: (answer) => withNotice(answer.path, 'rights.done-published'),
    form: drawAgain('publish'),
  }),
  write({
    path: `${path}/handlers`,
    summary: 'Names a member who handles complaints, at an instance',
    for: secretariat,
    body: z.object({ email: emailSchema, instance: z.int().min(1).max(5) }),
    answer: done,
    async handle(work, { body }) {
      await actions.nameHandler(work, body.email, body.instance);
      return { path: pathOf(work.party?.slug) };
    },
    then: (answer) => withNotice(answer.path, 'common.done-saved'),
    form: drawAgain('handlers'),
  }),
  write({
    path: `${path}/handlers/end`,
    summary: 'Somebody handles complaints no longer',
    for: secretariat,
    body: z.object({ member: z.uuid() }),
    answer: done,
    async handle(work, { body }) {
      await actions.endHandler(work, body.member as MemberId);
      return { path: pathOf(work.party?.slug) };
    },
    then: (answer) => withNotice(answer.path, 'common.done-saved'),
  }),
];
