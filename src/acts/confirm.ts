/**
 * Independent confirmation, both sides of the witness protocol (C2SP tlog-witness). As a log we ask every followed node to cosign our latest
 * checkpoint; as a copy-keeper we remember one tree per log and cosign only what extends it. Being confirmed gives acts their third
 * state and numbers of instruments their legal time.
 */
import { cosign, cosignatureTimeS, makeCosignatureVerifier } from '@reciproca/tlog/cosignature';
import { KEY_TYPES, makeSigningKey, parseVkey } from '@reciproca/tlog/key';
import { proveConsistency } from '@reciproca/tlog/merkle';
import {
  formatNote,
  formatSignatures,
  makeNoteVerifier,
  parseNote,
  parseSignatures,
  verifySignatures,
  type NoteSignature,
} from '@reciproca/tlog/note';
import { TlogError } from '@reciproca/tlog/tlog-error';
import {
  decideAddCheckpoint,
  formatAddCheckpoint,
  parseAddCheckpoint,
  TREE_SIZE_CONTENT_TYPE,
  type Answer,
} from '@reciproca/tlog/witness';
import type { House, Work } from '../house.ts';
import { work as doWork } from '../house.ts';
import { parseAddress } from '../network/address.ts';
import { dial } from '../network/dial.ts';
import { problem } from '../problem.ts';
import { seedOf } from './keys.ts';
import { hashReaderOf } from './mirror.ts';
import { recordProofs } from './proof.ts';
import { askPeer, isContradiction } from './restore-check.ts';
import * as store from './store.ts';
import { timeConfirmedSteps } from './timing.ts';

/** The copy-keeper's answer to `POST /witness/add-checkpoint`, exactly one of those the protocol names. */
export async function answerAddCheckpoint(
  work: Work,
  body: Uint8Array,
): Promise<Answer | { readonly status: 200; readonly contentType: string; readonly body: string }> {
  const { tx, house } = work;
  let request;
  try {
    request = parseAddCheckpoint(body);
  } catch (error) {
    if (!(error instanceof TlogError)) throw error;
    return { status: 400, contentType: 'text/plain; charset=utf-8', body: `${error.message}\n` };
  }
  const { origin } = request.claimed;
  const log = await tx.db
    .selectFrom('logs')
    .select(['id', 'vkey', 'closed_reason'])
    .where('origin', '=', origin)
    .where('is_own', '=', false)
    .executeTakeFirst();
  // It has signed two histories, or ended: whatever it shows now is confirmed no more.
  if (log && log.closed_reason !== null)
    return { status: 403, contentType: 'text/plain; charset=utf-8', body: 'this log is closed here\n' };
  // The row lock makes "compare, remember, answer" one step: two requests for one log wait for each other.
  const stored = await tx.db
    .selectFrom('witnessed')
    .selectAll()
    .where('origin', '=', origin)
    .forNoKeyUpdate()
    .executeTakeFirst();
  const decision = decideAddCheckpoint(stored, request, log && [makeNoteVerifier(parseVkey(log.vkey))]);
  if (decision.kind === 'refuse') return decision.answer;
  const { checkpoint, note } = decision;
  const key = await house.journal.keyring.getNodeKey(tx.db, 'cosign');
  const { keeperName } = parseAddress(house.config.publicUrl);
  const signature = cosign(
    checkpoint.text,
    makeSigningKey(keeperName, KEY_TYPES.cosignature, seedOf(key)),
    Math.floor(tx.now.getTime() / 1000),
  );
  const { text, signatures } = parseNote(note);
  // What the monitoring end point serves carries our own confirmation as well (C2SP tlog-witness).
  const cosigned = formatNote({ text, signatures: [...signatures, signature] });
  const row = { size: checkpoint.size, root: Buffer.from(checkpoint.root), note: cosigned };
  if (stored) await tx.db.updateTable('witnessed').set(row).where('origin', '=', origin).execute();
  else
    await tx.db
      .insertInto('witnessed')
      .values({ origin, ...row })
      .execute();
  if (log) await rememberOurs(work, log.id, checkpoint.size, cosigned, signature);
  return { status: 200, contentType: 'text/plain; charset=utf-8', body: formatSignatures([signature]) };
}

