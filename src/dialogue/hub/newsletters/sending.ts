/**
 * So many members at a time: their mails and the next step are queued in one transaction, so that a crash goes on after the last member whose mail is
 * queued and nobody gets two, and fifty thousand members take no more memory than a hundred.
 */
import { work, type House } from '../../../house.ts';
import type { PartyId } from '../../../ids.ts';
import type { Job } from '../../../jobs.ts';
import type { MailKind } from '../../../field/mail/mail-kind.ts';
import { queueMails } from '../../../field/mail/outgoing.ts';
import { voiceFor } from '../../../field/mail/voice.ts';
import { listMembersById } from '../../../network/members/store.ts';
import { getHosted } from '../hosted.ts';
import { composeIssue, findIssue } from './compose.ts';
import { newsletterJob, type NewsletterData } from './queue.ts';
import { listReaders, moveReached } from './store.ts';

const membersAtATime = 200;

async function sendSome(house: House, { party: id, newsletter, after }: NewsletterData): Promise<void> {
  const party = id as PartyId;
  await work(house, { party }, { system: 'jobs' }, async (working) => {
    const { tx } = working;
    const issue = await findIssue(tx.db, newsletter);
    if (!issue) return;
    const ids = await listReaders(tx.db, after, membersAtATime);
    const last = ids.at(-1);
    if (last === undefined || !(await moveReached(tx, newsletter, after, last, ids.length))) return;
    const facts = await getHosted(tx.db, party);
    const members = await listMembersById(tx.db, ids);
    await queueMails(
      working,
      { kind: 'newsletter', id: newsletter },
      members.map((member) => ({ member, mail: composeIssue(issue, voiceFor(house, facts, member), member.timeZone) })),
    );
    if (ids.length === membersAtATime)
      await house.jobs.enqueue(
        tx,
        newsletterJob,
        { party: id, newsletter, after: last },
        { key: `${newsletter} ${last}` },
      );
  });
}

const sendJob: Job<NewsletterData> = { ...newsletterJob, run: sendSome };
export const newsletterJobs: readonly Job[] = [sendJob];

/** There is nothing to answer to but the mail program's own "unsubscribe", which is taken in before it comes here. */
export const newsletterMail: MailKind = {
  kind: 'newsletter',
  async compose({ reader }, voice, member, thing) {
    const issue = await findIssue(reader, thing);
    return issue && composeIssue(issue, voice, member.timeZone);
  },
  async receive(_work, { t }, _member, _thing) {
    return { subject: t('hub.newsletter-unclear-subject'), text: t('hub.newsletter-unclear') };
  },
};
