/**
 * Mails that no person wrote. Answering them makes loops, and taking them for words puts "I am out of office" into a position paper; so
 * they are recognised before anything else. Delivery reports are read; everything else automatic is laid aside.
 */
import type { IncomingMail } from './incoming.ts';

export type Automatic =
  /** RFC 3464. `permanent`: the address does not take mail; `answersTo` tells which of our mails it was. */
  | { readonly kind: 'bounce'; readonly permanent: boolean }
  | { readonly kind: 'out-of-office' }
  /** One of ours came back. */
  | { readonly kind: 'loop' }
  | { readonly kind: 'list' };

/** On everything this node sends; a mail that already has it has been here. */
export const loopHeader = 'x-reciproca-node';

const outOfOfficeSubject =
  /^\s*(?:auto(?:matic)?[\s:-]|out of (?:the )?office|autoreply|réponse automatique|absence|absent|respuesta automática|fuera de la oficina|resposta automática|ausente|ausência|رد تلقائي|abwesend|automatische antwort)/iu;

export function findAutomatic(mail: IncomingMail): Automatic | undefined {
  const { headers } = mail;
  const contentType = headers.get('content-type')?.toLowerCase() ?? '';
  if (mail.deliveryStatus !== undefined || contentType.includes('report-type=delivery-status'))
    return { kind: 'bounce', permanent: isPermanent(mail.deliveryStatus ?? mail.text) };
  const returnPath = headers.get('return-path')?.trim();
  const [sender = ''] = mail.from.split('@');
  if (returnPath === '<>' && /^(?:mailer-daemon|postmaster)$/.test(sender))
    return { kind: 'bounce', permanent: isPermanent(mail.text) };
  if (headers.has(loopHeader)) return { kind: 'loop' };
  // RFC 3834, section 5: `no` is a person; anything else is not.
  const autoSubmitted = headers.get('auto-submitted')?.trim().toLowerCase();
  if (autoSubmitted !== undefined && !/^no\b/.test(autoSubmitted)) return { kind: 'out-of-office' };
  const exchange = headers.get('x-auto-response-suppress')?.toLowerCase() ?? '';
  if (headers.has('x-autoreply') || headers.has('x-autorespond') || exchange.includes('oof'))
    return { kind: 'out-of-office' };
  if (/^(?:auto[_-]reply|junk)$/.test(headers.get('precedence')?.trim().toLowerCase() ?? ''))
    return { kind: 'out-of-office' };
  if (outOfOfficeSubject.test(mail.subject)) return { kind: 'out-of-office' };
  if (headers.has('list-id') || /^(?:bulk|list)$/.test(headers.get('precedence')?.trim().toLowerCase() ?? ''))
    return { kind: 'list' };
  return undefined;
}

/** RFC 3463: class 5 will not change, class 4 may. A delayed mail is no bounce at all. */
function isPermanent(report: string): boolean {
  return (
    /^status:\s*5\./im.test(report) ||
    (!/^(?:status|action):/im.test(report) && /\b5\.\d\.\d\b|\b55[0-4]\b/.test(report))
  );
}
