import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStage, passwordOf, type Stage } from '../../../test/support/cast.ts';
import { documentWith, signAsItStands, weeklyTable } from '../../../test/support/instruments.ts';
import { createAuthenticator } from '../../../test/support/authenticator.ts';
import { generateSigningKey } from '../../acts/keys.ts';
import { signActId } from '../../acts/person-signature.ts';
import { proposeInstrument } from '../../agreement/actions.ts';
import type { ActId, SubjectId } from '../../ids.ts';
import { makeToken, setRoles } from '../people/actions.ts';
import { callerIn } from '../../../test/support/network.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterAll(async () => stage[Symbol.asyncDispose]());

const keysOf = async (who: 'edu' | 'bruno') => {
  const answer = await stage.as(who, '/api/account/signing-keys');
  return (answer.json() as { keys: { key: string; standing: string; index: number | null }[] }).keys;
};

const enrol = (who: 'edu' | 'bruno', x: string, password = passwordOf(who)) =>
  stage.as(who, '/account/signing-keys', { form: { x, name: 'laptop', password } });

async function proposed(assurance: 'person-key' | 'passkey'): Promise<SubjectId> {
  const { north, coast } = stage.parties;
  const document = documentWith([weeklyTable], { parties: [north.did, coast.did], assurance });
  const by = { account: stage.accounts.edu, party: north.id };
  return stage.act((work) => proposeInstrument(work, by, document), 'north');
}

async function prepared(assurance: 'person-key' | 'passkey' = 'person-key'): Promise<ActId> {
  const id = await proposed(assurance);
  const by = { account: stage.accounts.edu, party: stage.parties.north.id };
  const bound = await stage.act((work) => signAsItStands(work, by, id), 'north');
  if (!('prepared' in bound)) throw new Error('stated at once');
  return bound.prepared;
}

const give = (act: ActId, key: ReturnType<typeof generateSigningKey>) =>
  stage.as('edu', `/api/acts/prepared/${act}/person-key`, { json: { x: key.x, signature: signActId(act, key) } });

describe('a key of one’s own', () => {
  test('is not added by somebody who has the session and not the password', async () => {
    const { x } = generateSigningKey();
    const answer = await enrol('edu', x, 'not the password');
    expect(answer.status).toBe(422);
    expect((await keysOf('edu')).map(({ key }) => key)).not.toContain(x);
  });

  test('is added once; again is a plain refusal, and somebody else’s claim to it is none', async () => {
    const { x } = generateSigningKey();
    expect((await enrol('bruno', x)).status).toBe(303);
    expect((await enrol('edu', x)).status).toBe(303);
    expect((await enrol('edu', x)).status).toBe(409);
    expect((await keysOf('edu')).find(({ key }) => key === x)?.standing).toBe('named');
    // Bruno signs for nobody: his party's log names nothing.
    expect((await keysOf('bruno')).find(({ key }) => key === x)?.standing).toBe('unnamed');
  });

  test('signs what it was enrolled for, and nothing once it is revoked; it does not come back', async () => {
    const key = generateSigningKey();
    await enrol('edu', key.x);
    expect((await give(await prepared(), key)).status).toBe(200);
    const late = await prepared();
    expect((await stage.as('edu', '/account/signing-keys/revoke', { form: { key: key.x } })).status).toBe(303);
    expect((await keysOf('edu')).find((row) => row.key === key.x)?.standing).toBe('revoked');
    const refused = await give(late, key);
    expect([refused.status, (refused.json() as { code: string }).code]).toEqual([409, 'signer-not-enrolled']);
    expect((await enrol('edu', key.x)).status).toBe(409);
  });
});

