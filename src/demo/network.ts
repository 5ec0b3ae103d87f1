/**
 * What happens between the nodes before the story can be told: the ministries and the observatory pair, the ministries agree, the weekly table
 * flows, an officer verifies a signal, a council says no, and a forbidden request is refused. Each step is taken by a person of the cast at the API of
 * her own node; nothing is written behind its back.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Draft } from '../agreement/draft.ts';
import type { Did } from '../ids.ts';
import { parseAddress } from '../network/address.ts';
import { agreementAnswer, agreementListAnswer } from '../agreement/answers.ts';
import { exchangeAnswer } from '../exchange/answers.ts';
import { requestAnswerSchema } from '../exchange/requests.ts';
import { networkAnswer } from '../network/answers.ts';
import { OperatorError } from '../operator-error.ts';
import { signalListAnswer, worklistAnswer } from '../surveillance/signals/answers.ts';
import { nodePlans, type Member, type NodeName } from './cast.ts';
import type { BorderStory } from './simulation.ts';
import type { Person } from './person.ts';

export interface Stage {
  readonly urls: Readonly<Record<NodeName, string>>;
  readonly people: Readonly<Record<Member, Person>>;
  readonly story: BorderStory;
  /** What is being done, in plain words. */
  say(words: string): void;
}

/** What the story links to. */
export interface Played {
  readonly agreement: string;
  /** Of Ambria: the signal that became an event, and one that waits for somebody. */
  readonly verified: string;
  readonly openSignal: { readonly path: string; readonly indicator: string; readonly place: string };
  readonly warningArticle: string;
}

const done = z.object({});
const patienceMs = 60_000;

/** Asks again until the answer is there; peers work in rounds of seconds. */
export async function waitFor<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const until = Date.now() + patienceMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > until)
      throw new OperatorError(`The demonstration waited ${patienceMs / 1000} s in vain: ${what}.`);
    await delay(150);
  }
}

export async function pairAll({ urls, people, say }: Stage): Promise<void> {
  say('The nodes pair: on both sides a person compares fingerprints and confirms.');
  await pair(urls, ['ambria', people.fatou], ['sorell', people.omar]);
  await Promise.all([
    pair(urls, ['ambria', people.fatou], ['watch', people.chen]),
    pair(urls, ['sorell', people.omar], ['watch', people.chen]),
  ]);
}

type Side = readonly [NodeName, Person];

async function pair(urls: Stage['urls'], [a, inviter]: Side, [b, invited]: Side): Promise<void> {
  const { link } = await inviter.post('/network/invitations', {}, z.object({ link: z.string() }));
  const { id } = await invited.post('/network/pairings', { link }, z.object({ id: z.string() }));
  // They see the same two fingerprints on both screens: what two people would read to each other by telephone.
  const [seenByA, seenByB] = [
    await inviter.get('/network', networkAnswer),
    await invited.get('/network', networkAnswer),
  ];
  const shown = seenByB.pairings.find((pairing) => pairing.id === id)?.fingerprint;
  if (shown === undefined || shown !== seenByA.ownFingerprint)
    throw new OperatorError(`The fingerprints of ${a} and ${b} differ: do not pair.`);
  await invited.post(`/network/pairings/${id}/confirm`, { fingerprint: shown }, done);
  const request = await waitFor(`${b} to answer the invitation of ${a}`, async () =>
    (await inviter.get('/network', networkAnswer)).pairings.find(({ url }) => url === urls[b]),
  );
  await inviter.post(`/network/pairings/${request.id}/confirm`, { fingerprint: request.fingerprint }, done);
  for (const [side, other] of [
    [inviter, b],
    [invited, a],
  ] as const)
    await waitFor(`${a} and ${b} to be paired`, async () =>
      (await side.get('/network', networkAnswer)).pairings.find(
        ({ url, state }) => url === urls[other] && state === 'paired',
      ),
    );
}

const didOf = (url: string): Did => parseAddress(url).did;

