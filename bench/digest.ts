/**
 * One digest for each of 50,000 members: ten new statements of one inquiry, composed in five languages and handed to a mail server on this machine, which is
 * part of the process that is measured. Beside it, in the same run, the plainest way to the same mails: composing one after the other what is sent, without
 * asking the database anything. `--members 2000` is a smaller run.
 */
import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import MailComposer from 'nodemailer/lib/mail-composer/index.js';
import { Client } from 'pg';
import { SMTPServer } from 'smtp-server';
import { systemClock } from '../src/clock.ts';
import { openCommandHouse } from '../src/commands/with-house.ts';
import { inquiryDigest } from '../src/dialogue/statements/voting/digest.ts';
import { sendDigests } from '../src/field/mail/digests/sending.ts';
import { deliverMails } from '../src/field/mail/outgoing.ts';
import { work } from '../src/house.ts';
import type { PartyId } from '../src/ids.ts';
import { setUpNode } from '../src/network/set-up.ts';
import { locales } from '../src/ui/locales.ts';

export interface DigestResult {
  readonly name: 'digest';
  readonly mails: number;
  readonly queuedPerSecond: number;
  readonly deliveredPerSecond: number;
  /** Before the run, and at its highest. */
  readonly startMegabytes: number;
  readonly peakMegabytes: number;
  /** Taken by the server; each address once. */
  readonly received: number;
  readonly receivedTwice: number;
  readonly composedPerSecondAlone: number;
}

const statements = 10;

export async function benchDigest(members = 50_000): Promise<DigestResult> {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'reciproca-bench-'));
  if (process.getuid?.() === 0) await chmod(dataDir, 0o711); // the server runs as another user
  const mailbox = await openSink();
  try {
    await using command = await openCommandHouse(
      'join',
      {
        port: 0,
        host: '127.0.0.1',
        dataDir,
        databaseUrl: undefined,
        publicUrl: 'http://bench.localhost:4000',
        firstAdministrator: undefined,
        logLevel: 'error',
        mail: { address: { local: 'reply', domain: 'bench.example' }, smtpUrl: mailbox.url, imapUrl: undefined },
      },
      systemClock,
    );
    const { house, connection } = command;
    const profile = { name: 'Bench', kind: 'network', country: 'CH', languages: ['en'] } as const;
    const { id: party } = await work(house, 'node', { system: 'set-up' }, (working) => setUpNode(working, profile));
    const client = new Client(connection);
    await client.connect();
    await fill(client, party, members);
    await client.end();
    const startMegabytes = megabytes();
    const [mails, queueing] = await timed(() => sendDigests(house, [inquiryDigest], party));
    const [{ sent }, delivering] = await timed(() => deliverMails(house, party));
    if (sent !== mails) throw new Error(`${mails} were queued and ${sent} sent`);
    const peakMegabytes = Math.round(process.resourceUsage().maxRSS / 1000);
    const alone = Math.min(members, 2000);
    const [, composing] = await timed(() => composeAlone(alone));
    return {
      name: 'digest',
      mails,
      queuedPerSecond: Math.round(mails / queueing),
      deliveredPerSecond: Math.round(mails / delivering),
      startMegabytes,
      peakMegabytes,
      received: mailbox.received.size,
      receivedTwice: [...mailbox.received.values()].filter((times) => times > 1).length,
      composedPerSecondAlone: Math.round(alone / composing),
    };
  } finally {
    await mailbox.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

const megabytes = (): number => Math.round(process.memoryUsage().rss / 1_000_000);

async function timed<T>(run: () => Promise<T>): Promise<readonly [T, number]> {
  const start = performance.now();
  const result = await run();
  return [result, (performance.now() - start) / 1000];
}

async function openSink() {
  const received = new Map<string, number>();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, { envelope }, done) {
      stream.resume();
      stream.once('end', () => {
        for (const { address } of envelope.rcptTo) received.set(address, (received.get(address) ?? 0) + 1);
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    received,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

/** Members of five languages who came in two days ago, and an inquiry with statements since. */
async function fill(client: Client, party: PartyId, members: number): Promise<void> {
  const [space, inquiry] = [randomUUID(), randomUUID()];
  await client.query(
    `insert into members (id, party_id, email, name, language, time_zone, constituency, digest, mail_state, joined_on, confirmed_at, revision)
     select gen_random_uuid(), $1, 'member' || n || '@bench.example', 'Member ' || n, ($2::text[])[1 + n % 5], 'UTC', 'civil-society', 'each', 'active',
       current_date - 2, now() - interval '2 days', 1
     from generate_series(1, $3::int) as n`,
    [party, locales, members],
  );
  await client.query(
    `insert into spaces (id, party_id, slug, kind, title, overview, language, time_zone, mandate, charter, joining, state, is_template, opened_on, revision,
       created_at)
     values ($1, $2, 'bench', 'series', '{"en": "Bench"}', '{}', 'en', 'UTC', '{}', '{}', 'open', 'open', false, current_date - 2, 1, now())`,
    [space, party],
  );
  await client.query(
    `insert into inquiries (id, party_id, space_id, is_chatham_house, slug, question, introduction, language, languages, votes_from, closes_on, time_zone,
       voters, moderation, statements_each, state, opened_on, outcome, revision, created_at)
     values ($1, $2, $3, false, 'bench', '{"en": "What first?"}', '{}', 'en', '{en}', current_date - 2, current_date + 20, 'UTC', 'members', 'after', 5,
       'open', current_date - 1, '{}', 1, now())`,
    [inquiry, party, space],
  );
  await client.query(
    `insert into statements (id, party_id, inquiry_id, is_chatham_house, number, text, language, fingerprint, is_by_convenor, source, state, priority,
       submitted_at)
     select gen_random_uuid(), $1, $2, false, n, 'Statement ' || n || repeat(' and what follows from it', 5), 'en', 'statement ' || n, true, 'web', 'shown', n,
       now() - interval '1 day'
     from generate_series(1, $3::int) as n`,
    [party, inquiry, statements],
  );
  await client.query('analyze');
}

async function composeAlone(count: number): Promise<void> {
  const text = Array.from(
    { length: 60 },
    (_, line) => `${line}. Words as long as those of a digest, more or less.`,
  ).join('\n');
  for (let at = 0; at < count; at++) {
    const mail = {
      from: 'reply@bench.example',
      to: `member${at}@bench.example`,
      subject: 'News',
      text,
      html: `<p>${text}</p>`,
    };
    await new MailComposer(mail).compile().build();
  }
}
