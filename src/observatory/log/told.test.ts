import { expect, test } from 'vitest';
import { sampleView } from '../../ui/style-guide.tsx';
import { toldFacts } from './told.ts';

const told = (locale: 'en' | 'fr', fields: Readonly<Record<string, unknown>>) =>
  toldFacts(sampleView(locale), fields).map(({ label, value }) => `${label}: ${value}`);

test('what a council answered is told in words', () => {
  expect(told('en', { purpose: 'model-training', answer: 'refused' })).toEqual([
    'Purpose: training of models',
    'Answer: refused',
  ]);
});

test('why a host did not take an act up is told in the reader’s language', () => {
  expect(told('fr', { act: 'A'.repeat(43), reason: 'already-signed' })).toEqual([
    'Pourquoi: Cette partie avait déjà signé.',
  ]);
});

test('what has no words here is left to the act as it was signed, and nothing outside the vocabulary is believed', () => {
  expect(
    told('en', { key: 'AAAA', purpose: '<b>all</b>', kind: 'junta', releaseOn: 'soon', languages: ['tlh'] }),
  ).toEqual([]);
});
