/** The notice of an assembly. Its motions are voted on by the mails of the decisions; this one only tells. */
import type { MailKind } from '../../../field/mail/mail-kind.ts';
import { finishOf, startOf } from '../../../dialogue/programme/sessions/session.ts';
import { findSession } from '../../../dialogue/programme/sessions/store.ts';
import { inLanguage } from '../../../dialogue/texts.ts';
import { formatInstant } from '../../../ui/format.ts';
import { assembliesPath } from './answers.ts';
import { scheduleOf } from './meeting.ts';
import * as store from './store.ts';

export const assemblyMail: MailKind = {
  kind: 'assembly',
  async compose({ reader, house }, { party, t, locale, link }, member, id) {
    const assembly = await store.findAssembly(reader, id);
    const session = assembly && (await findSession(reader, assembly.session_id));
    if (!session || assembly.state === 'planned' || house.clock.now() > finishOf(session)) return undefined;
    const to = { locale, timeZone: member.timeZone };
    const title = inLanguage(session.title, locale)?.text ?? session.slug;
    const agenda = scheduleOf(startOf(session), await store.listItems(reader, id)).map(
      ({ from, title: item }, index) => `${index + 1}. ${item} (${formatInstant(to, from)})`,
    );
    return {
      subject: t('assembly.mail-subject', { title }),
      text: [
        t('assembly.mail-notice', { network: party.name, title, time: formatInstant(to, startOf(session)) }),
        agenda.join('\n'),
        t('assembly.mail-next'),
        link(`${assembliesPath(party.slug)}/${id}`),
      ].join('\n\n'),
    };
  },
  async receive(work, { party, t, link }, _member, id) {
    const assembly = await store.findAssembly(work.tx.db, id);
    const session = assembly && (await findSession(work.tx.db, assembly.session_id));
    return {
      subject: t('assembly.mail-subject', { title: inLanguage(session?.title ?? {}, 'en')?.text ?? '' }),
      text: [t('assembly.mail-only-tells'), link(`${assembliesPath(party.slug)}/${id}`)].join('\n\n'),
    };
  },
};
