/** To the mail server and from the mailbox, both outside; nothing here knows what a mail says. */
import { ImapFlow } from 'imapflow';
import { createTransport } from 'nodemailer';
import { mailLimitBytes } from './incoming.ts';

export interface Envelope {
  readonly from: string;
  readonly to: string;
  readonly raw: Uint8Array;
}

export type Sent =
  | { readonly result: 'sent' }
  /** The server said that it will never take this mail for this address (RFC 5321, 4.2.1: 5yz). */
  | { readonly result: 'refused'; readonly failure: string }
  | { readonly result: 'later'; readonly failure: string };

export interface Sender extends AsyncDisposable {
  send(envelope: Envelope): Promise<Sent>;
}

const timeoutMs = 30_000;

/** A few connections at once, each used for many mails. */
export function openSender(smtpUrl: string): Sender {
  const url = new URL(smtpUrl);
  const transport = createTransport({
    host: url.hostname,
    port: Number(url.port) || (url.protocol === 'smtps:' ? 465 : 587),
    secure: url.protocol === 'smtps:',
    // Without TLS only where nobody stands between.
    requireTLS: url.protocol === 'smtp:' && !isLoopback(url.hostname),
    ...(url.username !== '' && {
      auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) },
    }),
    pool: true,
    maxConnections: 4,
    connectionTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send({ from, to, raw }) {
      try {
        await transport.sendMail({ envelope: { from, to }, raw: Buffer.from(raw) });
        return { result: 'sent' };
      } catch (error) {
        return readFailure(error);
      }
    },
    async [Symbol.asyncDispose]() {
      transport.close();
      await Promise.resolve();
    },
  };
}

function readFailure(error: unknown): Sent {
  const { responseCode, code } = error as { responseCode?: unknown; code?: unknown };
  if (typeof responseCode === 'number')
    // Wrong credentials are ours to mend, and say nothing of the address (RFC 4954: 530, 534, 535, 538).
    return responseCode >= 500 && ![530, 534, 535, 538].includes(responseCode)
      ? { result: 'refused', failure: String(responseCode) }
      : { result: 'later', failure: String(responseCode) };
  return { result: 'later', failure: typeof code === 'string' ? code.slice(0, 40) : 'unknown' };
}

export type TakenIn = 'taken' | 'not-ours';

const mailsAtOnce = 500;

/**
 * Hands every unread mail to `take` and then marks it as read; what is not ours is marked for the operator's eyes. A crash in between hands the
 * same mail out again. Nothing is deleted: that is the mailbox's own business.
 */
export async function readMailbox(imapUrl: string, take: (raw: Uint8Array) => Promise<TakenIn>): Promise<number> {
  const url = new URL(imapUrl);
  const client = new ImapFlow({
    host: url.hostname,
    port: Number(url.port) || (url.protocol === 'imaps:' ? 993 : 143),
    secure: url.protocol === 'imaps:',
    ...(!isLoopback(url.hostname) && { doSTARTTLS: url.protocol === 'imap:' }),
    auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) },
    logger: false,
    socketTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    connectionTimeout: timeoutMs,
  });
  // It also emits what `connect` and the calls below reject with; unheard, that would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const lock = await client.getMailboxLock(decodeURIComponent(url.pathname.slice(1)) || 'INBOX');
    try {
      const unread = (await client.search({ seen: false }, { uid: true })) || [];
      for (const uid of unread.slice(0, mailsAtOnce)) {
        const message = await client.fetchOne(String(uid), { size: true }, { uid: true });
        const isSmall = message !== false && (message.size ?? 0) <= mailLimitBytes;
        const whole = isSmall && (await client.fetchOne(String(uid), { source: true }, { uid: true }));
        const taken = whole && whole.source ? await take(whole.source) : 'not-ours';
        await client.messageFlagsAdd(String(uid), taken === 'taken' ? ['\\Seen'] : ['\\Seen', '\\Flagged'], {
          uid: true,
        });
      }
      return Math.min(unread.length, mailsAtOnce);
    } finally {
      lock.release();
    }
  } finally {
    await client.logout().catch(() => client.close());
  }
}

/** The only hosts that are spoken to without TLS. */
export const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]';
