import type { MessageKey } from './locales.ts';
import type { Role, Viewer } from './view.ts';

interface Destination {
  readonly path: string;
  readonly label: MessageKey;
  /** Who sees it in the header. The page itself checks who may open it. */
  readonly for: 'anyone' | readonly Role[];
}

/** The header, in this order. A slice adds its line when its page exists. */
const destinations: readonly Destination[] = [
  { path: '/', label: 'common.start', for: 'anyone' },
  {
    path: '/reporting',
    label: 'reporting.title',
    for: ['reporter', 'officer', 'administrator', 'observer', 'council'],
  },
  { path: '/signals', label: 'signals.title', for: ['officer', 'administrator'] },
  { path: '/events', label: 'events.title', for: ['officer', 'administrator'] },
  { path: '/bulletins', label: 'bulletins.title', for: ['officer', 'administrator'] },
  { path: '/p/operator', label: 'programme.nav', for: 'anyone' },
  { path: '/agreements', label: 'common.agreements', for: 'anyone' },
  { path: '/exchange', label: 'exchange.nav', for: ['officer', 'administrator'] },
  { path: '/network', label: 'network.title', for: 'anyone' },
  { path: '/log', label: 'common.log', for: 'anyone' },
  { path: '/observatory', label: 'observatory.title', for: 'anyone' },
  { path: '/people', label: 'accounts.people', for: ['administrator'] },
];

export function destinationsFor(viewer: Viewer): readonly Destination[] {
  return destinations.filter((place) => place.for === 'anyone' || place.for.some((role) => viewer.roles.has(role)));
}

/** The destination whose part of the site a path lies in. */
export function isWithin(path: string, destination: string): boolean {
  return destination === '/' ? path === '/' : path === destination || path.startsWith(`${destination}/`);
}
