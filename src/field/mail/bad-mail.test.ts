/** Mails that nobody means well, and mails as programs really write them. */
import { describe, expect, test } from 'vitest';
import { findAutomatic } from './automatic.ts';
import { mailLimitBytes, parseMail, type IncomingMail } from './incoming.ts';
import { readOwnWords } from './own-words.ts';

const raw = (lines: readonly string[]): Buffer => Buffer.from(lines.join('\r\n'));
const head = ['From: Amina <amina@example.org>', 'To: reply@node.example', 'Subject: Re: Statements'];

async function read(lines: readonly string[]): Promise<IncomingMail> {
  const parsed = await parseMail(raw(lines));
  if ('unreadable' in parsed) throw new Error(parsed.unreadable);
  return parsed.mail;
}

describe('a mail bomb', () => {
  test('of more bytes than a mail may have is not parsed', async () => {
    expect(await parseMail(Buffer.alloc(mailLimitBytes + 1, 'a'))).toEqual({ unreadable: 'too-large' });
  });
  test('of one header of a megabyte is not read', async () => {
    const parsed = await parseMail(raw([...head, `X-Bomb: ${'a'.repeat(1_000_000)}`, '', 'yes']));
    expect(parsed).toEqual({ unreadable: 'malformed' });
  });
  test('of multiparts a hundred deep is not read', async () => {
    const open = Array.from({ length: 100 }, (_, depth) => [
      `Content-Type: multipart/mixed; boundary=b${depth}`,
      '',
      `--b${depth}`,
    ]).flat();
    expect(await parseMail(raw([...head, ...open, 'Content-Type: text/plain', '', 'yes']))).toEqual({
      unreadable: 'malformed',
    });
  });
  test('of ten thousand parts is not read', async () => {
    const parts = Array.from({ length: 10_000 }, (_, at) => [
      '--b',
      'Content-Type: text/plain',
      `Content-Disposition: attachment; filename=a${at}.txt`,
      '',
      'x',
    ]).flat();
    const lines = [...head, 'Content-Type: multipart/mixed; boundary=b', '', ...parts, '--b--'];
    expect(await parseMail(raw(lines))).toEqual({ unreadable: 'malformed' });
  });
});

test('words that came as winmail.dat alone are none, and the file is named', async () => {
  const mail = await read([
    ...head,
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: application/ms-tnef; name=winmail.dat',
    'Content-Transfer-Encoding: base64',
    'Content-Disposition: attachment; filename=winmail.dat',
    '',
    'eJ8+IgEGkAgABAAAAAAAAQABAAEHkAYACAAAAOQEAAAAAAAA',
    '--b--',
  ]);
  expect([mail.text.trim(), mail.attachments.map(({ name }) => name)]).toEqual(['', ['winmail.dat']]);
});

describe('an automatic answer', () => {
  test.each([
    ['Auto-Submitted: auto-replied'],
    ['Auto-Submitted: auto-generated'],
    ['X-Autoreply: yes'],
    ['X-Autorespond: away'],
    ['X-Auto-Response-Suppress: OOF, DR'],
    ['Precedence: auto_reply'],
    ['Precedence: bulk'],
    ['List-Id: <everybody.example.org>'],
    ['X-Reciproca-Node: node.example'],
  ])('is seen by its header, in whatever language it is written: %s', async (header) => {
    expect(findAutomatic(await read([...head, header, '', 'Nimetoka ofisini hadi Jumatatu.']))).toBeDefined();
  });
  test('is no person’s because she says that it is hers', async () => {
    expect(findAutomatic(await read([...head, 'Auto-Submitted: no', '', '1 yes']))).toBeUndefined();
  });
});

describe('one’s own words', () => {
  test.each([
    ['Gmail', '1 yes\n\nOn Mon, 2 Mar 2026 at 09:00, Network <reply@node.example>\nwrote:\n\n> 1. Power'],
    ['Apple, French', '1 yes\n\nLe 2 mars 2026 à 09:00, Réseau <reply@node.example> a écrit :\n\n> 1. Power'],
    ['Outlook', '1 yes\n\nFrom: Network <reply@node.example>\nSent: Monday, 2 March 2026 09:00\nTo: Amina\n\n1. Power'],
    ['Outlook, Spanish', '1 yes\n\nDe: Red <reply@node.example>\nEnviado: lunes, 2 de marzo\nPara: Amina\n\n1. Power'],
    ['Outlook, line', '1 yes\n\n________________________________\nFrom: Network\n1. Power'],
    ['a phone', '1 yes\n\nSent from my iPhone\n\n> 1. Power'],
    ['Arabic', '1 yes\n\nفي الاثنين، 2 مارس 2026، كتب الشبكة <reply@node.example>:\n\n> 1. Power'],
    ['written below', 'On Mon, 2 Mar 2026 at 09:00, Network wrote:\n> 1. Power\n> 2. People\n\n1 yes'],
  ])('are what is left of the mail: %s', (_, text) => {
    expect(readOwnWords(text)).toBe('1 yes');
  });
  test('are read from a mail that has only HTML', async () => {
    const html =
      '<html><head><style>p{}</style></head><body><div dir="ltr">1 yes<br>2&nbsp;no</div><blockquote type="cite"><div>1. Power</div></blockquote></body></html>';
    const mail = await read([...head, 'Content-Type: text/html; charset=utf-8', '', html]);
    expect(readOwnWords(mail.text)).toMatch(/^1 yes\n2[ \u00a0]no$/);
  });
});
