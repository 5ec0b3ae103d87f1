import { expect, test } from 'vitest';
import { problem } from '../problem.ts';
import { findText, locales, translator } from '../ui/locales.ts';
import type { MessageKey } from '../ui/locales.ts';
import en from '../ui/locales/en/problems.json' with { type: 'json' };
import { formatProblem, messageOf } from './failure.tsx';

test('people are told why in words, and codes stay with programs', () => {
  const refusal = problem.cannotPair({ reason: 'itself' });
  expect(messageOf(refusal, translator('en'))).toBe(
    'The two nodes cannot be paired. A node cannot be paired with itself.',
  );
  expect(JSON.parse(formatProblem(refusal, translator('fr'), 'r1'))).toMatchObject({ details: { reason: 'itself' } });
  expect(messageOf(problem.stepNotAllowed({ step: 'ratify', status: 'signed' }), translator('es'))).not.toMatch(
    /ratify|signed/,
  );
});

test.each(locales)('no sentence in %s leaves a place for a code', (locale) => {
  for (const name of Object.keys(en))
    expect(findText(locale, `problems.${name}` as MessageKey, 2), name).not.toMatch(
      /\{(?:reason|step|status|fault|needs)\}/,
    );
});
