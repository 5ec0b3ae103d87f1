/**
 * A node's permanent public address and the names that follow from it. Plain HTTP is allowed exactly when the host is localhost
 * or *.localhost; such nodes pair only with each other.
 */
import type { Did } from '../ids.ts';
import { problem } from '../problem.ts';

export interface Address {
  /** Without a trailing slash. */
  readonly url: string;
  readonly did: Did;
  /** Scheme-less URL prefix of the log, and the name of its key (C2SP tlog-checkpoint). */
  readonly logOrigin: string;
  /** Name of the key that confirms other nodes' checkpoints. */
  readonly keeperName: string;
  readonly isLocal: boolean;
}

export function parseAddress(publicUrl: string): Address {
  let url: URL;
  try {
    url = new URL(publicUrl);
  } catch (error) {
    throw problem.addressInvalid({ reason: 'not a URL' }, error);
  }
  const isLocal = url.hostname === 'localhost' || url.hostname.endsWith('.localhost');
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLocal))
    throw problem.addressInvalid({ reason: 'https is required' });
  if (url.pathname !== '/' || url.search || url.hash || url.username || url.password)
    throw problem.addressInvalid({ reason: 'only scheme, host and port' });
  return {
    url: url.origin,
    did: `did:web:${url.host.replace(':', '%3A')}` as Did,
    logOrigin: `${url.host}/log`,
    keeperName: `${url.host}/confirm`,
    isLocal,
  };
}

export function didOfHostedParty(operator: Did, slug: string): Did {
  return `${operator}:p:${slug}` as Did;
}

/** did:web specification, "Read": the method-specific identifier with `:` for `/`, the port percent-encoded. */
export function urlOfDid(did: Did): string {
  const [host = '', ...path] = did.slice('did:web:'.length).split(':').map(decodeURIComponent);
  const hostname = host.split(':')[0] ?? '';
  const scheme = hostname === 'localhost' || hostname.endsWith('.localhost') ? 'http' : 'https';
  return `${scheme}://${[host, ...path].join('/')}`;
}
