/** Files that pages name. Each address carries a hash of its content, so a browser keeps it for ever and never keeps an old one. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { findPackageRoot } from '../package-root.ts';
import { stylesheet } from '../ui/stylesheet.ts';
import { asset, type AssetEndpoint, type Endpoint } from './endpoint.ts';

/** A script of ours, by its place below src/: plain JavaScript, served as it is written. */
export function readScript(place: string): AssetEndpoint {
  const text = readFileSync(path.join(findPackageRoot(), 'src', place), 'utf8');
  const hash = createHash('sha256').update(text).digest('base64url').slice(0, 10);
  const { name } = path.parse(place);
  return asset({
    path: `/assets/${name}-${hash}.js`,
    contentType: 'text/javascript; charset=utf-8',
    text,
    cache: 'immutable',
  });
}

// Two hands, giving and receiving, as two arcs around one point.
const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="#0b5a73"/>' +
  '<g fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round"><path d="M7 13a9 9 0 0 1 18 0"/><path d="M25 19a9 9 0 0 1-18 0"/></g>' +
  '<circle cx="16" cy="16" r="2.5" fill="#fff"/></svg>';

// Nothing of what people do here belongs into a search engine, except what a party publishes under /p/ and the public log.
const robots = 'User-agent: *\nDisallow: /api/\nDisallow: /account\nDisallow: /invitations/\nDisallow: /sign-in\n';

export const assetEndpoints: readonly Endpoint[] = [
  asset({ path: '/favicon.svg', contentType: 'image/svg+xml', text: icon, cache: 'shared' }),
  // Asked for by browsers that no page has told otherwise.
  asset({ path: '/favicon.ico', contentType: 'image/svg+xml', text: icon, cache: 'shared' }),
  asset({ path: '/robots.txt', contentType: 'text/plain; charset=utf-8', text: robots, cache: 'shared' }),
  asset({ ...stylesheet, contentType: 'text/css; charset=utf-8', cache: 'immutable' }),
];
