/**
 * Bodies travel apart from acts: public ones lie beside the log by the hash their act commits to, others are given to a node on request when one
 * of the parties it hosts may read them now. A node asks for what it lacks, and again whenever accession, entry into force or release
 * may have changed the answer.
 */
import { sql } from 'kysely';
import { MAX_PROOF_BYTES } from '@reciproca/tlog/proof';
import { z } from 'zod';
import type { Reader } from '../db/database.ts';
import type { House, Work } from '../house.ts';
import { work as doWork } from '../house.ts';
import type { ActId, Did, SubjectId } from '../ids.ts';
import { JsonError, parseJsonBytes } from '../json.ts';
import { dial } from '../network/dial.ts';
import { problem, Problem } from '../problem.ts';
import { assertionLimitBytes, claimsProof, findAssertion, keepAssertion } from './assertion.ts';
import { opensCommitment, parseBody } from './body.ts';
import { parseAct } from './jws.ts';
import { actIdSchema } from './payload.ts';
import { awaitProof, findProof, takeProof } from './proof.ts';
import { parseSummary } from './protocol.ts';
import { isLost, retryHeld } from './receive.ts';
import { decideOnWaiting } from './sequence.ts';
import { release } from './spine-types.ts';
import * as store from './store.ts';

export const bodiesPerRequest = 16;

export const bodiesRequestSchema = z.strictObject({ acts: z.array(actIdSchema).min(1).max(bodiesPerRequest) });

const base64url = z.string().regex(/^[A-Za-z0-9_-]*$/);
const answerSchema = z.object({
  bodies: z.array(
    z.discriminatedUnion('status', [
      z.object({
        act: actIdSchema,
        status: z.literal(200),
        salt: base64url,
        body: base64url,
        assertion: base64url.max(2 * assertionLimitBytes).nullable(),
        proof: z.string().max(MAX_PROOF_BYTES).nullable().default(null),
      }),
      // `awaits`: the asker may have it, once copy-keepers have confirmed the act.
      z.object({
        act: actIdSchema,
        status: z.union([z.literal(403), z.literal(404), z.literal(410)]),
        awaits: z.literal('confirmation').optional(),
      }),
    ]),
  ),
});
export type BodiesAnswer = z.infer<typeof answerSchema>;

/** What may be given of these acts to a node that speaks for these parties (none: the public). */
export async function answerBodies(
  work: { reader: Reader; house: House },
  acts: readonly ActId[],
  parties: readonly Did[],
): Promise<BodiesAnswer> {
  const bodies: BodiesAnswer['bodies'] = [];
  for (const act of acts) {
    const row = await store.findBody(work.reader, act);
    const proof = await findProof(work.reader, act);
    if (!row) bodies.push({ act, status: 404 });
    else if (row.body === null || row.salt === null) bodies.push({ act, status: 410 });
    else if (!row.is_public && !(await isEntitled(work, act, row.audience, parties))) bodies.push({ act, status: 403 });
    else if (proof === undefined && (await isDeliveredConfirmed(work, act)))
      bodies.push({ act, status: 403, awaits: 'confirmation' });
    else
      bodies.push({
        act,
        status: 200,
        salt: row.salt.toString('base64url'),
        body: row.body.toString('base64url'),
        assertion: await assertionFor(work, act, parties),
        proof: proof ?? null,
      });
  }
  return { bodies };
}

async function isDeliveredConfirmed({ reader, house }: { reader: Reader; house: House }, act: ActId): Promise<boolean> {
  const row = await store.findAct(reader, act);
  return row !== undefined && house.journal.protocol.findType(row.type)?.delivery === 'confirmed';
}

async function isEntitled(
  work: { reader: Reader; house: House },
  act: ActId,
  audience: readonly Did[],
  parties: readonly Did[],
): Promise<boolean> {
  if (audience.some((did) => parties.includes(did))) return true;
  const row = await store.findAct(work.reader, act);
  // Its author has lost it, with a disk.
  if (row && parties.includes(row.party)) return true;
  const type = row && work.house.journal.protocol.findType(row.type);
  // Whoever has acceded since takes part as well.
  return row !== undefined && type?.audience === 'subject' && takesPart(work, row.subject, parties);
}

/** A person's proof would show which acts of her party are hers: it is for those who take part, and for its author. */
async function assertionFor(
  work: { reader: Reader; house: House },
  act: ActId,
  parties: readonly Did[],
): Promise<string | null> {
  const row = await store.findAct(work.reader, act);
  if (!row || !(parties.includes(row.party) || (await takesPart(work, row.subject, parties)))) return null;
  return (await findAssertion(work.reader, act))?.toString('base64url') ?? null;
}

