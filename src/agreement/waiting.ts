/** Of agreements: texts on which a delegate's party can still take its step, and amendments it can accept. */
import { namesOf } from '../acts/store.ts';
import type { Did } from '../ids.ts';
import type { WaitingItem, WaitingSource } from '../start/waiting.ts';
import { translator } from '../ui/locales.ts';
import { statusAt } from './entry-into-force.ts';
import { currentText } from './instrument.ts';
import { pathOf } from './reading.ts';
import { allowedSteps, openAmendments, type InstrumentStep } from './steps.ts';
import * as store from './store.ts';

/** Steps by which a party says yes or no to a text as it stands. */
const answering: readonly InstrumentStep[] = ['sign', 'ratify', 'refuse'];

export const agreementWaiting: WaitingSource = async ({ reader, house, viewer, locale, party }) => {
  if (!party || !viewer.roles.has('delegate')) return [];
  const t = translator(locale);
  const now = house.clock.now();
  const texts: WaitingItem[] = [];
  const amendments: WaitingItem[] = [];
  const instruments = await store.listInstruments(reader);
  const authors = instruments.flatMap(({ state }) => [
    currentText(state).by,
    ...openAmendments(state, party.did).map(({ by }) => by),
  ]);
  const names = await namesOf(reader, authors);
  const toldBy = (did: Did): string => t('agreement.waiting-by', { party: names.get(did) ?? did });
  for (const { id, state, frozenReason } of instruments) {
    const status = statusAt(state, now);
    const steps = frozenReason === null ? allowedSteps(state, status, party.did) : [];
    const { document, by } = currentText(state);
    const path = pathOf(id);
    if (steps.some((step) => answering.includes(step)))
      texts.push({ title: document.title, path, detail: toldBy(by), due: undefined });
    if (steps.includes('accept-amendment'))
      for (const amendment of openAmendments(state, party.did))
        amendments.push({ title: amendment.document.title, path, detail: toldBy(amendment.by), due: undefined });
  }
  const group = (code: string, title: string, items: readonly WaitingItem[]) => ({
    code,
    order: 12,
    title,
    path: '/agreements',
    total: items.length,
    items,
  });
  return [
    group('agreements-to-answer', t('agreement.waiting-sign'), texts),
    group('amendments-to-accept', t('agreement.waiting-amendments'), amendments),
  ];
};