const countedIndicators = 'measles, cholera, dengue, typhoid, meningitis';

function draftAgreement(ambria: Did, sorell: Did, keeper: Did): Draft {
  const term = { effect: 'permit', from: 'any', to: 'any', until: '' } as const;
  return {
    title: 'Agreement on early warning along the common border',
    language: 'en',
    parties: [ambria, sorell],
    articles: [
      {
        heading: 'Purpose',
        text: 'The parties protect the health of the people on both sides of their border. Nothing in this agreement permits the use of health data against the people it is about.',
        terms: [],
      },
      {
        heading: 'Weekly table',
        text: 'Each week each party gives the other its counts of measles, cholera, dengue, typhoid fever and meningococcal meningitis by region. Counts of one to four are withheld.',
        terms: [
          {
            ...term,
            content: 'table',
            indicators: countedIndicators,
            finestLevel: 1,
            minimumCount: 5,
            purposes: ['public-health-surveillance', 'outbreak-response', 'preparedness'],
            every: 'week',
          },
        ],
      },
      {
        heading: 'Warnings',
        text: 'An event that a named officer of one party has verified is told to the other at once, down to the district.',
        terms: [
          {
            ...term,
            content: 'warning',
            indicators: '',
            finestLevel: 2,
            minimumCount: 1,
            purposes: ['public-health-surveillance', 'outbreak-response'],
            every: 'once',
          },
        ],
      },
      {
        heading: 'Mutual help',
        text: 'When an event touches both sides, the officers of the districts concerned call each other, and the parties help each other with vaccine, laboratory tests and staff in good faith. How, they decide case by case.',
        terms: [],
      },
    ],
    consents: 2,
    notBefore: '',
    delayDays: 0,
    withdrawalNoticeDays: 90,
    keepers: [keeper],
    k: 1,
    assurance: 'session',
  };
}

const stepAnswer = z.object({ path: z.string() });

export async function agree({ urls, people, say }: Stage): Promise<string> {
  say('Two delegates agree on a text of four articles and sign it; it enters into force by its own rule.');
  const draft = draftAgreement(didOf(urls.ambria), didOf(urls.sorell), didOf(urls.watch));
  const { path } = await people.edu.post('/agreements', draft, stepAnswer);
  await waitFor('the text to reach Sorell', async () =>
    (await people.samir.get('/agreements', agreementListAnswer)).agreements.find((each) => each.path === path),
  );
  for (const person of [people.edu, people.samir]) {
    const { textAct } = await person.get(path, agreementAnswer);
    await person.post(`${path}/sign`, { version: textAct }, done);
  }
  for (const person of [people.edu, people.samir])
    await waitFor('the agreement to enter into force', async () => {
      const { status } = await person.get(path, agreementAnswer);
      return status === 'in-force' ? status : undefined;
    });
  return path;
}

export async function exchangeTables({ urls, people, say }: Stage): Promise<void> {
  say('Each ministry asks the other for this week’s table; the agreement permits it, and it flows.');
  const ask = (person: Person, giver: string): Promise<unknown> =>
    person.post(
      '/exchange/requests',
      {
        giver,
        asker: giver === didOf(urls.sorell) ? didOf(urls.ambria) : didOf(urls.sorell),
        content: 'table',
        indicator: 'measles',
        level: 1,
        purpose: 'public-health-surveillance',
      },
      requestAnswerSchema,
    );
  await Promise.all([ask(people.leila, didOf(urls.ambria)), ask(people.amina, didOf(urls.sorell))]);
  for (const officer of [people.amina, people.leila])
    await waitFor('the tables to be acknowledged on both sides', async () => {
      const { flows } = await officer.get('/exchange', exchangeAnswer);
      return flows.some(
        ({ content, direction, state }) => content === 'table' && direction === 'out' && state === 'received',
      )
        ? true
        : undefined;
    });
}

export async function sayNo({ people, say }: Stage): Promise<void> {
  say('The community’s council refuses that its people’s data train models or be sold.');
  for (const purpose of ['model-training', 'resale'])
    await people.mariama.post('/community/answers', { purpose, answer: 'refused' }, done);
}

