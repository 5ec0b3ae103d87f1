import { z } from 'zod';
import { getHostedParty } from '../../acts/store.ts';
import { work, type House } from '../../house.ts';
import type { Job } from '../../jobs.ts';
import { mailJob } from '../../network/members/outgoing.ts';
import { findMemberById } from '../../network/members/store.ts';
import type { MemberId, PartyId } from '../../ids.ts';
import { deliverJob } from './jobs.ts';
import type { MailKind } from './mail-kind.ts';
import { deliverMails, queueMails } from './outgoing.ts';
import { takeInMail } from './taking-in.ts';
import { readMailbox } from './transport.ts';
import { voiceFor } from './voice.ts';

export function mailJobs(kinds: readonly MailKind[]): readonly Job[] {
  const send: Job<z.output<typeof mailJob.data>> = {
    ...mailJob,
    async run(house, { party, member: id, thing }) {
      const kind = kinds.find((each) => each.kind === thing.kind);
      if (!kind) throw new TypeError(`no kind of mail is called ${thing.kind}`);
      await work(house, { party: party as PartyId }, { system: 'jobs' }, async (work) => {
        const member = await findMemberById(work.tx.db, id as MemberId);
        if (!member || member.leftOn !== undefined) return;
        const voice = voiceFor(house, await getHostedParty(work.tx.db, party as PartyId), member);
        const mail = await kind.compose({ house, reader: work.tx.db }, voice, member, thing.id);
        if (mail) await queueMails(work, thing, [{ member, mail }]);
      });
    },
  };
  const deliver: Job<z.output<typeof deliverJob.data>> = {
    ...deliverJob,
    async run(house, { party }) {
      const { sent, failed } = await deliverMails(house, party);
      if (sent + failed > 0) house.log.info('mails delivered', { party, sent, failed });
    },
  };
  const fetch: Job = {
    name: 'mail.fetch',
    data: z.object({}),
    schedule: '* * * * *',
    run: (house) => fetchMails(house, kinds),
  };
  return [send, deliver, fetch];
}

async function fetchMails(house: House, kinds: readonly MailKind[]): Promise<void> {
  const { imapUrl } = house.config.mail ?? {};
  if (imapUrl === undefined) return;
  const outcomes: Record<string, number> = {};
  await readMailbox(imapUrl, async (raw) => {
    const outcome = await takeInMail(house, kinds, raw);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    return outcome === 'unknown' || outcome === 'unreadable' ? 'not-ours' : 'taken';
  });
  if (Object.keys(outcomes).length > 0) house.log.info('mails taken in', outcomes);
}
