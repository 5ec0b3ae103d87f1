/** One election: who stands and why, voting in secret, the count. */
import { z } from 'zod';
import type { Caller } from '../../../http/caller.ts';
import { read, write, type Endpoint } from '../../../http/endpoint.ts';
import type { Reading, Work } from '../../../house.ts';
import { readRanking } from '../../../dialogue/decisions/ranking.ts';
import { plainDateAt } from '../../../period.ts';
import { problem } from '../../../problem.ts';
import { withNotice } from '../../../ui/layout.tsx';
import { networkFacts } from '../../members/answers.ts';
import { findMember } from '../../members/member.ts';
import { networkFactsOf } from '../../members/section.tsx';
import { assembliesPath, electionPath } from '../meeting/answers.ts';
import { findAssemblyFor } from '../meeting/reading.ts';
import { listOwnVoices } from '../voices.ts';
import * as actions from './actions.ts';
import { electionPage } from './pages.tsx';
import * as store from './store.ts';

export const electionAnswer = z.object({
  network: networkFacts,
  path: z.string(),
  assembly: z.object({ path: z.string(), state: z.string() }),
  office: z.string(),
  explanation: z.string().nullable(),
  seats: z.int(),
  state: z.enum(['nominations', 'open', 'counted']),
  closesAt: z.iso.datetime().nullable(),
  candidates: z.array(
    z.object({
      number: z.int(),
      name: z.string().nullable(),
      organisation: z.string().nullable(),
      statement: z.string(),
      conflicts: z.string(),
    }),
  ),
  /** How many, never who for whom; once voting is open. */
  roll: z.object({ voices: z.int(), voted: z.int() }),
  result: z
    .object({
      ballots: z.int(),
      /** In hundred-thousandths of a vote, as all counts. */
      quota: z.int(),
      elected: z.array(z.int()),
      rounds: z
        .array(
          z.object({
            counts: z.record(z.string(), z.number()),
            notTransferable: z.number(),
            elected: z.array(z.int()),
            out: z.array(z.int()),
            byLot: z.boolean(),
          }),
        )
        .nullable(),
    })
    .nullable(),
  own: z.object({
    mayConvene: z.boolean(),
    mayStand: z.boolean(),
    stands: z.boolean(),
    speaksFor: z.array(z.object({ id: z.string(), name: z.string() })),
    /** On the roll, and has not voted. */
    mayVoteFor: z.array(z.object({ id: z.string(), name: z.string() })),
  }),
});
export type ElectionAnswer = z.output<typeof electionAnswer>;

const idParams = z.object({ election: z.uuid() });
const slugOf = ({ party }: Caller): string => party?.slug ?? '';

async function describe(reading: Reading & Caller, id: string): Promise<z.input<typeof electionAnswer>> {
  const { reader, house } = reading;
  const election = await store.findElection(reader, id);
  if (!election) throw problem.notFound({ what: 'election' });
  const { assembly, convenes } = await findAssemblyFor(reading, election.assembly_id);
  const now = house.clock.now();
  const roll = await store.listRoll(reader, id);
  const speaksFor = await listOwnVoices(reader, reading, plainDateAt(now, 'UTC'));
  const member = await findMember(reader, reading);
  const waiting = new Set(roll.filter(({ hasVoted }) => !hasVoted).map(({ organisation }) => organisation));
  const isOpen = election.state === 'open' && election.closes_at !== null && now < election.closes_at;
  const slug = slugOf(reading);
  const stands = election.candidates.some((candidate) => candidate.member === member?.id);
  return {
    network: networkFactsOf(reading),
    path: electionPath(slug, id),
    assembly: { path: `${assembliesPath(slug)}/${assembly.id}`, state: assembly.state },
    office: election.office,
    explanation: election.explanation,
    seats: election.seats,
    state: election.state,
    closesAt: election.closes_at?.toISOString() ?? null,
    candidates: election.candidates.map(({ number, name, organisation, statement, conflicts }) => ({
      number,
      name: name ?? null,
      organisation: organisation ?? null,
      statement,
      conflicts,
    })),
    roll: { voices: roll.length, voted: roll.length - waiting.size },
    result: election.result && {
      ...election.result,
      elected: [...election.result.elected],
      rounds:
        election.result.rounds?.map((round) => ({
          ...round,
          counts: { ...round.counts },
          elected: [...round.elected],
          out: [...round.out],
        })) ?? null,
    },
    own: {
      mayConvene: convenes,
      mayStand: member !== undefined && election.state === 'nominations' && !stands,
      stands,
      speaksFor: [...speaksFor],
      mayVoteFor: isOpen ? speaksFor.filter((each) => waiting.has(each.id)) : [],
    },
  };
}

const one = read({
  path: '/p/:party/elections/:election',
  summary:
    'An election: candidates with statements and conflicts of interest, how many voted, the count round by round',
  for: 'anyone',
  params: idParams,
  answer: electionAnswer,
  handle: (reading, { params }) => describe(reading, params.election),
  page: (answer, view) => electionPage(answer, view),
});

const step = <Body extends z.ZodObject>(
  name: string,
  summary: string,
  notice: Parameters<typeof withNotice>[1],
  body: Body,
  run: (work: Work & Caller, id: string, body: z.output<Body>) => Promise<unknown>,
): Endpoint =>
  write({
    path: `/p/:party/elections/:election/${name}`,
    summary,
    for: 'anyone',
    params: idParams,
    body,
    answer: z.object({ path: z.string() }),
    async handle(work, input) {
      await run(work, input.params.election, input.body);
      return { path: electionPath(slugOf(work), input.params.election) };
    },
    then: ({ path }) => withNotice(path, notice),
    form: async (attempt, view, reading) =>
      electionPage(electionAnswer.parse(await describe(reading, attempt.params.election)), view, {
        step: name,
        form: attempt.form,
      }),
  });

const organisation = z.uuid().optional();

export const electionEndpoints: readonly Endpoint[] = [
  one,
  step(
    'stand',
    'Stands for election; the name, the statement and the conflicts of interest are published',
    'common.done-saved',
    z.object({
      statement: z.string().trim().min(1).max(5000),
      conflicts: z.string().trim().max(2000).default(''),
      organisation,
    }),
    (work, id, body) => actions.stand(work, id, { ...body, organisation: body.organisation }),
  ),
  step('stand-down', 'Stands no longer', 'common.done-saved', z.object({}), actions.standDown),
  step(
    'open',
    'Opens voting: who has a voice now is on the roll',
    'common.done-saved',
    z.object({ minutes: z.int().min(5).max(20_160) }),
    (work, id, { minutes }) => actions.openVoting(work, id, minutes),
  ),
  step(
    'vote',
    'Votes in secret, once for each organisation, and for good',
    'assembly.done-voted',
    z.object({
      /** `2 1 3`: numbers of candidates, from the most wanted on. */
      ranking: z.string().trim().max(1000),
      organisation,
    }),
    (work, id, body) => actions.castBallot(work, id, body.organisation, readRanking(body.ranking)),
  ),
];
