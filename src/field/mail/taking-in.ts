/**
 * A mail that came: from whom, about what, what it says. Whoever has the key of a mail is taken for its member only if the mail also claims the
 * member's address; a key that was forwarded with a quoted mail opens nothing for whoever got it. A claimed address alone opens nothing either.
 */
import { createHash, randomUUID } from 'node:crypto';
import { getHostedParty } from '../../acts/store.ts';
import { work, type House, type Work } from '../../house.ts';
import type { PartyFacts } from '../../http/caller.ts';
import { messageOf } from '../../http/failure.tsx';
import type { PartyId } from '../../ids.ts';
import { findByMailKey, hashKey, type OpenedKey } from '../../network/members/mail-keys.ts';
import { setMailState } from '../../network/members/store.ts';
import { Problem } from '../../problem.ts';
import { findAutomatic } from './automatic.ts';
import { parseMail, type IncomingMail } from './incoming.ts';
import type { MailKind, MailText } from './mail-kind.ts';
import { queueMails } from './outgoing.ts';
import { readOwnWords } from './own-words.ts';
import { findKey } from './reply-address.ts';
import * as store from './store.ts';
import { voiceFor } from './voice.ts';

/** `unknown`: it names no key of ours that is open; nobody is answered, because who sent it is not known. */
export type TakenInMail = store.IncomingOutcome | 'again' | 'unknown' | 'unreadable';

/** More than anybody writes in a day; a loop between two machines does. */
const mailsPerDay = 100;
const dayMs = 86_400_000;

const stopWords =
  /^(?:unsubscribe|stop|désabonner|desabonner|se désabonner|darme de baja|baja|cancelar|descadastrar|sair|إلغاء الاشتراك|توقف)[.!]?$/iu;

export async function takeInMail(house: House, kinds: readonly MailKind[], raw: Uint8Array): Promise<TakenInMail> {
  const { mail: settings } = house.config;
  const parsed = await parseMail(raw);
  if (!settings || 'unreadable' in parsed) return 'unreadable';
  const key = findKey(settings.address, parsed.mail.recipients, parsed.mail.answersTo);
  if (key === undefined) return 'unknown';
  const party = await house.database.read('node', (reader) => store.findPartyOfKey(reader, hashKey(key)));
  if (party === undefined) return 'unknown';
  const opened = await house.database.read({ party }, (reader) => findByMailKey(reader, key, house.clock.now()));
  if (!opened) return 'unknown';
  const arrival = { house, kinds, party, opened, mail: parsed.mail, raw: Buffer.from(raw) };
  try {
    return await work(house, { party }, { system: 'jobs' }, (work) => takeIn(work, arrival));
  } catch (error) {
    if (!(error instanceof Problem) || error.retryable) throw error;
    return work(house, { party }, { system: 'jobs' }, (work) => refuse(work, arrival, error));
  }
}

interface Arrival {
  readonly kinds: readonly MailKind[];
  readonly party: PartyId;
  readonly opened: OpenedKey;
  readonly mail: IncomingMail;
  readonly raw: Buffer;
}

async function takeIn(work: Work, arrival: Arrival): Promise<TakenInMail> {
  const { tx } = work;
  const { opened, mail } = arrival;
  const { member, thing } = opened;
  const automatic = findAutomatic(mail);
  if (automatic) {
    if (automatic.kind === 'bounce' && automatic.permanent) await setMailState(tx, member.id, 'bouncing');
    return keep(work, arrival, automatic.kind === 'bounce' ? 'bounce' : 'automatic');
  }
  if ((await store.countIncomingSince(tx.db, member.id, new Date(tx.now.getTime() - dayMs))) >= mailsPerDay)
    return keep(work, arrival, 'too-many');
  if (mail.from !== member.email)
    return answer(work, arrival, 'other-sender', (t) => ({
      subject: t('mail.other-sender-subject'),
      text: t('mail.other-sender', { address: mail.from.slice(0, 254) }),
    }));
  // Who writes can be written to.
  if (member.mailState === 'bouncing') await setMailState(tx, member.id, 'active');
  const words = readOwnWords(mail.text);
  if (stopWords.test(words) || (words === '' && stopWords.test(mail.subject.trim()))) {
    const outcome = await answer(work, arrival, 'unsubscribed', (t) => ({
      subject: t('mail.unsubscribed-subject'),
      text: t('mail.unsubscribed'),
    }));
    await setMailState(tx, member.id, 'unsubscribed');
    await tx.audit('mail.unsubscribe', { member: member.id });
    return outcome;
  }
  const attachments = mail.attachments.map(({ name }) => name);
  if (words === '')
    return answer(work, arrival, 'empty', (t) => ({
      subject: t('mail.empty-subject'),
      text: attachments.length > 0 ? t('mail.empty-with-attachment') : t('mail.empty'),
    }));
  const kind = arrival.kinds.find((each) => each.kind === thing.kind);
  if (!kind) throw new TypeError(`no kind of mail is called ${thing.kind}`);
  if (!(await isNew(work, arrival, 'done'))) return 'again';
  const voice = voiceFor(work.house, await partyOf(work, arrival), member);
  const receipt = await kind.receive(work, voice, member, thing.id, { words, subject: mail.subject, attachments });
  const note = attachments.length > 0 ? `\n\n${voice.t('mail.attachments-left')}` : '';
  await reply(work, arrival, { ...receipt, text: receipt.text + note });
  return 'done';
}

/** What was asked cannot be done; everything was undone, and the member is told in words. */
function refuse(work: Work, arrival: Arrival, refusal: Problem): Promise<TakenInMail> {
  return answer(work, arrival, 'refused', (t) => ({
    subject: t('mail.refused-subject'),
    text: t('mail.refused', { reason: messageOf(refusal, t) }),
  }));
}

async function answer(
  work: Work,
  arrival: Arrival,
  outcome: store.IncomingOutcome,
  say: (t: ReturnType<typeof voiceFor>['t']) => MailText,
): Promise<TakenInMail> {
  const kept = await keep(work, arrival, outcome);
  if (kept === 'again') return kept;
  const { t } = voiceFor(work.house, await partyOf(work, arrival), arrival.opened.member);
  await reply(work, arrival, say(t));
  return kept;
}

async function keep(work: Work, arrival: Arrival, outcome: store.IncomingOutcome): Promise<TakenInMail> {
  return (await isNew(work, arrival, outcome)) ? outcome : 'again';
}

function isNew({ tx }: Work, { party, opened, raw }: Arrival, outcome: store.IncomingOutcome): Promise<boolean> {
  return store.insertIncoming(tx, party, {
    id: randomUUID(),
    member: opened.member.id,
    thing: opened.thing,
    sha256: createHash('sha256').update(raw).digest(),
    outcome,
    raw: outcome === 'done' || outcome === 'bounce' || outcome === 'unsubscribed' ? null : raw,
  });
}

function reply(work: Work, { opened, mail }: Arrival, text: MailText): Promise<void> {
  return queueMails(work, opened.thing, [
    { member: { ...opened.member, mailState: 'active' }, mail: text, answers: mail.messageId },
  ]);
}

async function partyOf({ tx }: Work, { party }: Arrival): Promise<PartyFacts> {
  return getHostedParty(tx.db, party);
}
