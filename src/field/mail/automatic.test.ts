import { describe, expect, test } from 'vitest';
import { findAutomatic } from './automatic.ts';
import { mailLimitBytes, parseMail } from './incoming.ts';

const lines = (...all: readonly string[]) => Buffer.from(all.join('\r\n'));
const plain = (headers: readonly string[], text = 'yes') =>
  lines('From: Bruno <Bruno@Example.org>', 'To: reply+key@node.example', ...headers, '', text);

async function read(raw: Uint8Array) {
  const parsed = await parseMail(raw);
  if ('unreadable' in parsed) throw new Error(parsed.unreadable);
  return parsed.mail;
}

describe('a machine wrote it when', () => {
  test.each([
    ['it says so', ['Auto-Submitted: auto-replied'], 'out-of-office'],
    ['Exchange says so', ['X-Auto-Response-Suppress: OOF, AutoReply'], 'out-of-office'],
    ['its subject says so', ['Subject: Réponse automatique : absente'], 'out-of-office'],
    ['in Arabic', ['Subject: =?UTF-8?B?2LHYryDYqtmE2YLYp9im2Yo=?='], 'out-of-office'],
    ['it was ours', ['X-Reciproca-Node: node.example'], 'loop'],
    ['it comes through a list', ['List-Id: <all.example.org>'], 'list'],
    ['it is a person', ['Auto-Submitted: no', 'Subject: Re: Statements'], undefined],
  ])('%s', async (_, headers, kind) => {
    expect(findAutomatic(await read(plain(headers)))?.kind).toBe(kind);
  });
  test.each([
    ['5.1.1', true],
    ['4.2.2', false],
  ])('it reports delivery: status %s', async (status, permanent) => {
    const report = lines(
      'From: MAILER-DAEMON@example.org',
      'To: reply+key@node.example',
      'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
      '',
      '--b',
      'Content-Type: text/plain',
      '',
      'Sorry.',
      '--b',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; example.org',
      '',
      'Final-Recipient: rfc822; bruno@example.org',
      'Action: failed',
      `Status: ${status}`,
      '--b--',
      '',
    );
    expect(findAutomatic(await read(report))).toEqual({ kind: 'bounce', permanent });
  });
});

describe('reading', () => {
  test('takes addresses in lower case and the words of either part', async () => {
    expect(await read(plain([]))).toMatchObject({
      from: 'bruno@example.org',
      recipients: ['reply+key@node.example'],
      text: expect.stringMatching(/^yes\s*$/),
    });
    const html = await read(
      plain(
        ['Content-Type: text/html; charset=utf-8'],
        '<style>p{}</style><p>1 yes</p><blockquote>old</blockquote><div>2 no &amp; why</div>',
      ),
    );
    expect(
      html.text
        .split('\n')
        .map((line) => line.trim())
        .filter(Boolean),
    ).toEqual(['1 yes', '> old', '2 no & why']);
  });
  test('finds the words beside winmail.dat, and says when there are none', async () => {
    const tnef = await read(
      lines(
        'From: bruno@example.org',
        'Content-Type: multipart/mixed; boundary=b',
        '',
        '--b',
        'Content-Type: application/ms-tnef; name=winmail.dat',
        'Content-Disposition: attachment; filename=winmail.dat',
        'Content-Transfer-Encoding: base64',
        '',
        'eJ8+Ig==',
        '--b--',
        '',
      ),
    );
    expect(tnef.text.trim()).toBe('');
    expect(tnef.attachments.map(({ name }) => name)).toEqual(['winmail.dat']);
  });
  test('gives up on parts in parts in parts, and on what is too large', async () => {
    let nested = 'Content-Type: text/plain\r\n\r\nhello';
    for (let depth = 0; depth < 40; depth++)
      nested = `Content-Type: multipart/mixed; boundary=b${depth}\r\n\r\n--b${depth}\r\n${nested}\r\n--b${depth}--\r\n`;
    expect(await parseMail(Buffer.from(nested))).toEqual({ unreadable: 'malformed' });
    expect(await parseMail(new Uint8Array(mailLimitBytes + 1))).toEqual({ unreadable: 'too-large' });
    expect(await parseMail(Buffer.from(`X: ${'x'.repeat(300_000)}\r\n\r\nhello`))).toEqual({ unreadable: 'malformed' });
  });
  test('does not take a forwarded mail for words', async () => {
    const forwarded = await read(
      lines(
        'From: b@example.org',
        'Content-Type: multipart/mixed; boundary=b',
        '',
        '--b',
        'Content-Type: text/plain',
        '',
        'see below',
        '--b',
        'Content-Type: message/rfc822',
        '',
        'From: x@y.org',
        '',
        '1 yes',
        '--b--',
        '',
      ),
    );
    expect(forwarded.text.trim()).toBe('see below');
  });
  test('survives bytes that are no mail at all', async () => {
    for (const raw of [
      Buffer.alloc(0),
      Buffer.from([0xff, 0xfe, 0x00]),
      Buffer.from('\n\n\n'),
      Buffer.from('=?utf-8?q?x'),
    ])
      expect(await parseMail(raw)).toHaveProperty('mail');
  });
});
