/** Of reporting: the units that have not reported, and whom to call. */
import type { WaitingSource } from '../../../start/waiting.ts';
import { mostItems } from '../../../start/waiting.ts';
import * as indicators from '../indicators/store.ts';
import { translator } from '../../../ui/locales.ts';
import { formatPeriod } from '../../../ui/format.ts';
import { managers } from '../access.ts';
import { nameOfForm } from '../section.tsx';
import { readCompleteness } from './reading.ts';

export const silentWaiting: WaitingSource = async (reading) => {
  const { viewer, reader, house, locale } = reading;
  if (!managers.role.some((role) => viewer.roles.has(role))) return [];
  const t = translator(locale);
  const groups = [];
  for (const { code } of await indicators.listSets(reader)) {
    const found = await readCompleteness(reader, { set: code }, house.clock.now());
    const silent = found?.units.filter(({ status }) => status === 'silent') ?? [];
    if (!found || silent.length === 0) continue;
    groups.push({
      code: `silent-${code}`,
      order: 10,
      title: t('reporting.waiting-silent', {
        form: nameOfForm({ t }, found.set),
        period: formatPeriod({ locale, t }, found.period),
      }),
      path: `/reporting?form=${encodeURIComponent(code)}`,
      total: silent.length,
      items: silent.slice(0, mostItems).map(({ place, contacts: [contact] }) => ({
        title: place.name,
        path: `/reporting/unit?code=${encodeURIComponent(place.code)}`,
        detail: contact
          ? t('reporting.waiting-call', {
              contact: [contact.name, contact.phone].filter((part) => part !== undefined).join(', '),
            })
          : t('reporting.no-contact'),
        due: found.completeness.summary.dueAt,
      })),
    });
  }
  return groups;
};
