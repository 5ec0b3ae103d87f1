/** Of the network: nodes that took an invitation of this one, or whose invitation was taken here, and wait for an administrator to compare fingerprints. */
import type { WaitingSource } from '../start/waiting.ts';
import { translator } from '../ui/locales.ts';
import * as pairings from './pairing/store.ts';

export const networkWaiting: WaitingSource = async ({ house, viewer, locale, party }) => {
  if (party?.slug !== 'operator' || !viewer.roles.has('administrator')) return [];
  const t = translator(locale);
  const waiting = (await house.database.read('node', (reader) => pairings.listPairings(reader, new Map()))).filter(
    ({ confirmedAt, closedReason }) => confirmedAt === null && closedReason === null,
  );
  return [
    {
      code: 'pairings',
      order: 11,
      title: t('network.waiting-pairings'),
      path: '/network',
      total: waiting.length,
      items: waiting.map(({ name, url }) => ({
        title: name,
        path: '/network',
        detail: `${url} – ${t('network.waiting-compare')}`,
        due: undefined,
      })),
    },
  ];
};
