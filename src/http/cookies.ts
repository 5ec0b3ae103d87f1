import { createHash } from 'node:crypto';
import { parse, serialize } from 'hono/utils/cookie';
import { isLocale, type Locale } from '../ui/locales.ts';

/**
 * Cookies ignore ports (RFC 6265, 8.5): three nodes on localhost would read and overwrite each other's, so the names carry a hash of the
 * public host with its port. `__Host-` (RFC 6265bis, 4.1.3.2) needs https, which local nodes do not have.
 */
export interface CookieNames {
  readonly session: string;
  readonly language: string;
  readonly isSecure: boolean;
}

export function cookieNamesOf(publicUrl: string): CookieNames {
  const { host, protocol } = new URL(publicUrl);
  const isSecure = protocol === 'https:';
  const suffix = createHash('sha256').update(host).digest('hex').slice(0, 8);
  const prefix = isSecure ? '__Host-' : '';
  return { session: `${prefix}reciproca-${suffix}`, language: `${prefix}language-${suffix}`, isSecure };
}

export function readCookies(
  names: CookieNames,
  header: string | undefined,
): { session: string | undefined; language: string | undefined } {
  const found = header === undefined ? {} : parse(header);
  return { session: found[names.session], language: found[names.language] };
}

export function setSession(names: CookieNames, token: string, expires: Date): string {
  return serialize(names.session, token, {
    path: '/',
    httpOnly: true,
    sameSite: 'Lax',
    secure: names.isSecure,
    expires,
  });
}

export function endSession(names: CookieNames): string {
  return serialize(names.session, '', {
    path: '/',
    httpOnly: true,
    sameSite: 'Lax',
    secure: names.isSecure,
    maxAge: 0,
  });
}

const yearSeconds = 365 * 24 * 60 * 60;

export function setLanguage(names: CookieNames, locale: Locale): string {
  return serialize(names.language, locale, { path: '/', sameSite: 'Lax', secure: names.isSecure, maxAge: yearSeconds });
}

export const chosenLocale = (query: string | undefined): Locale | undefined =>
  query !== undefined && isLocale(query) ? query : undefined;
