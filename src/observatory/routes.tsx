import { z } from 'zod';
import { actIdSchema, subjectIdSchema } from '../acts/payload.ts';
import type { Caller } from '../http/caller.ts';
import { read, write, type Attempt, type Endpoint } from '../http/endpoint.ts';
import { problem } from '../problem.ts';
import { withNotice } from '../ui/layout.tsx';
import { answerQuestion, lookUpLog, observeLog, type Person } from './actions.ts';
import { flowsAnswer, observatoryAnswer, questionAnswerShape } from './answers.ts';
import { flowsPage, observatoryPage, observePage, questionPage } from './pages.tsx';
import { logPath } from './paths.ts';
import { questionIdSchema } from './questions.ts';
import { answeringRoles, readFlowsPage, readObservatory, readQuestion } from './reading.ts';

const anyone = { for: 'anyone', scope: 'node' } as const;

const overview = read({
  ...anyone,
  path: '/observatory',
  summary:
    'What this node finds when it checks the logs it holds: roots, agreements, what crossed borders, open questions',
  answer: observatoryAnswer,
  handle: readObservatory,
  page: observatoryPage,
});

const flows = read({
  ...anyone,
  path: '/observatory/flows',
  summary: 'Every dispatch and warning in the logs held here, judged at its legal time',
  query: z.object({ instrument: subjectIdSchema.optional(), after: actIdSchema.optional() }),
  answer: flowsAnswer,
  handle: (visit, { query }) => readFlowsPage(visit, query),
  page: flowsPage,
});

const idParam = z.object({ id: questionIdSchema });

const question = read({
  ...anyone,
  path: '/observatory/questions/:id',
  summary: 'An open question: the acts it rests on, and what the party concerned answers',
  params: idParam,
  answer: questionAnswerShape,
  handle: (visit, { params }) => readQuestion(visit, params.id),
  page: (answer, view) => questionPage(answer, view),
});

function personOf({ viewer }: Pick<Caller, 'viewer'>): Person {
  if (!viewer.account || !viewer.party) throw problem.notAllowed({ needs: 'party' });
  return { account: viewer.account.id, party: viewer.party.id };
}

const answer = write({
  path: '/observatory/questions/:id/answers',
  summary: 'Answers an open question in the name of the party it concerns, by an act in its public log',
  for: { role: answeringRoles },
  params: idParam,
  body: z.object({ text: z.string().trim().min(1).max(2_000) }),
  answer: z.object({ act: actIdSchema }),
  handle: async (work, { params, body }) => ({ act: await answerQuestion(work, personOf(work), params.id, body.text) }),
  then: (_answer, { params }) => withNotice(`/observatory/questions/${params.id}`, 'observatory.done-answered'),
  form: async ({ form, params }: Attempt<z.output<typeof idParam>>, view, visit) =>
    questionPage(await readQuestion(visit, params.id), view, form),
});

const observe = write({
  path: '/observatory/logs',
  summary: 'Follows and checks another node’s log by its address, without pairing',
  for: { role: ['administrator'] },
  scope: 'node',
  body: z.object({ url: z.string().trim().min(1).max(300) }),
  answer: z.object({ origin: z.string(), fingerprint: z.string() }),
  outside: ({ house, viewer }, { body }) => lookUpLog(house, personOf({ viewer }), body.url),
  handle: (work, _input, found) => observeLog(work, personOf(work), found),
  then: ({ origin }) => withNotice(logPath({ origin, isOwn: false }), 'observatory.done-observed'),
  form: ({ form }, view) => observePage(view, form),
});

export const observatoryEndpoints: readonly Endpoint[] = [overview, flows, question, answer, observe];
