/** A mail server for tests: takes everything for every address, and refuses or puts off whom a test says. */
import { SMTPServer } from 'smtp-server';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { callbackify } from 'node:util';
import { parseMail, type IncomingMail } from '../../src/field/mail/incoming.ts';

export interface TestMailServer extends AsyncDisposable {
  readonly url: string;
  /** By recipient, as it was delivered. */
  readonly mails: { readonly to: string; readonly from: string; readonly raw: Buffer; readonly mail: IncomingMail }[];
  /** SMTP reply codes by recipient; others are taken. */
  readonly answers: Map<string, number>;
  /** The latest mail to this address. */
  latest(to: string): { readonly from: string; readonly raw: Buffer; readonly mail: IncomingMail };
}

export async function openMailServer(): Promise<TestMailServer> {
  const mails: TestMailServer['mails'] = [];
  const answers = new Map<string, number>();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo({ address }, _, done) {
      const code = answers.get(address);
      done(code === undefined ? null : Object.assign(new Error('as the test says'), { responseCode: code }));
    },
    onData(stream, { envelope }, done) {
      const take = async (): Promise<void> => {
        const raw = await buffer(stream);
        const parsed = await parseMail(raw);
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
        if ('mail' in parsed)
          for (const { address } of envelope.rcptTo) mails.push({ to: address, from, raw, mail: parsed.mail });
      };
      callbackify(take)(done);
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    answers,
    latest(to) {
      const found = mails.findLast((mail) => mail.to === to);
      if (!found) throw new Error(`no mail to ${to}`);
      return found;
    },
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
