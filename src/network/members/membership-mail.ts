/** Coming in and leaving by plain mail: "yes" in any of our languages comes in, "leave" leaves. */
import { readChoice, type Vocabulary } from '../../field/mail/choices.ts';
import type { MailKind } from '../../field/mail/mail-kind.ts';
import { confirmMembership, leave } from './actions.ts';

const answers: Vocabulary<'come-in' | 'leave'> = {
  'come-in': ['yes', 'y', 'oui', 'si', 'sim', 'نعم'],
  leave: ['leave', 'quitter', 'salir', 'sair', 'مغادرة'],
};

export const membershipMail: MailKind = {
  kind: 'membership',
  async compose(_reading, { party, t }, member) {
    const values = { name: member.name, network: party.name };
    return member.confirmedAt === undefined
      ? { subject: t('members.mail-join-subject', values), text: t('members.mail-join', values) }
      : { subject: t('members.mail-entry-subject', values), text: t('members.mail-entry', values) };
  },
  async receive(work, { party, t }, member, _thing, { words }) {
    const values = { name: member.name, network: party.name };
    switch (readChoice(words, answers)?.choice) {
      case 'come-in':
        await confirmMembership(work, member);
        return { subject: t('members.mail-entry-subject', values), text: t('members.mail-confirmed', values) };
      case 'leave':
        await leave(work, member);
        return { subject: t('members.mail-left-subject', values), text: t('members.mail-left', values) };
      case undefined:
        return { subject: t('members.mail-unclear-subject', values), text: t('members.mail-unclear', values) };
    }
  },
};
