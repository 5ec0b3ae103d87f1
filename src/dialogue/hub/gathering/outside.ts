/**
 * Reading what stands anywhere on the web, at addresses that people typed and other people's servers redirect to. The threat: an address that leads into
 * this node's own network, or to this node itself, and makes it ask for what its asker could not. So only public addresses are connected to,
 * checked for the very connection that is made and again at each redirect; the answer has a limit of bytes and of time, and is given nothing of ours.
 */
import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { AnswerTooLarge, dial, PeerUnreachable, type PeerAnswer, type PeerRequest } from '../../../network/dial.ts';
import { parseAddress } from '../../../network/address.ts';

export const outsideFailures = [
  'address',
  'local-network',
  'to-itself',
  'redirects',
  'too-large',
  'too-slow',
  'unreachable',
  'refused',
  'gone',
  'server',
  'unreadable',
] as const;
export type OutsideFailure = (typeof outsideFailures)[number];

export class OutsideError extends Error {
  override readonly name = 'OutsideError';
  readonly code: OutsideFailure;
  constructor(code: OutsideFailure, cause?: unknown) {
    super(code, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

export interface OutsideAnswer {
  readonly status: number;
  readonly headers: PeerAnswer['headers'];
  readonly body: Uint8Array;
  /** After redirects. */
  readonly url: string;
}

const redirectsLimit = 5;
export const answerLimitBytes = 5_000_000;
const timeoutMs = 20_000;

/** `ownUrl`: of this node. One on localhost may read others on localhost by name, and nothing else that is not public. */
export async function askOutside(url: string, ownUrl: string, request: PeerRequest = {}): Promise<OutsideAnswer> {
  const { isLocal } = parseAddress(ownUrl);
  const signal = AbortSignal.timeout(request.timeoutMs ?? timeoutMs);
  let target = url;
  for (let redirects = 0; ; redirects++) {
    if (redirects > redirectsLimit) throw new OutsideError('redirects');
    requirePublic(target, ownUrl, isLocal);
    const answer = await askOnce(target, { ...request, signal }, isLocal);
    const { location } = answer.headers;
    if (answer.status < 300 || answer.status > 399 || answer.status === 304 || typeof location !== 'string')
      return { ...answer, body: await unpack(answer), url: target };
    // Only what is read is followed; what is sent goes to the address it was meant for.
    if ((request.method ?? 'GET') !== 'GET' || !URL.canParse(location, target)) throw new OutsideError('redirects');
    target = new URL(location, target).href;
  }
}

async function askOnce(url: string, request: PeerRequest, isLocal: boolean): Promise<PeerAnswer> {
  try {
    return await dial(url, {
      limitBytes: answerLimitBytes,
      timeoutMs,
      ...request,
      headers: { 'accept-encoding': 'gzip, identity', ...request.headers },
      lookup: lookupPublic(isLocal),
    });
  } catch (error) {
    if (!(error instanceof PeerUnreachable)) throw error;
    const { cause } = error;
    if (cause instanceof OutsideError) throw cause;
    if (cause instanceof AnswerTooLarge) throw new OutsideError('too-large', error);
    if (cause instanceof Error && (cause.name === 'AbortError' || cause.name === 'TimeoutError'))
      throw new OutsideError('too-slow', error);
    throw new OutsideError('unreachable', error);
  }
}

const unzip = promisify(gunzip);

async function unpack({ headers, body }: PeerAnswer): Promise<Uint8Array> {
  const encoding = headers['content-encoding'];
  if (encoding === undefined || encoding === 'identity' || body.length === 0) return body;
  if (encoding !== 'gzip') throw new OutsideError('unreadable');
  try {
    return await unzip(body, { maxOutputLength: answerLimitBytes });
  } catch (error) {
    const isTooLarge = (error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE';
    throw new OutsideError(isTooLarge ? 'too-large' : 'unreadable', error);
  }
}

function requirePublic(text: string, ownUrl: string, isLocal: boolean): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:') || url.username || url.password)
    throw new OutsideError('address');
  if (url.host === new URL(ownUrl).host) throw new OutsideError('to-itself');
  // Node looks no literal address up.
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(literal) !== 0 && !isPublicAddress(literal)) throw new OutsideError('local-network');
  if (isLocalName(url.hostname) && !isLocal) throw new OutsideError('local-network');
}

const isLocalName = (hostname: string): boolean => hostname === 'localhost' || hostname.endsWith('.localhost');

const lookupPublic =
  (isLocal: boolean): LookupFunction =>
  (hostname, options, callback) => {
    const give = (found: readonly LookupAddress[]): void => {
      const [first] = found;
      if (!first) callback(new OutsideError('unreachable'), '', 0);
      else if (options.all) callback(null, [...found]);
      else callback(null, first.address, first.family);
    };
    if (isLocal && isLocalName(hostname)) return give([{ address: '127.0.0.1', family: 4 }]);
    systemLookup(hostname, { all: true }, (error, found) => {
      if (error) callback(error, '', 0);
      else if (!found.every(({ address }) => isPublicAddress(address)))
        callback(new OutsideError('local-network'), '', 0);
      else give(found);
    });
  };

// IANA IPv4 Special-Purpose Address Registry (RFC 6890 and later), and multicast.
const notPublic = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  notPublic.addSubnet(network, prefix, 'ipv4');
// Inside 2000::/3: Teredo, documentation, 6to4, which carry addresses of IPv4 or lead nowhere.
for (const [network, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  notPublic.addSubnet(network, prefix, 'ipv6');
// IPv6 Global Unicast is 2000::/3 (RFC 4291, 2.4): whatever is outside is link-local, unique local, mapped, translated or loopback.
const globalUnicast = new BlockList();
globalUnicast.addSubnet('2000::', 3, 'ipv6');

export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !notPublic.check(address, 'ipv4');
    case 6:
      return globalUnicast.check(address, 'ipv6') && !notPublic.check(address, 'ipv6');
    default:
      return false;
  }
}
