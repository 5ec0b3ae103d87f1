/**
 * A browser sends our cookie with any request to us, also with one that another site's page made. Two independent checks, both needed:
 * where the browser says the request comes from, and a token in the form that only our own page could have read. The
 * token is an HMAC under the session token, so nothing is stored and it ends with the session. It is masked anew in each page,
 * because a constant secret beside reflected text in a compressed answer can be guessed (the BREACH attack).
 *
 * A request without a cookie has nothing to forge; it still must not come from elsewhere (sign-in forgery). A bearer token
 * is never sent unasked and is exempt.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const macOf = (sessionToken: string): Buffer => createHmac('sha256', sessionToken).update('reciproca form 1').digest();

export function makeCsrfToken(sessionToken: string): string {
  const mac = macOf(sessionToken);
  const mask = randomBytes(mac.length);
  return Buffer.concat([mask, xor(mac, mask)]).toString('base64url');
}

export function isCsrfToken(text: unknown, sessionToken: string): boolean {
  if (typeof text !== 'string') return false;
  const bytes = Buffer.from(text, 'base64url');
  const mac = macOf(sessionToken);
  if (bytes.length !== 2 * mac.length) return false;
  return timingSafeEqual(xor(bytes.subarray(mac.length), bytes.subarray(0, mac.length)), mac);
}

function xor(a: Buffer, b: Buffer): Buffer {
  return Buffer.from(a.map((byte, at) => byte ^ (b[at] ?? 0)));
}

/**
 * `elsewhere`: another site, or another origin of ours, made the request. `unknown`: an old browser or no browser. Sec-Fetch-Site is
 * from Fetch Metadata; `none` is a person typing the address. Origin is `null` where a page hides it.
 */
export function sourceOf(headers: Headers, origin: string): 'here' | 'elsewhere' | 'unknown' {
  const site = headers.get('sec-fetch-site');
  if (site !== null) return site === 'same-origin' || site === 'none' ? 'here' : 'elsewhere';
  const from = headers.get('origin');
  if (from !== null) return from === origin ? 'here' : 'elsewhere';
  const referer = headers.get('referer');
  if (referer !== null) return referer === origin || referer.startsWith(`${origin}/`) ? 'here' : 'elsewhere';
  return 'unknown';
}