async function takesPart(
  { reader, house }: { reader: Reader; house: House },
  id: SubjectId,
  parties: readonly Did[],
): Promise<boolean> {
  const subject = await store.findSubject(reader, id);
  const procedure = subject && house.journal.protocol.findProcedure(subject.kind);
  return (
    subject?.state != null &&
    procedure !== undefined &&
    procedure.participants(subject.state).some((did) => parties.includes(did))
  );
}

export async function listWanted(reader: Reader, logId: number): Promise<ActId[]> {
  const rows = await reader
    .selectFrom('wanted_bodies')
    .select('act')
    .where('log_id', '=', logId)
    .where('state', '=', 'wanted')
    .orderBy('act')
    .limit(bodiesPerRequest)
    .execute();
  return rows.map((row) => row.act);
}

/** Asks the node behind a log for the bodies still wanted. `send` posts a request signed with our transport key. */
export async function fetchBodies(
  house: House,
  logId: number,
  send: (path: string, body: string) => Promise<{ status: number; body: Uint8Array }>,
  url?: string,
): Promise<void> {
  await doWork(house, 'node', { system: 'federation' }, ({ tx }) =>
    tx.db
      .updateTable('wanted_bodies')
      .set({ state: 'wanted' })
      .where('log_id', '=', logId)
      .where('state', '=', 'awaited')
      .execute(),
  );
  for (;;) {
    const wanted = await house.database.read('node', (reader) => listWanted(reader, logId));
    if (wanted.length === 0) return;
    const answer = await send('/federation/bodies', JSON.stringify({ acts: wanted }));
    // We follow a log whose operator does not know us: it gives what it gives to anybody.
    const isStranger = answer.status === 401;
    if (answer.status !== 200 && !isStranger)
      throw problem.peerAnswerInvalid({ peer: String(logId), reason: `status ${answer.status} to bodies` });
    const { bodies } = isStranger ? await askPublicly(house, logId, wanted, url) : parseAnswer(answer.body, logId);
    const given = bodies.filter((body) => wanted.includes(body.act));
    if (given.length === 0)
      throw problem.peerAnswerInvalid({ peer: String(logId), reason: 'answers none of the bodies asked for' });
    await doWork(house, 'node', { system: 'federation' }, async (work) => {
      await store.lockTakingIn(work.tx);
      for (const body of given) await keepBodyOrWait(work, body);
    });
  }
}

const publicBodySchema = z.object({ salt: base64url, body: base64url });

async function askPublicly(house: House, logId: number, wanted: readonly ActId[], url?: string): Promise<BodiesAnswer> {
  const { log, acts } = await house.database.read('node', async (reader) => ({
    log: await store.findLog(reader, logId),
    acts: await reader
      .selectFrom('acts')
      .select(['id', 'commitment', 'type'])
      .where('id', 'in', [...wanted])
      .execute(),
  }));
  const bodies: BodiesAnswer['bodies'] = [];
  for (const { id, commitment, type } of acts) {
    const answer = await dial(`${url ?? log?.url}/log/body/${commitment}`, { limitBytes: 3_000_000 });
    if (answer.status !== 200) {
      bodies.push({ act: id, status: answer.status === 410 ? 410 : 403 });
      continue;
    }
    const { salt, body } = parseOrRefuse(publicBodySchema, answer.body, logId);
    const needsProof = house.journal.protocol.findType(type)?.delivery === 'confirmed';
    const proof = needsProof
      ? await dial(`${url ?? log?.url}/log/proof/${id}`, { limitBytes: MAX_PROOF_BYTES })
      : undefined;
    const proofText = proof?.status === 200 ? Buffer.from(proof.body).toString('utf8') : null;
    bodies.push({ act: id, status: 200, salt, body, assertion: null, proof: proofText });
  }
  return { bodies };
}

function parseAnswer(bytes: Uint8Array, logId: number): BodiesAnswer {
  return parseOrRefuse(answerSchema, bytes, logId);
}

function parseOrRefuse<Schema extends z.ZodType>(schema: Schema, bytes: Uint8Array, logId: number): z.infer<Schema> {
  try {
    return schema.parse(parseJsonBytes(bytes, 32_000_000));
  } catch (error) {
    if (error instanceof JsonError || error instanceof z.ZodError)
      throw problem.peerAnswerInvalid({ peer: String(logId), reason: 'bodies malformed' }, error);
    throw error;
  }
}

