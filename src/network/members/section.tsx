/** What the public pages of a network share: their addresses, the way back, the rooms. A slice adds its room with one line. */
import type { JSX } from 'hono/jsx/jsx-runtime';
import type { Caller } from '../../http/caller.ts';
import type { Page } from '../../ui/layout.tsx';
import type { MessageKey } from '../../ui/locales.ts';
import type { View } from '../../ui/view.ts';
import { isSecretariat } from './member.ts';

/** Which network a page is of, and whether the reader works for its secretariat; part of every answer here. */
export interface NetworkFacts {
  readonly slug: string;
  readonly name: string;
  readonly isSecretariat: boolean;
}

export function networkFactsOf(caller: Pick<Caller, 'viewer' | 'party'>): NetworkFacts {
  const { slug = '', name = '' } = caller.party ?? {};
  return { slug, name, isSecretariat: isSecretariat(caller) };
}

export const networkPath = (slug: string): string => `/p/${slug}`;

export const networkCrumbs = (network: NetworkFacts): NonNullable<Page['breadcrumbs']> => [
  { path: networkPath(network.slug), label: network.name },
];

interface Room {
  readonly path: string;
  readonly label: MessageKey;
  readonly for: 'anyone' | 'signed-in' | 'secretariat';
}

const rooms: readonly Room[] = [
  { path: '', label: 'members.room-home', for: 'anyone' },
  { path: '/dialogues', label: 'programme.dialogues', for: 'anyone' },
  { path: '/communities', label: 'programme.communities', for: 'anyone' },
  { path: '/hub', label: 'hub.title', for: 'anyone' },
  { path: '/inquiries', label: 'statements.inquiries', for: 'anyone' },
  { path: '/references', label: 'programme.references', for: 'anyone' },
  { path: '/members', label: 'members.directory', for: 'anyone' },
  { path: '/directory', label: 'assembly.directory', for: 'anyone' },
  { path: '/assemblies', label: 'assembly.assemblies', for: 'anyone' },
  { path: '/records', label: 'assembly.records', for: 'anyone' },
  { path: '/advisory-groups', label: 'assembly.advisory-groups', for: 'anyone' },
  { path: '/equal-power', label: 'equity.title-network', for: 'anyone' },
  { path: '/search', label: 'hub.search', for: 'anyone' },
  { path: '/conduct', label: 'rights.conduct-title', for: 'anyone' },
  { path: '/me', label: 'members.my-entry', for: 'signed-in' },
];

export function NetworkRooms({ view, network }: { readonly view: View; readonly network: NetworkFacts }): JSX.Element {
  const { pathname } = new URL(view.path, 'http://localhost');
  const open = rooms.filter(
    (room) =>
      room.for === 'anyone' ||
      (room.for === 'signed-in' && view.viewer.account) ||
      (room.for === 'secretariat' && network.isSecretariat),
  );
  return (
    <nav aria-label={network.name}>
      <details class="menu">
        <summary>{network.name}</summary>
        <ul>
          {open.map(({ path, label }) => (
            <li>
              <a
                href={networkPath(network.slug) + path}
                aria-current={pathname === networkPath(network.slug) + path ? 'page' : undefined}
              >
                {view.t(label)}
              </a>
            </li>
          ))}
        </ul>
      </details>
    </nav>
  );
}
