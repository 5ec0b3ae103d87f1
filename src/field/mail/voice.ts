import type { House } from '../../house.ts';
import type { PartyFacts } from '../../http/caller.ts';
import type { Member } from '../../network/members/member.ts';
import { directionOf, isLocale, translator, type Locale } from '../../ui/locales.ts';
import type { MailVoice } from './mail-kind.ts';
import { forMail } from './text-parts.ts';

/** A member's own language where we speak it; its regional form counts as the language. */
export function localeOf({ language }: Pick<Member, 'language'>): Locale {
  const [base = ''] = language.toLowerCase().split('-');
  return isLocale(base) ? base : 'en';
}

export function voiceFor(house: House, party: PartyFacts, member: Pick<Member, 'language'>): MailVoice {
  const locale = localeOf(member);
  const t = translator(locale);
  return {
    party,
    locale,
    t: (key, values) => forMail(t(key, values), directionOf(locale)),
    link: (path) => house.config.publicUrl + path,
  };
}
