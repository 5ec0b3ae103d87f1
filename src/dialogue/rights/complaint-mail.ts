/** A complaint by plain mail: the words come to those who handle it, and a reply is an answer; or more, when it comes from who complains. */
import type { MailKind } from '../../field/mail/mail-kind.ts';
import { addWords, factsOf } from './actions.ts';
import { maySee } from './complaint.ts';
import { findComplaint, listHandlers, listWords } from './store.ts';

export const complaintMail: MailKind = {
  kind: 'complaint',
  async compose({ reader }, { t, party }, member, thing) {
    const complaint = await findComplaint(reader, thing);
    if (!complaint) return undefined;
    const facts = await factsOf(reader, complaint);
    if (!maySee(member.id, await listHandlers(reader), { ...facts, instance: complaint.instance })) return undefined;
    const said = (await listWords(reader, thing)).slice(-5);
    const isOwn = member.id === complaint.complainant;
    const written = said.map(({ by, words }) =>
      [t(by === complaint.complainant ? 'rights.words-complainant' : 'rights.words-handler'), words].join('\n'),
    );
    return {
      subject: t('rights.mail-subject', { network: party.name }),
      text: [
        t(isOwn ? `rights.mail-own-${complaint.state}` : 'rights.mail-handler'),
        ...written,
        t(isOwn ? 'rights.mail-own-reply' : 'rights.mail-handler-reply'),
      ].join('\n\n'),
    };
  },
  async receive(work, { t, party }, member, thing, { words }) {
    const subject = t('rights.mail-subject', { network: party.name });
    const said = words.trim().slice(0, 20_000);
    if (said === '') return { subject, text: t('rights.mail-empty') };
    const done = await addWords(work, member, thing, said);
    return { subject, text: t(done === 'answered' ? 'rights.done-answered' : 'rights.done-added') };
  },
};
