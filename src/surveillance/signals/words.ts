import type { Caller } from '../../http/caller.ts';
import { translator } from '../../ui/locales.ts';
import type { Words } from './explanation.ts';

/** The language somebody asked in. */
export const wordsOf = ({ locale }: Pick<Caller, 'locale'>): Words => ({ locale, t: translator(locale) });
