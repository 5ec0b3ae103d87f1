import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readConfig } from './config.ts';

describe('refused, naming the variable and what to do', () => {
  test.each<[Readonly<Record<string, string>>, RegExp]>([
    [{ PORT: 'eighty' }, /^PORT must be a port number/],
    [{ PORT: '70000' }, /^PORT must be at most/],
    [{ DATABASE_URL: 'mysql://localhost/x' }, /^DATABASE_URL must look like postgres:/],
    [{ RECIPROCA_PUBLIC_URL: 'health.example.org' }, /^RECIPROCA_PUBLIC_URL must be an address/],
    [{ RECIPROCA_PUBLIC_URL: 'http://health.example.org' }, /^RECIPROCA_PUBLIC_URL must begin with https/],
    [{ RECIPROCA_PUBLIC_URL: 'http://127.0.0.1:4000' }, /^RECIPROCA_PUBLIC_URL must begin with https/],
    [{ RECIPROCA_PUBLIC_URL: 'http://evil-localhost' }, /^RECIPROCA_PUBLIC_URL must begin with https/],
    [{ RECIPROCA_PUBLIC_URL: 'https://example.org/node' }, /^RECIPROCA_PUBLIC_URL .*nothing after/],
    [{ RECIPROCA_PUBLIC_URL: 'https://a:b@example.org' }, /^RECIPROCA_PUBLIC_URL .*nothing after/],
    [{ RECIPROCA_ADMIN_EMAIL: 'amina' }, /^RECIPROCA_ADMIN_EMAIL must be/],
    [{ RECIPROCA_ADMIN_EMAIL: 'amina@example.org' }, /^RECIPROCA_ADMIN_PASSWORD_FILE is missing/],
    [{ RECIPROCA_ADMIN_PASSWORD_FILE: 'x' }, /^RECIPROCA_ADMIN_EMAIL is missing/],
    [{ RECIPROCA_MAIL_ADDRESS: 'reply+x@example.org' }, /^RECIPROCA_MAIL_ADDRESS must be an e-mail address without/],
    [{ RECIPROCA_SMTP_URL: 'http://mail.example.org' }, /^RECIPROCA_SMTP_URL must look like smtps:/],
    [{ RECIPROCA_IMAP_URL: 'https://mail.example.org' }, /^RECIPROCA_IMAP_URL must look like imaps:/],
    [{ RECIPROCA_MAIL_ADDRESS: 'reply@example.org' }, /^RECIPROCA_MAIL_ADDRESS and RECIPROCA_SMTP_URL go together/],
    [{ RECIPROCA_LOG_LEVEL: 'loud' }, /^RECIPROCA_LOG_LEVEL must be debug/],
  ])('%o', (environment, message) => {
    expect(() => readConfig(environment)).toThrow(message);
  });

  test('without repeating a password', () => {
    const read = (): unknown => readConfig({ DATABASE_URL: 'mysql://u:hunter2@localhost/x' });
    expect(read).toThrow(/^DATABASE_URL/);
    expect(read).not.toThrow(/hunter2/);
  });

  test('all at once', () => {
    expect(() => readConfig({ PORT: 'x', RECIPROCA_LOG_LEVEL: 'x' })).toThrow(/^PORT .*\nRECIPROCA_LOG_LEVEL /);
  });
});

test('a database may be named by address or by socket', () => {
  for (const url of ['postgres://u:p@db.example.org:5432/reciproca', 'postgresql:///reciproca?host=/run/postgresql'])
    expect(readConfig({ DATABASE_URL: url }).databaseUrl).toBe(url);
});

test('nothing has to be set', () => {
  expect(readConfig({ PORT: '' })).toEqual({
    port: 4000,
    host: '127.0.0.1',
    dataDir: path.resolve('data'),
    databaseUrl: undefined,
    publicUrl: 'http://localhost:4000',
    isDefaultAddress: true,
    firstAdministrator: undefined,
    logLevel: 'info',
    demoStoryFile: undefined,
    mail: undefined,
  });
});

test('the public address follows the port, and loses a trailing slash', () => {
  expect(readConfig({ PORT: '4002' }).publicUrl).toBe('http://localhost:4002');
  expect(readConfig({ RECIPROCA_PUBLIC_URL: 'https://health.example.org/' }).publicUrl).toBe(
    'https://health.example.org',
  );
  expect(readConfig({ RECIPROCA_PUBLIC_URL: 'http://a.localhost:4001' }).publicUrl).toBe('http://a.localhost:4001');
});
