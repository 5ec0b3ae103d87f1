import { expect, test } from 'vitest';
import { openLog, redact, type LogTarget } from './log.ts';

function openCapturedLog(isTTY = false) {
  const lines: string[] = [];
  const target: LogTarget = { isTTY, write: (text) => lines.push(text) };
  const log = openLog({ level: 'info', clock: { now: () => new Date('2026-11-22T10:00:00Z') }, target });
  return { log, lines };
}

test('an event is one line of JSON, and no field can forge its time, level or message', () => {
  const { log, lines } = openCapturedLog();
  log.with({ request: 'r1' }).warn('two\nlines', { level: 'debug', time: 'never', count: 3, missing: undefined });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^[^\n]*\n$/);
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    time: '2026-11-22T10:00:00.000Z',
    level: 'warn',
    msg: 'two\nlines',
    request: 'r1',
    count: 3,
  });
});

test('what is below the level is not written', () => {
  const { log, lines } = openCapturedLog();
  log.debug('nothing');
  expect(lines).toEqual([]);
});

test.each([
  ['an address in the message', 'sent to amina@example.org, twice', {}],
  ['an address in a field', 'x', { recipient: 'Her <amina@example.org>' }],
  ['an address in another script', 'x', { to: 'amina@пример.рф' }],
  ['an address deep inside', 'x', { a: [{ b: 'mailto:amina@example.org' }] }],
  ['an address in an error', 'x', { error: new Error('no such user amina@example.org') }],
  ['an address in the cause of an error', 'x', { error: new Error('a', { cause: new Error('amina@example.org') }) }],
  ['a field that is called e-mail', 'x', { email: 'amina.example' }],
])('%s does not reach the log', (_, msg, fields) => {
  for (const isTTY of [false, true]) {
    const { log, lines } = openCapturedLog(isTTY);
    log.info(msg, fields);
    expect(lines.join('')).not.toMatch(/amina/i);
  }
});

test.each([
  [{ password: 'hunter2' }],
  [{ sessionToken: 'hunter2' }],
  [{ headers: { Authorization: 'hunter2', cookie: 'hunter2' } }],
  [{ body: { report: 'hunter2' } }],
  [{ header: 'Bearer hunter2' }],
  [{ url: '/invitation?token=hunter2&x=1' }],
  [{ act: 'eyJhbGciOiJFZERTQSJ9.eyJzIjoiaHVudGVyMiJ9.hunter2' }],
  [{ database: 'postgres://reciproca:hunter2@db.example.org/reciproca' }],
  [{ bytes: Buffer.from('hunter2') }],
])('secrets and bodies do not reach the log: %o', (fields) => {
  expect(JSON.stringify(redact(fields))).not.toMatch(/hunter2/);
});

test('identifiers, codes and counts do reach it', () => {
  const fields = {
    act: 'a'.repeat(64),
    bodyBytes: 12,
    did: 'did:web:a.localhost%3A4000',
    status: 200,
    when: new Date(0),
  };
  expect(redact(fields)).toEqual({ ...fields, when: '1970-01-01T00:00:00.000Z' });
});
