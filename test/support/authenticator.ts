import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto';

/**
 * A security key in software (WebAuthn Level 3, 6: authenticator data; RFC 9052: COSE keys): ES256, user verified, attestation "none". What it
 * answers is what a browser's `navigator.credentials` would have put into the form.
 */
export interface Authenticator {
  register(options: { readonly challenge: string }, changes?: Changes): string;
  assert(options: { readonly challenge: string }, changes?: Changes): string;
  readonly credentialId: string;
  /** What stands in a party's log for it. */
  readonly coseKey: string;
}

export interface Changes {
  readonly origin?: string;
  readonly rpId?: string;
  readonly counter?: number;
  /** Without the flag that says a person was recognised by PIN or finger. */
  readonly unverified?: boolean;
}

export function createAuthenticator(origin: string): Authenticator {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const id = randomBytes(20);
  let counter = 0;

  const clientData = (type: string, challenge: string, changes: Changes): Buffer =>
    Buffer.from(JSON.stringify({ type, challenge, origin: changes.origin ?? origin, crossOrigin: false }));

  const authenticatorData = (changes: Changes, attested: Buffer): Buffer => {
    const head = Buffer.alloc(5);
    // UP 0x01, UV 0x04, AT 0x40.
    head.writeUInt8(0x01 | (changes.unverified ? 0 : 0x04) | (attested.length > 0 ? 0x40 : 0), 0);
    head.writeUInt32BE(changes.counter ?? ++counter, 1);
    const rpId = changes.rpId ?? new URL(changes.origin ?? origin).hostname;
    return Buffer.concat([createHash('sha256').update(rpId).digest(), head, attested]);
  };

  const answer = (response: Readonly<Record<string, string | readonly string[]>>): string =>
    JSON.stringify({ id: id.toString('base64url'), rawId: id.toString('base64url'), type: 'public-key', response });

  // COSE_Key: kty EC2, alg ES256, crv P-256, x, y.
  const key = Buffer.concat([
    Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]),
    Buffer.from(x, 'base64url'),
    Buffer.from([0x22, 0x58, 0x20]),
    Buffer.from(y, 'base64url'),
  ]);

  return {
    credentialId: id.toString('base64url'),
    coseKey: key.toString('base64url'),
    register({ challenge }, changes = {}) {
      const attested = Buffer.concat([Buffer.alloc(16), Buffer.from([0, id.length]), id, key]);
      const data = authenticatorData(changes, attested);
      // {"fmt": "none", "attStmt": {}, "authData": bytes}
      const object = Buffer.concat([
        Buffer.from([0xa3]),
        cborText('fmt'),
        cborText('none'),
        cborText('attStmt'),
        Buffer.from([0xa0]),
        cborText('authData'),
        Buffer.from([0x58, data.length]),
        data,
      ]);
      return answer({
        clientDataJSON: clientData('webauthn.create', challenge, changes).toString('base64url'),
        attestationObject: object.toString('base64url'),
        transports: ['usb'],
      });
    },
    assert({ challenge }, changes = {}) {
      const client = clientData('webauthn.get', challenge, changes);
      const data = authenticatorData(changes, Buffer.alloc(0));
      const signature = createSign('sha256')
        .update(Buffer.concat([data, createHash('sha256').update(client).digest()]))
        .sign(privateKey);
      return answer({
        clientDataJSON: client.toString('base64url'),
        authenticatorData: data.toString('base64url'),
        signature: signature.toString('base64url'),
      });
    },
  };
}

const cborText = (text: string): Buffer => Buffer.concat([Buffer.from([0x60 + text.length]), Buffer.from(text)]);
