/**
 * Where an answer goes. A mail carries the key of its member and thing twice: in the address that answers are sent to (RFC 5233,
 * subaddressing: `reply+KEY@host`) and in its Message-ID, which answers name in In-Reply-To; some mail programs keep only one of them.
 */
import { randomBytes } from 'node:crypto';
import type { MailAddress } from '../../mail-address.ts';
import { mailKeyPattern } from '../../network/members/mail-keys.ts';

export const replyAddress = ({ local, domain }: MailAddress, key: string): string => `${local}+${key}@${domain}`;

/** RFC 5322, 3.6.4. The random part tells apart two mails about the same thing. */
export const newMessageId = ({ domain }: MailAddress, key: string): string =>
  `<${key}.${randomBytes(9).toString('base64url')}@${domain}>`;

/** The first key that this mail was sent to, or answers to. Anybody can write one here; what it opens is looked up. */
export function findKey(
  own: MailAddress,
  recipients: readonly string[],
  answersTo: readonly string[],
): string | undefined {
  const fromAddress = recipients.flatMap((recipient) => {
    const [local, domain] = splitAt(recipient.trim().toLowerCase(), '@');
    const [base, key] = splitAt(local, '+');
    return base === own.local && domain === own.domain && mailKeyPattern.test(key) ? [key] : [];
  });
  const fromMessage = answersTo.flatMap((id) => {
    const [left, domain] = splitAt(id.trim().toLowerCase().replace(/^<|>$/g, ''), '@');
    const key = left.slice(0, left.indexOf('.'));
    return domain === own.domain && mailKeyPattern.test(key) ? [key] : [];
  });
  return fromAddress[0] ?? fromMessage[0];
}

function splitAt(text: string, mark: string): readonly [string, string] {
  const at = text.lastIndexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
