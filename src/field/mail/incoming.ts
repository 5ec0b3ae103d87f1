/**
 * A mail as it came, read with limits. Nobody is trusted here: headers are claims, parts nest, sizes lie. What cannot be read is told
 * apart from what says nothing, because the sender of the second can be helped.
 */
import PostalMime, { type Address, type Email } from 'postal-mime';

/** A plain answer is some kilobytes; the rest is pictures and documents, which are not taken by mail. */
export const mailLimitBytes = 10_000_000;
const textLimit = 50_000;
const partDepth = 20;
const headerLimitBytes = 200_000;

export interface IncomingMail {
  /** Lower case, as claimed; empty when there is none. */
  readonly from: string;
  /** Where it was sent to, by every header that says so, lower case. */
  readonly recipients: readonly string[];
  readonly subject: string;
  readonly messageId: string | undefined;
  /** In-Reply-To, then References from the latest on. */
  readonly answersTo: readonly string[];
  /** Header names in lower case, first value each. */
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
  readonly attachments: readonly { readonly name: string; readonly mediaType: string; readonly sizeBytes: number }[];
  /** Of a report (RFC 3464): the machine-readable part. */
  readonly deliveryStatus: string | undefined;
}

export type ParsedMail = { readonly mail: IncomingMail } | { readonly unreadable: 'too-large' | 'malformed' };

export async function parseMail(raw: Uint8Array): Promise<ParsedMail> {
  if (raw.byteLength > mailLimitBytes) return { unreadable: 'too-large' };
  let email: Email;
  try {
    email = await PostalMime.parse(raw, {
      maxNestingDepth: partDepth,
      maxHeadersSize: headerLimitBytes,
      // What somebody forwards is not what she says.
      forceRfc822Attachments: true,
      attachmentEncoding: 'arraybuffer',
    });
  } catch {
    return { unreadable: 'malformed' };
  }
  const headers = new Map(email.headers.toReversed().map(({ key, value }) => [key, value]));
  const extra = ['delivered-to', 'x-original-to', 'envelope-to'].flatMap((name) => headers.get(name) ?? []);
  return {
    mail: {
      from: addressesOf(email.from ? [email.from] : [])[0] ?? '',
      recipients: [
        ...extra.map((address) => address.toLowerCase()),
        ...addressesOf([...(email.to ?? []), ...(email.cc ?? [])]),
      ],
      subject: (email.subject ?? '').slice(0, 500),
      messageId: email.messageId,
      answersTo: [email.inReplyTo ?? '', ...(email.references ?? '').split(/\s+/).toReversed()]
        .flatMap((ids) => ids.match(/<[^<>\s]{1,500}>/g) ?? [])
        .slice(0, 50),
      headers,
      text: readText(email),
      attachments: email.attachments
        .filter(({ mimeType }) => !mimeType.startsWith('message/') && mimeType !== 'text/rfc822-headers')
        .map(({ filename, mimeType, content }) => ({
          name: (filename ?? '').slice(0, 200),
          mediaType: mimeType,
          sizeBytes: typeof content === 'string' ? content.length : content.byteLength,
        })),
      deliveryStatus: readDeliveryStatus(email),
    },
  };
}

function addressesOf(addresses: readonly Address[]): string[] {
  return addresses
    .flatMap((address) => ('group' in address && address.group ? address.group : [address]))
    .flatMap(({ address }) => (address === undefined ? [] : [address.trim().toLowerCase()]))
    .slice(0, 500);
}

function readText({ text, html }: Email): string {
  const words = text ?? (html === undefined ? '' : stripMarkup(html));
  return words
    .slice(0, textLimit)
    .replaceAll('\r\n', '\n')
    .replaceAll(/[^\P{Cc}\t\n]/gu, '');
}

/** For mails without a plain part. Only words and lines are wanted, so nothing of the markup has to be understood, or trusted. */
function stripMarkup(html: string): string {
  return html
    .slice(0, 20 * textLimit)
    .replaceAll(/<(style|script|head)\b[^]*?<\/\1\s*>/gi, ' ')
    .replaceAll(/<blockquote\b[^>]*>/gi, '\n> ')
    .replaceAll(/<(?:br|\/p|\/div|\/li|\/tr|\/blockquote|\/h[1-6])\b[^>]*>/gi, '\n')
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/&nbsp;/gi, ' ')
    .replaceAll(/&lt;/gi, '<')
    .replaceAll(/&gt;/gi, '>')
    .replaceAll(/&quot;/gi, '"')
    .replaceAll(/&#(?:39|x27);|&apos;/gi, "'")
    .replaceAll(/&amp;/gi, '&');
}

function readDeliveryStatus(email: Email): string | undefined {
  const part = email.attachments.find(({ mimeType }) => mimeType === 'message/delivery-status');
  if (!part) return undefined;
  return typeof part.content === 'string' ? part.content : new TextDecoder().decode(part.content).slice(0, textLimit);
}
