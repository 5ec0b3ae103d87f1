import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestHouse, settableClock, type TestHouse } from '../../test/support/house.ts';
import { generateSigningKey } from '../acts/keys.ts';
import { signRequest, verifyRequest } from './http-signature.ts';
import { noncesIn } from './peer-request.ts';

const key = generateSigningKey();
const stranger = generateSigningKey();
const keyId = 'did:web:b.example';
const message = {
  method: 'POST',
  url: 'https://a.example/federation/bodies',
  contentType: 'application/json',
  body: Buffer.from('{"acts":[]}'),
};

describe('a signed request between nodes', () => {
  const clock = settableClock();
  let test: TestHouse;

  beforeAll(async () => {
    test = await openTestHouse('http://a.localhost:4000', clock);
  });

  afterAll(() => test[Symbol.asyncDispose]());

  /** Each in a transaction of its own, with nothing kept in memory between them: as after a restart. */
  const receive = (headers: Readonly<Record<string, string>>, received: Partial<typeof message> = {}) =>
    test.house.database.transact('node', { system: 'federation' }, (tx) =>
      verifyRequest(
        { ...message, ...received, headers: new Headers(headers) },
        async (id) => (id === keyId ? key.x : undefined),
        noncesIn(tx),
        tx.now,
      ),
    );

  const sign = (by = key, id = keyId) => ({ ...signRequest(message, id, by, clock.now()) });

  it('is refused a second time, also by a process that has never seen the first', async () => {
    const headers = sign();
    expect(await receive(headers)).toEqual({ keyId });
    expect(await receive(headers)).toEqual({ fault: 'replayed' });
    expect(await receive(sign())).toEqual({ keyId });
  });

  it('counts once when it comes twice at the same moment', async () => {
    const headers = sign();
    const answers = await Promise.all([receive(headers), receive(headers)]);
    expect(answers.filter((answer) => 'keyId' in answer)).toHaveLength(1);
  });

  it('is refused when it was signed by another, for another, changed, unsigned, or too long ago', async () => {
    expect(await receive(sign(stranger))).toEqual({ fault: 'signature' });
    expect(await receive(sign(key, 'did:web:c.example'))).toEqual({ fault: 'unknown-key' });
    expect(await receive(sign(), { url: 'https://c.example/federation/bodies' })).toEqual({ fault: 'signature' });
    expect(await receive(sign(), { body: Buffer.from('{}') })).toEqual({ fault: 'digest' });
    expect(await receive({})).toEqual({ fault: 'missing' });
    expect(await receive({ ...sign(), signature: 'reciproca=:AAAA:' })).toEqual({ fault: 'malformed' });
    const old = sign();
    clock.advance(121_000);
    expect(await receive(old)).toEqual({ fault: 'time' });
  });

  it('is remembered no longer than it could be used', async () => {
    await receive(sign());
    clock.advance(600_000);
    await receive(sign());
    const kept = await test.house.database.read('node', (reader) =>
      reader.selectFrom('used_nonces').select('nonce').execute(),
    );
    expect(kept).toHaveLength(1);
  });
});