describe('a prepared act', () => {
  test('is shown with the words that are signed, the version, and what signing does', async () => {
    const page = await stage.as('edu', `/acts/prepared/${await prepared()}`);
    expect(page.text).toContain('Agreement on early warning');
    expect(page.text).toContain('Article 2. Good faith');
    expect(page.text).toContain('Left to people.');
    expect(page.text).toMatch(/gives .*a table of .*measles/);
    expect(page.text).toMatch(/signs this text and is bound by it at once/);
    expect(page.text).toMatch(/Number .*1.*, put forward by/);
    expect(page.text).toContain(stage.site.url);
  });

  test('is nobody else’s to see or sign', async () => {
    const act = await prepared();
    for (const who of ['fatou', 'amina', 'chen'] as const)
      expect((await stage.as(who, `/acts/prepared/${act}`)).status).toBe(404);
  });

  test('with a passkey that the party’s log does not name yet says what to do', async () => {
    const device = createAuthenticator(stage.site.url);
    const options = await stage.as('edu', '/api/account/passkeys/options', { json: {} });
    const response = device.register(options.json() as { challenge: string });
    await stage.as('edu', '/account/passkeys', { form: { name: 'phone', password: passwordOf('edu'), response } });
    const act = await prepared('passkey');
    const assert = () =>
      stage.as('edu', `/api/acts/prepared/${act}/passkey`, { json: { response: device.assert({ challenge: act }) } });
    const early = await assert();
    expect(early.json()).toMatchObject({ code: 'signer-not-enrolled' });
    const named = await stage.as('edu', '/account/signing-keys/enrol', {
      form: { key: `passkey ${device.coseKey}`, password: passwordOf('edu') },
    });
    expect(named.status).toBe(303);
    expect((await assert()).status).toBe(200);
    // Removing the passkey takes it out of the log.
    await stage.as('edu', '/account/passkeys/remove', { form: { id: device.credentialId } });
    expect(await revokedKeys()).toContain(device.coseKey);
  });

  test('is stated by nobody who has lost the role since, and her keys stand behind nothing more', async () => {
    const key = generateSigningKey();
    await enrol('edu', key.x);
    const act = await prepared();
    const { north } = stage.parties;
    const { edu } = stage.accounts;
    // Her sessions end with the role; a token stays.
    const token = await stage.act((work) => makeToken(work, edu, north.id, { name: 't', readOnly: false, days: 1 }));
    await stage.act((work) => setRoles(callerIn(stage, work, 'fatou'), north.id, edu, ['observer']));
    const answer = await stage.site.send(`/api/acts/prepared/${act}/person-key`, {
      headers: { authorization: `Bearer ${token}` },
      json: { x: key.x, signature: signActId(act, key) },
    });
    expect([answer.status, (answer.json() as { code: string }).code]).toEqual([403, 'not-allowed']);
    expect(await revokedKeys()).toContain(key.x);
  });
});

describe('bin/reciproca sign', () => {
  const program = path.join(import.meta.dirname, '../../../bin/reciproca');
  const run = async (...args: readonly string[]) =>
    promisify(execFile)(process.execPath, [program, ...args], { encoding: 'utf8' }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    );

  test(
    'shows the text, signs nothing unasked, and states the act with the key of a file',
    { timeout: 120_000 },
    async () => {
      await using own = await openStage();
      const directory = await mkdtemp(path.join(tmpdir(), 'reciproca-sign-'));
      const [key, token] = [path.join(directory, 'key.json'), path.join(directory, 'token')];
      const made = await run('person', 'new-key', '--key', key, '--json');
      const { publicKey } = JSON.parse(made.stdout) as { publicKey: string };
      const { north, coast } = own.parties;
      const by = { account: own.accounts.edu, party: north.id };
      await own.as('edu', '/account/signing-keys', {
        form: { x: publicKey, name: 'file', password: passwordOf('edu') },
      });
      const document = documentWith([weeklyTable], { parties: [north.did, coast.did], assurance: 'person-key' });
      const id = await own.act((work) => proposeInstrument(work, by, document), 'north');
      const bound = await own.act((work) => signAsItStands(work, by, id), 'north');
      const act = 'prepared' in bound ? bound.prepared : '';
      const given = { name: 'sign', readOnly: false, days: 1 };
      await writeFile(token, await own.act((work) => makeToken(work, by.account, by.party, given)));
      const sign = (...more: readonly string[]) =>
        run('sign', act, '--key', key, '--url', own.site.url, '--token-file', token, ...more);
      const unasked = await sign();
      expect([unasked.code, unasked.stdout]).toEqual([2, '']);
      expect(unasked.stderr).toContain('Article 2. Good faith');
      expect(unasked.stderr).toContain('signs this text and is bound by it at once');
      const signed = await sign('--yes', '--json');
      expect([signed.code, JSON.parse(signed.stdout)]).toEqual([0, { subject: id }]);
      await rm(directory, { recursive: true });
    },
  );
});

const revokedKeys = (): Promise<string[]> =>
  stage.act(async ({ tx }) =>
    (await tx.db.selectFrom('signing_keys').select('key').where('revoked_from', 'is not', null).execute()).map(
      (row) => row.key,
    ),
  );
