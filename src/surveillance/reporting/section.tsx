/** What the pages of this part of the site share. */
import type { Child } from 'hono/jsx';
import type { JSX } from 'hono/jsx/jsx-runtime';
import type { Page } from '../../ui/layout.tsx';
import type { MessageKey } from '../../ui/locales.ts';
import { Name } from '../../ui/text.tsx';
import type { Role, View } from '../../ui/view.ts';
import { managers, readers, reporters } from './access.ts';

export const reportingCrumb = (view: View): NonNullable<Page['breadcrumbs']>[number] => ({
  path: '/reporting',
  label: view.t('reporting.title'),
});

const rooms: readonly { readonly path: string; readonly label: MessageKey; readonly for: readonly Role[] }[] = [
  { path: '/reporting', label: 'reporting.completeness', for: readers.role },
  { path: '/reporting/enter', label: 'reporting.enter', for: reporters.role },
  { path: '/reporting/send', label: 'reporting.send-file', for: managers.role },
  { path: '/reporting/submissions', label: 'reporting.submissions', for: reporters.role },
  { path: '/reporting/rumours', label: 'reporting.rumours', for: managers.role },
  { path: '/reporting/observations', label: 'reporting.observations', for: readers.role },
  { path: '/reporting/places', label: 'reporting.places', for: readers.role },
  { path: '/reporting/units', label: 'reporting.units', for: managers.role },
  { path: '/reporting/indicators', label: 'reporting.indicators', for: readers.role },
  { path: '/reporting/forms', label: 'reporting.forms', for: readers.role },
];

/** The rooms of this part of the site that the reader may enter. */
export function Rooms({ view }: { readonly view: View }): JSX.Element {
  const { pathname } = new URL(view.path, 'http://localhost');
  const open = rooms.filter((room) => room.for.some((role) => view.viewer.roles.has(role)));
  return (
    <nav aria-label={view.t('reporting.rooms')}>
      <details class="menu">
        <summary>{view.t('reporting.rooms')}</summary>
        <ul>
          {open.map(({ path, label }) => (
            <li>
              <a href={path} aria-current={path === pathname ? 'page' : undefined}>
                {view.t(label)}
              </a>
            </li>
          ))}
        </ul>
      </details>
    </nav>
  );
}

const unnamedForms: Readonly<Record<string, MessageKey>> = {
  daily: 'reporting.form-daily',
  weekly: 'reporting.form-weekly',
  monthly: 'reporting.form-monthly',
};

/** A form that a file brought is called by its code until somebody names it; the common codes have words. */
export function nameOfForm(
  { t }: Pick<View, 't'>,
  { code, name }: { readonly code: string; readonly name: string },
): string {
  const words = name === code ? unnamedForms[code] : undefined;
  return words === undefined ? name : t(words);
}

export function isManager(view: Pick<View, 'viewer'>): boolean {
  return managers.role.some((role) => view.viewer.roles.has(role));
}

/** Where a place lies, by the last two names above it; each keeps its own direction. */
export function PathOf({ names }: { readonly names: readonly string[] }): Child {
  return names.slice(-2).map((name, at) => (
    <>
      {at === 0 ? null : ' › '}
      <Name>{name}</Name>
    </>
  ));
}
