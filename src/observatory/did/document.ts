/** did:web documents, made from what a party's own log says of its keys (W3C DID Core 1.0; did:web method specification). */
import type { Did } from '../../ids.ts';

export interface DidSubject {
  readonly did: Did;
  readonly url: string;
  readonly origin: string;
  readonly vkey: string;
  /** Ed25519 public keys that may sign its acts now. */
  readonly keys: readonly { readonly kid: string; readonly x: string }[];
  /** Signs the node's requests to others; a hosted party has none of its own. */
  readonly transportKey: { readonly kid: string; readonly x: string } | undefined;
}

export function didDocument({ did, url, origin, vkey, keys, transportKey }: DidSubject) {
  const methodOf = ({ kid, x }: { readonly kid: string; readonly x: string }) => ({
    id: `${did}#${kid}`,
    type: 'JsonWebKey2020',
    controller: did,
    publicKeyJwk: { kty: 'OKP', crv: 'Ed25519', kid, x },
  });
  return {
    '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/suites/jws-2020/v1'],
    id: did,
    verificationMethod: [...keys, ...(transportKey ? [transportKey] : [])].map(methodOf),
    assertionMethod: keys.map(({ kid }) => `${did}#${kid}`),
    ...(transportKey && { authentication: [`${did}#${transportKey.kid}`] }),
    service: [
      { id: `${did}#log`, type: 'TransparencyLog', serviceEndpoint: `${url}/log`, origin, vkey },
      { id: `${did}#federation`, type: 'ReciprocaFederation', serviceEndpoint: `${url}/federation` },
    ],
  };
}
