/** In which somebody may write; more than we speak ourselves, because members write in their own. */
import { locales } from '../../../ui/locales.ts';

// ISO 639-1: large languages of public health beside our five. Another one is a line here.
const others = [
  'am',
  'bn',
  'de',
  'fa',
  'ha',
  'hi',
  'id',
  'it',
  'my',
  'ne',
  'ru',
  'so',
  'sw',
  'tr',
  'uk',
  'ur',
  'vi',
  'yo',
  'zh',
] as const;
export const languagesOffered = [...locales, ...others] as const;

/** In its own language; the code where nobody knows better. */
export function languageName(code: string): string {
  try {
    return new Intl.DisplayNames([code], { type: 'language', fallback: 'code' }).of(code) ?? code;
  } catch {
    return code;
  }
}
