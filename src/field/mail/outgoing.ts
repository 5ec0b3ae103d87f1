/**
 * Mails to members. Composed in the transaction that decides on them and kept until the mail server has them; a crash in between sends the same
 * mail again, under the same Message-ID.
 */
import MailComposer from 'nodemailer/lib/mail-composer/index.js';
import { randomUUID } from 'node:crypto';
import { getHostedParty } from '../../acts/store.ts';
import { work, type House, type Work } from '../../house.ts';
import type { PartyFacts } from '../../http/caller.ts';
import type { PartyId } from '../../ids.ts';
import type { Member } from '../../network/members/member.ts';
import { keyPath, mailKeysFor, type Thing } from '../../network/members/mail-keys.ts';
import { setMailState } from '../../network/members/store.ts';
import { formatMailAddress, type MailAddress } from '../../mail-address.ts';
import { directionOf } from '../../ui/locales.ts';
import { loopHeader } from './automatic.ts';
import { deliverJob } from './jobs.ts';
import type { MailText } from './mail-kind.ts';
import { newMessageId, replyAddress } from './reply-address.ts';
import * as store from './store.ts';
import { toHtml, wrapText } from './text-parts.ts';
import { openSender, type Sender } from './transport.ts';
import { voiceFor } from './voice.ts';

export interface MailTo {
  readonly member: Member;
  readonly mail: MailText;
  /** The mail that this answers. */
  readonly answers?: string | undefined;
}

export interface MailAbout extends MailTo {
  readonly thing: Thing;
}

/** Queues mails about one thing, each with a key of its own. */
export async function queueMails(work: Work, thing: Thing, mails: readonly MailTo[]): Promise<void> {
  await queueEach(
    work,
    mails.map((mail) => ({ ...mail, thing })),
  );
}

/** Mails about a thing each. Members whose address is gone or who want no mail get none. */
export async function queueEach(work: Work, mails: readonly MailAbout[]): Promise<void> {
  const { house, tx } = work;
  const { mail: settings } = house.config;
  const party = await getHostedParty(tx.db, requireParty(tx.party));
  if (!settings) return;
  const wanted = mails.filter(({ member }) => member.email !== undefined && member.mailState === 'active');
  const keys = await mailKeysFor(
    work,
    wanted.map(({ member, thing }) => ({ member: member.id, thing })),
  );
  const composed: store.NewMail[] = [];
  for (const [at, to] of wanted.entries()) {
    const key = keys[at];
    if (key !== undefined) composed.push(await compose(house, party, settings.address, to, key));
  }
  await store.insertOutgoing(tx, party.id, composed);
  await house.jobs.enqueue(tx, deliverJob, { party: party.id }, { key: party.id });
}

async function compose(
  house: House,
  party: PartyFacts,
  own: MailAddress,
  { member, mail, answers, thing }: MailAbout,
  key: string,
): Promise<store.NewMail> {
  const voice = voiceFor(house, party, member);
  const messageId = newMessageId(own, key);
  const replyTo = replyAddress(own, key);
  const link = voice.link(keyPath(party.slug, key));
  const footer = [
    voice.t('mail.footer', { network: party.name }),
    voice.t('mail.in-browser', { link }),
    voice.t('mail.how-to-stop'),
  ];
  const text = `${mail.text.trim()}\n\n-- \n${footer.join('\n')}\n`;
  const message = new MailComposer({
    messageId,
    date: house.clock.now(),
    from: { name: party.name, address: formatMailAddress(own) },
    replyTo: { name: party.name, address: replyTo },
    to: { name: member.name, address: member.email ?? '' },
    subject: mail.subject.replaceAll(/\s+/g, ' ').slice(0, 200),
    text: wrapText(text),
    html: toHtml(text, voice.locale, directionOf(voice.locale)),
    ...(answers !== undefined && { inReplyTo: answers, references: answers }),
    attachments: (mail.attachments ?? []).map(({ fileName, mediaType, content }) => ({
      filename: fileName,
      contentType: mediaType,
      content,
    })),
    headers: {
      [loopHeader]: own.domain,
      // RFC 3834: nobody's machine should answer.
      'auto-submitted': answers === undefined ? 'auto-generated' : 'auto-replied',
      'x-auto-response-suppress': 'All',
      // RFC 2369 and RFC 8058: out in one step, by mail or by a click.
      'list-unsubscribe': `<${link}/unsubscribe>, <mailto:${replyTo}?subject=unsubscribe>`,
      'list-unsubscribe-post': 'List-Unsubscribe=One-Click',
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    id: randomUUID(),
    member: member.id,
    thing,
    messageId,
    envelopeFrom: replyTo,
    raw: await message.compile().build(),
  };
}

const batchSize = 100;
/** Minutes, then hours, then a day: RFC 5321, 4.5.4.1 asks for four to five days of trying. */
const retryMinutes = [1, 5, 15, 60, 180, 360, 720, 1440, 1440, 1440] as const;

/** Everything that is due. Two at once would send twice; the job's key lets one wait while one runs. */
export async function deliverMails(
  house: House,
  party: PartyId,
): Promise<{ readonly sent: number; readonly failed: number }> {
  const { mail: settings } = house.config;
  if (!settings) return { sent: 0, failed: 0 };
  await using sender = openSender(settings.smtpUrl);
  const counts = { sent: 0, failed: 0 };
  for (;;) {
    const batch = await house.database.read({ party }, (reader) =>
      store.listWaiting(reader, house.clock.now(), batchSize),
    );
    if (batch.length === 0) break;
    const { sent, failed } = await deliverBatch(house, party, sender, batch);
    counts.sent += sent;
    counts.failed += failed;
  }
  const nextAt = await house.database.read({ party }, store.findNextAt);
  if (nextAt)
    await work(house, { party }, { system: 'jobs' }, ({ tx }) =>
      house.jobs.enqueue(tx, deliverJob, { party }, { key: party, after: nextAt }),
    );
  return counts;
}

async function deliverBatch(house: House, party: PartyId, sender: Sender, batch: readonly store.WaitingMail[]) {
  const results = await Promise.all(
    batch.map(async (mail) => ({
      mail,
      // Erased, or without an address, since it was written.
      sent:
        mail.email === null
          ? ({ result: 'refused', failure: 'no-address' } as const)
          : await sender.send({ from: mail.envelopeFrom, to: mail.email, raw: mail.raw }),
    })),
  );
  return work(house, { party }, { system: 'jobs' }, async ({ tx }) => {
    const sent = results.filter((each) => each.sent.result === 'sent').map((each) => each.mail.id);
    await store.settleOutgoing(tx, sent, 'sent');
    let failed = 0;
    for (const { mail, sent: outcome } of results) {
      if (outcome.result === 'sent') continue;
      const minutes = retryMinutes[mail.attempts];
      if (outcome.result === 'later' && minutes !== undefined) {
        await store.postponeOutgoing(tx, mail.id, new Date(tx.now.getTime() + minutes * 60_000), outcome.failure);
        continue;
      }
      failed++;
      await store.settleOutgoing(tx, [mail.id], 'failed', outcome.failure);
      if (outcome.result === 'refused' && mail.email !== null) await setMailState(tx, mail.member, 'bouncing');
    }
    return { sent: sent.length, failed };
  });
}

function requireParty(party: PartyId | undefined): PartyId {
  if (party === undefined) throw new TypeError('mails belong to a party');
  return party;
}
