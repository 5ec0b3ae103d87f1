/**
 * Rumours: what anybody says, with or without an account, a party or an agreement. A rumour is a submission and never an act. It enters the
 * triage of signals; whoever sent it learns what came of it through a link that only they hold, and appears nowhere else.
 */
import { createHash, createHmac, randomBytes, randomInt } from 'node:crypto';
import type { Work } from '../../../house.ts';
import { problem } from '../../../problem.ts';
import type { Locale } from '../../../ui/locales.ts';
import { requireParty, requirePerson } from '../../person.ts';
import { raiseRumourSignal, type RumourAnswer } from '../../signals/actions.ts';
import { hashBytes } from '../submissions/actions.ts';
import { insertSubmission } from '../submissions/store.ts';
import * as store from './store.ts';

export interface RumourGiven {
  readonly what: string;
  readonly location?: string | undefined;
  /** How to reach the sender, if they want to be reached. */
  readonly contact?: string | undefined;
  readonly language: Locale;
  /** Of the form it was written in: whoever presses the button twice sends it once, and gets the same link twice. */
  readonly attempt?: string | undefined;
}

export interface RumourReceipt {
  /** To say on the telephone. */
  readonly reference: string;
  /** In the sender's link; kept nowhere else. */
  readonly secret: string;
}

// Without letters and digits that look or sound alike.
const referenceLetters = 'ACDEFGHJKMNPQRTUVWXY';
const referenceDigits = '34679';

function newReference(): string {
  const pick = (from: string): string => from.charAt(randomInt(from.length));
  return `${Array.from({ length: 3 }, () => pick(referenceLetters)).join('')}-${Array.from({ length: 4 }, () => pick(referenceDigits)).join('')}`;
}

export const hashSecret = (secret: string): Buffer => createHash('sha256').update(secret).digest();

export async function receiveRumour(work: Work, rumour: RumourGiven): Promise<RumourReceipt> {
  const party = requireParty(work);
  const { tx, house } = work;
  const secret = (
    rumour.attempt === undefined
      ? randomBytes(24)
      : createHmac('sha256', house.journal.keyring.secret)
          .update(`rumour ${party} ${rumour.attempt}`)
          .digest()
          .subarray(0, 24)
  ).toString('base64url');
  await store.lockSecret(tx, hashSecret(secret));
  const sent = await store.findRumourBySecret(tx.db, hashSecret(secret));
  if (sent) return { reference: sent.reference, secret };
  // What was said, without who said it: this part may be read by more people.
  const raw = Buffer.from(JSON.stringify({ what: rumour.what, location: rumour.location ?? null }));
  const submission = await insertSubmission(tx, party, {
    kind: 'rumour',
    state: 'applied',
    source: 'browser',
    mediaType: 'application/json',
    sizeBytes: raw.length,
    sha256: hashBytes(raw),
    raw,
  });
  const reference = newReference();
  await store.insertRumour(tx, party, {
    submission,
    reference,
    secretHash: hashSecret(secret),
    language: rumour.language,
    what: rumour.what,
    location: rumour.location,
    placeId: undefined,
    senderContact: rumour.contact,
  });
  await raiseRumourSignal(work, { submission });
  await tx.audit('rumour.receive', { submission });
  return { reference, secret };
}

/** What triage tells the sender; the words are the officer's own, or those that go with what came of it. */
export async function answerRumour(
  work: Work,
  submission: number,
  came: RumourAnswer,
  reply: string | undefined,
): Promise<void> {
  const party = requireParty(work);
  const account = requirePerson(work);
  if (!(await store.findRumour(work.tx.db, submission))) throw problem.notFound({ what: 'rumour' });
  await store.insertAnswer(work.tx, party, { submission, account, came, reply: reply?.trim() || undefined });
  await work.tx.audit('rumour.answer', { submission, came });
}

/** At the sender's wish, or when it is no longer needed. What was said stays. */
export async function forgetSender(work: Work, submission: number): Promise<void> {
  requirePerson(work);
  if (!(await store.isRumour(work.tx.db, submission))) throw problem.notFound({ what: 'rumour' });
  if (await store.forgetSender(work.tx, submission)) await work.tx.audit('rumour.forget-sender', { submission });
}
