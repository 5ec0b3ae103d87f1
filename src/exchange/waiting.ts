/** Of exchange: warnings that nobody has decided on, and open questions about what was given or received. */
import type { WaitingSource } from '../start/waiting.ts';
import { translator } from '../ui/locales.ts';
import { readExchange } from './reading.ts';

const hourMs = 3_600_000;
/** The same as for any signal (Sphere Handbook 2018, health systems standard 1.5). */
const promptHours = 24;

export const exchangeWaiting: WaitingSource = async ({ reader, house, viewer, locale, party }) => {
  if (!viewer.roles.has('officer') || !party) return [];
  const t = translator(locale);
  const { warnings, flows } = await readExchange(reader, house.clock.now(), undefined);
  const fresh = warnings.filter(({ triage }) => triage === null);
  const open = flows.filter(({ openQuestion }) => openQuestion !== null);
  return [
    {
      code: 'exchange-warnings',
      order: 15,
      title: t('exchange.warnings'),
      path: '/exchange',
      total: fresh.length,
      items: fresh.map(({ indicatorName, place, giver, receivedAt }) => ({
        title: `${indicatorName} – ${place}`,
        path: '/exchange',
        detail: giver.name,
        due: new Date(Date.parse(receivedAt) + promptHours * hourMs),
      })),
    },
    {
      code: 'exchange-questions',
      order: 60,
      title: t('exchange.waiting-questions'),
      path: '/exchange',
      total: open.length,
      items: open.map(({ id, counterparts, openQuestion }) => ({
        title: counterparts.map(({ name }) => name).join(', '),
        path: `/exchange/flows/${id}`,
        detail: openQuestion === null ? '' : t(`exchange.question-${openQuestion}`),
        due: undefined,
      })),
    },
  ];
};