/** Our own confirmation of a peer's log counts among those our pages show. */
async function rememberOurs(
  { tx }: Work,
  logId: number,
  size: number,
  note: string,
  signature: NoteSignature,
): Promise<void> {
  const own = await tx.db
    .selectFrom('logs')
    .select('cosigner_vkey')
    .where('is_own', '=', true)
    .executeTakeFirstOrThrow();
  await tx.db
    .insertInto('cosignatures')
    .values({
      log_id: logId,
      size,
      keeper: own.cosigner_vkey,
      time: cosignatureTimeS(signature.signature),
      note,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Asks one peer to confirm our latest checkpoint. False when it has already, or there is nothing to confirm. */
export async function seekConfirmation(house: House, peerLogId: number): Promise<boolean> {
  const { own, peer, confirmed } = await house.database.read('node', async (reader) => {
    const log = await reader.selectFrom('logs').selectAll().where('is_own', '=', true).executeTakeFirst();
    const keeper = await store.findLog(reader, peerLogId);
    const last =
      log &&
      keeper &&
      (await reader
        .selectFrom('cosignatures')
        .select((select) => select.fn.max('size').as('size'))
        .where('log_id', '=', log.id)
        .where('keeper', '=', keeper.cosigner_vkey)
        .executeTakeFirst());
    return { own: log, peer: keeper, confirmed: last?.size ?? 0 };
  });
  if (!own || !peer || own.checkpoint === null || own.closed_reason !== null) return false;
  if (confirmed >= own.proven_size) return false;
  const ask = async (oldSize: number) => {
    const proof = oldSize === 0 ? [] : await proveConsistency(oldSize, own.proven_size, hashReaderOf(house, own));
    return dial(`${peer.url}/witness/add-checkpoint`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: formatAddCheckpoint({ oldSize, proof, note: own.checkpoint ?? '' }),
      limitBytes: 64_000,
    });
  };
  let answer = await ask(confirmed);
  if (answer.status === 409 && answer.headers['content-type'] === TREE_SIZE_CONTENT_TYPE) {
    const held = Number(Buffer.from(answer.body).toString('latin1').trim());
    if (Number.isSafeInteger(held) && held <= own.proven_size) answer = await ask(held);
  }
  // It does not follow us: we observe its log without being paired (C2SP tlog-witness: 404, unknown origin).
  if (answer.status === 404) return false;
  if (answer.status === 409 || answer.status === 422) await closeWhenContradicted(house, peer);
  if (answer.status !== 200)
    throw problem.peerAnswerInvalid({ peer: peer.origin, reason: `status ${answer.status} to add-checkpoint` });
  await keepCosignature(house, own, peer.cosigner_vkey, answer.body);
  return true;
}

/** It has confirmed another tree of ours than this one (C2SP tlog-witness: 409, 422): a claim, until it shows what our key has signed. */
async function closeWhenContradicted(
  house: House,
  peer: { readonly url: string; readonly origin: string },
): Promise<void> {
  const result = await askPeer(house, { url: peer.url, knowsUs: true });
  if (isContradiction(result)) await house.journal.close(result, peer.origin);
}

interface OwnLog {
  readonly id: number;
  readonly proven_size: number;
  readonly checkpoint: string | null;
}

async function keepCosignature(house: House, own: OwnLog, keeper: string, lines: Uint8Array): Promise<void> {
  const { text, signatures } = parseNote(own.checkpoint ?? '');
  let verified;
  try {
    verified = verifySignatures(text, parseSignatures(lines), [makeCosignatureVerifier(parseVkey(keeper))]);
  } catch (error) {
    if (!(error instanceof TlogError)) throw error;
    throw problem.peerAnswerInvalid({ peer: keeper, reason: error.message }, error);
  }
  const [cosignature] = verified;
  if (!cosignature) throw problem.peerAnswerInvalid({ peer: keeper, reason: 'no cosignature of its own' });
  await doWork(house, 'node', { system: 'federation' }, async (work) => {
    await work.tx.db
      .insertInto('cosignatures')
      .values({
        log_id: own.id,
        size: own.proven_size,
        keeper,
        time: cosignatureTimeS(cosignature.signature),
        note: formatNote({ text, signatures: [...signatures, cosignature] }),
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    await timeConfirmedSteps(work);
    await recordProofs(work);
  });
}
