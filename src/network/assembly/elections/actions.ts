/** Elections of an assembly: standing, voting in secret, counting. The roll says who has voted, the urn what was voted, and nothing joins them. */
import { randomUUID } from 'node:crypto';
import { requireConvenor } from '../../../dialogue/programme/spaces/actions.ts';
import type { Caller } from '../../../http/caller.ts';
import type { Work } from '../../../house.ts';
import { problem } from '../../../problem.ts';
import { requireMember } from '../../members/member.ts';
import { requireParty } from '../../members/party.ts';
import { lockAt } from '../meeting/actions.ts';
import { listVoices, requireVoice, todayIn } from '../voices.ts';
import { countElection } from './count.ts';
import * as store from './store.ts';

const refuseField = (path: string, code: string) => problem.inputInvalid({ fields: [{ path, code, message: code }] });

/** Of four, three who talk to each other know how the fourth voted. */
export const leastSecret = 5;

export interface ElectionGiven {
  readonly office: string;
  readonly explanation: string | undefined;
  readonly seats: number;
}

export async function announceElection(work: Work & Caller, assembly: string, given: ElectionGiven): Promise<string> {
  const at = await lockAt(work, assembly);
  await requireConvenor(work, at.space.id);
  if (at.assembly.state === 'closed') throw problem.stepNotAllowed({ step: 'announce-election', status: 'closed' });
  const id = randomUUID();
  const before = await store.listElections(work.tx.db, assembly);
  await store.insertElection(work.tx, requireParty(work), {
    id,
    assembly_id: assembly,
    number: before.length + 1,
    office: given.office,
    explanation: given.explanation ?? null,
    seats: given.seats,
  });
  await work.tx.audit('election.announce', { election: id, assembly });
  return id;
}

async function lockNominations(work: Work, id: string, step: string): Promise<store.Election> {
  const election = await store.lockElection(work.tx, id);
  if (!election) throw problem.notFound({ what: 'election' });
  if (election.state !== 'nominations') throw problem.stepNotAllowed({ step, status: election.state });
  return election;
}

export interface CandidacyGiven {
  readonly statement: string;
  /** Empty: declared that there are none. */
  readonly conflicts: string;
  /** That nominates the person: one that the person speaks for. */
  readonly organisation: string | undefined;
}

const mostCandidates = 200;

/** A member stands in her own name and agrees that it is published with what she says. */
export async function stand(work: Work & Caller, id: string, given: CandidacyGiven): Promise<void> {
  const member = await requireMember(work);
  const election = await lockNominations(work, id, 'stand');
  const last = election.candidates.at(-1)?.number ?? 0;
  if (last >= mostCandidates) throw refuseField('statement', 'too-many');
  const nominating =
    given.organisation === undefined ? undefined : (await requireVoice(work, given.organisation)).organisation;
  await store.insertCandidate(work.tx, {
    id: randomUUID(),
    party_id: requireParty(work),
    election_id: id,
    number: last + 1,
    member_id: member.id,
    organisation_id: nominating?.id ?? null,
    statement: given.statement,
    conflicts: given.conflicts,
    stood_at: work.tx.now,
  });
  await work.tx.audit('election.stand', { election: id, member: member.id });
}

export async function standDown(work: Work & Caller, id: string): Promise<void> {
  const member = await requireMember(work);
  await lockNominations(work, id, 'stand-down');
  if (!(await store.deleteCandidate(work.tx, id, member.id))) throw problem.notFound({ what: 'candidate' });
  await work.tx.audit('election.stand-down', { election: id, member: member.id });
}

export async function openVoting(work: Work & Caller, id: string, minutes: number): Promise<void> {
  const found = await store.findElection(work.tx.db, id);
  if (!found) throw problem.notFound({ what: 'election' });
  const at = await lockAt(work, found.assembly_id);
  await requireConvenor(work, at.space.id);
  const election = await lockNominations(work, id, 'open-voting');
  if (at.assembly.state !== 'open') throw problem.stepNotAllowed({ step: 'open-voting', status: at.assembly.state });
  if (election.candidates.length === 0) throw problem.stepNotAllowed({ step: 'open-voting', status: 'no-candidate' });
  const voices = await listVoices(work.tx.db, todayIn(work));
  if (voices.length < leastSecret) throw problem.stepNotAllowed({ step: 'open-voting', status: 'too-few-for-secrecy' });
  const closesAt = new Date(work.tx.now.getTime() + minutes * 60_000);
  await store.openRoll(
    work.tx,
    requireParty(work),
    id,
    voices.map((voice) => voice.id),
    closesAt,
  );
  await work.tx.audit('election.open', { election: id, voices: voices.length });
}

/** Once for each organisation, and not to be changed: nobody could find the ballot again. The audit does not say for which organisation. */
export async function castBallot(
  work: Work & Caller,
  id: string,
  organisation: string | undefined,
  ranking: readonly number[],
): Promise<void> {
  const voice = await requireVoice(work, organisation);
  const election = await store.lockElection(work.tx, id);
  if (!election) throw problem.notFound({ what: 'election' });
  if (election.state !== 'open' || election.closes_at === null || work.tx.now >= election.closes_at)
    throw problem.stepNotAllowed({ step: 'vote', status: election.state === 'open' ? 'over' : election.state });
  const may = new Set(election.candidates.map(({ number }) => number));
  if (ranking.length === 0) throw refuseField('ranking', 'required');
  if (new Set(ranking).size < ranking.length || !ranking.every((number) => may.has(number)))
    throw refuseField('ranking', 'decisions.ranking-form');
  if (!(await store.strikeOff(work.tx, id, voice.organisation.id)))
    throw problem.stepNotAllowed({ step: 'vote', status: 'has-voted' });
  await store.putInUrn(work.tx, id, ranking);
  await work.tx.audit('election.vote', { election: id });
}

/** At its end and not before, once. */
export async function closeElection(work: Work, id: string): Promise<void> {
  const election = await store.lockElection(work.tx, id);
  if (election?.state !== 'open' || election.closes_at === null || work.tx.now < election.closes_at) return;
  const ballots = await store.readUrn(work.tx.db, id);
  const numbers = election.candidates.map(({ number }) => number);
  const { rounds, ...count } = countElection(numbers, election.seats, ballots);
  const isTold = ballots.length >= leastSecret;
  await store.setResult(work.tx, id, {
    ...count,
    // Nobody is elected by nobody.
    elected: ballots.length === 0 ? [] : count.elected,
    rounds: isTold ? rounds : null,
  });
  await work.tx.audit('election.count', { election: id, ballots: ballots.length });
}