/** A defect of ours met by one body must not stop the others; and while a log is refilled, what would state something new waits until it is whole. */
async function keepBodyOrWait(work: Work, answer: BodiesAnswer['bodies'][number]): Promise<void> {
  await sql`savepoint body`.execute(work.tx.db);
  try {
    await keepBody(work, answer);
    await sql`release savepoint body`.execute(work.tx.db);
  } catch (error) {
    if (isLost(error)) throw error;
    await sql`rollback to savepoint body`.execute(work.tx.db);
    if (!(error instanceof Problem)) work.house.log.error('a body could not be taken in', { act: answer.act, error });
    await postpone(work, answer.act, 'not-now');
  }
}

async function keepBody(work: Work, answer: BodiesAnswer['bodies'][number]): Promise<void> {
  const { tx } = work;
  const { act: id } = answer;
  const row = await store.findAct(tx.db, id);
  if (!row) return;
  const forget = () => tx.db.deleteFrom('wanted_bodies').where('act', '=', id).execute();
  if (answer.status === 410) return void (await forget());
  if (answer.status !== 200) return postpone(work, id, answer.awaits === 'confirmation' ? 'awaited' : 'not-now');
  const salt = Buffer.from(answer.salt, 'base64url');
  const bytes = Buffer.from(answer.body, 'base64url');
  if (!opensCommitment(row.commitment, salt, bytes) || (await store.isErased(tx.db, id)))
    return postpone(work, id, 'not-now');
  const type = work.house.journal.protocol.findType(row.type);
  const isProven = answer.proof !== null && (await takeProof(work, id, answer.proof));
  if (!isProven && type?.delivery === 'confirmed') return postpone(work, id, 'not-now');
  if (!isProven && parseAct(row.jws).payload.under) await awaitProof(work, id);
  const hosted = await tx.db.selectFrom('parties').select('id').where('is_hosted', '=', true).execute();
  await store.insertBody(tx, {
    act: id,
    commitment: row.commitment,
    salt,
    bytes,
    isPublic: type?.audience === 'public' || (await isReleased(work, row)),
    audience: [],
    // The giver does not say which of our parties it is meant for; those that take part in or are named by the act find out from it.
    readers: hosted.map((party) => party.id),
    releaseOn: null,
  });
  if (answer.assertion !== null) await keepAssertion(work, id, Buffer.from(answer.assertion, 'base64url'));
  const { payload } = parseAct(row.jws);
  const waitsForProof = row.standing === 'held' && claimsProof(payload);
  // Its author may not know yet that a party of ours takes part.
  if (waitsForProof && answer.assertion === null) return postpone(work, id, 'awaited');
  await forget();
  if (waitsForProof) return retryHeld(work, row.subject);
  if (row.log_index === null || row.standing !== 'accepted') return;
  const received = { id, payload, logId: row.log_id, logIndex: row.log_index };
  await work.house.journal.protocol.findReceiver(row.type)?.bodyArrived?.(work, received, parseBody(bytes));
  await decideOnWaiting(work, row.subject);
  await retryHeld(work, row.subject);
}

/** Its author has published it, by an act on the same subject. */
async function isReleased(
  { tx }: Work,
  { id, party, subject }: { readonly id: ActId; readonly party: Did; readonly subject: SubjectId },
) {
  const releases = await tx.db
    .selectFrom('acts')
    .select('jws')
    .where('subject', '=', subject)
    .where('party', '=', party)
    .where('type', '=', release.name)
    .where('standing', '=', 'accepted')
    .execute();
  return releases.some(({ jws }) => parseSummary(release, parseAct(jws).payload).act === id);
}

async function postpone({ tx, house }: Work, act: ActId, state: 'not-now' | 'awaited'): Promise<void> {
  if (state === 'not-now') house.log.info('a body was not given, or not one that this act commits to', { act });
  await tx.db.updateTable('wanted_bodies').set({ state }).where('act', '=', act).execute();
}

/** Entitlement may have changed for this subject (accession, entry into force): ask again for what was not given. */
export async function askAgain(work: Work, subject: string): Promise<void> {
  await work.tx.db
    .updateTable('wanted_bodies')
    .set({ state: 'wanted' })
    .where('state', '=', 'not-now')
    .where('act', 'in', (query) =>
      query
        .selectFrom('acts')
        .select('id')
        .where('subject', '=', subject as never),
    )
    .execute();
}