export async function refuseForbidden({ urls, people, say }: Stage): Promise<void> {
  say('The immigration authority asks Ambria for a list of cases, and is refused.');
  const answer = await people.amina.post(
    '/exchange/requests',
    {
      giver: didOf(urls.ambria),
      asker: 'outside',
      content: 'line-list',
      indicator: 'measles',
      level: 2,
      purpose: 'immigration',
    },
    requestAnswerSchema,
  );
  if (answer.isPermitted) throw new Error('a forbidden purpose was permitted');
}

const scope = (likelihood: string, consequence: string) => ({ likelihood, consequence, confidence: 'medium' });

/** The signal that began it all, from the list to the event: by an officer, with her reasons. */
export async function verify({ people, story, say }: Stage): Promise<Pick<Played, 'verified' | 'openSignal'>> {
  say('Ambria’s officer looks at her signals, verifies one by telephone, and makes it an event.');
  await people.amina.post('/signals/capacity', { perWeek: 6 }, done);
  const signals = await waitFor('detection to find the outbreak', async () => {
    const list = (await people.amina.get('/signals/all', signalListAnswer)).signals;
    return list.some(({ place, indicator }) => place?.code === story.origin.code && indicator?.code === 'measles')
      ? list
      : undefined;
  });
  const signal = signals.find(
    ({ place, indicator }) => place?.code === story.origin.code && indicator?.code === 'measles',
  );
  if (!signal) throw new Error('the signal is gone');
  const step = (name: string, why: string): Promise<unknown> =>
    people.amina.post(`${signal.path}/step`, { step: name, why }, done);
  await step('accept', 'Rising for several weeks, and the neighbouring district has begun to rise as well.');
  await step(
    'verify',
    `Called the hospital in ${story.origin.name}: 12 of the latest cases were confirmed by the laboratory; most of the children were not vaccinated.`,
  );
  await people.amina.post(
    `${signal.path}/risk`,
    {
      question: `What is the risk that measles spreads further from ${story.origin.name} within the next four weeks?`,
      hazard: 'Measles, confirmed by the laboratory in 12 cases.',
      exposure: `Children under five in ${story.origin.name} and ${story.second.name}; families cross the border to the market in ${story.beyond.name}.`,
      context: 'Vaccination had been interrupted last year. Vaccine for a local campaign is in the regional store.',
      national: scope('highly-likely', 'moderate'),
      regional: scope('likely', 'moderate'),
      global: scope('unlikely', 'minor'),
    },
    done,
  );
  await people.amina.post(
    `${signal.path}/event`,
    { title: `Measles in ${story.origin.name}`, why: 'Confirmed, spreading, and near the border.' },
    z.object({ id: z.uuid() }),
  );
  const { fresh } = await people.amina.get('/signals', worklistAnswer);
  const open =
    fresh.find(({ place, indicator }) => place?.code === story.second.code && indicator?.code === 'measles') ??
    fresh[0];
  if (!open) throw new Error('no signal is left to look at');
  return {
    verified: signal.path,
    openSignal: { path: open.path, indicator: open.indicator?.code ?? '', place: open.place?.name ?? '' },
  };
}

export async function receiveWarning({ people, say }: Stage): Promise<string> {
  say('The warning reaches Sorell.');
  await waitFor('the warning to reach Sorell with its proof', async () =>
    (await people.leila.get('/exchange', exchangeAnswer)).warnings.find(
      ({ content, isProven }) => content === 'warning' && isProven,
    ),
  );
  const sent = (await people.amina.get('/exchange', exchangeAnswer)).flows.find(
    ({ content, direction }) => content === 'warning' && direction === 'out',
  );
  if (!sent?.article) throw new Error('the warning left without an article');
  return sent.article;
}

export const nameOfNode = (node: NodeName): string =>
  nodePlans.find(({ name }) => name === node)?.operator.name ?? node;
