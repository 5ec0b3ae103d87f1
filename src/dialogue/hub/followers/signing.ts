/** HTTP signatures between servers of the fediverse (draft-cavage-http-signatures-12), by Fedify; whatever it fetches goes through our own guarded way out. */
import { createPrivateKey } from 'node:crypto';
import type { DocumentLoader, RemoteDocument } from '@fedify/fedify/runtime';
import { askOutside, OutsideError } from '../gathering/outside.ts';

// Loaded when somebody is followed and not before: it takes a second and 50 MB.
const loadSignatures = () => import('@fedify/fedify/sig');
const loadRuntime = () => import('@fedify/fedify/runtime');

const documentLimitBytes = 200_000;
const timeoutMs = 10_000;

export const activityType = 'application/activity+json';

/** A document of ActivityStreams, from wherever it says it is. */
export async function fetchDocument(url: string, ownUrl: string): Promise<RemoteDocument> {
  const answer = await askOutside(url, ownUrl, {
    headers: { accept: `${activityType}, application/ld+json` },
    limitBytes: documentLimitBytes,
    timeoutMs,
  });
  if (answer.status === 404 || answer.status === 410) throw new OutsideError('gone');
  if (answer.status !== 200) throw new OutsideError(answer.status >= 500 ? 'server' : 'refused');
  try {
    return {
      documentUrl: answer.url,
      contextUrl: null,
      document: JSON.parse(new TextDecoder().decode(answer.body)) as unknown,
    };
  } catch (error) {
    throw new OutsideError('unreadable', error);
  }
}

export async function signedHeaders(
  request: { readonly url: string; readonly body: string; readonly date: Date },
  key: { readonly id: string; readonly privateKey: string },
): Promise<Readonly<Record<string, string>>> {
  const { signRequest } = await loadSignatures();
  const privateKey = await crypto.subtle.importKey(
    'pkcs8',
    createPrivateKey(key.privateKey).export({ type: 'pkcs8', format: 'der' }),
    { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
    true,
    ['sign'],
  );
  const plain = new Request(request.url, {
    method: 'POST',
    body: request.body,
    headers: { 'content-type': activityType, date: request.date.toUTCString() },
  });
  return Object.fromEntries((await signRequest(plain, privateKey, new URL(key.id))).headers);
}

export interface SignedRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Undefined when the signature is none. Whoever owns a server speaks for everybody on it, so key and owner must be of one origin. */
export async function findSigner(request: SignedRequest, ownUrl: string): Promise<string | undefined> {
  const { verifyRequest } = await loadSignatures();
  const { preloadedContexts } = await loadRuntime();
  const documentLoader: DocumentLoader = (url) => fetchDocument(url, ownUrl);
  const contextLoader: DocumentLoader = async (url) =>
    Object.hasOwn(preloadedContexts, url)
      ? { documentUrl: url, contextUrl: null, document: preloadedContexts[url] }
      : fetchDocument(url, ownUrl);
  const received = new Request(request.url, { method: 'POST', headers: request.headers, body: request.body });
  // The hour is compared with our own clock, by whoever took the request in.
  const key = await verifyRequest(received, { documentLoader, contextLoader, timeWindow: false });
  if (!key?.id || !key.ownerId || key.id.origin !== key.ownerId.origin) return undefined;
  return key.ownerId.href;
}
