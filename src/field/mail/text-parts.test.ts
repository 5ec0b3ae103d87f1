import { expect, test } from 'vitest';
import { forMail, toHtml, wrapText } from './text-parts.ts';

test('lines stay short, lists stay lists, long addresses stay whole', () => {
  const address = `https://example.org/${'x'.repeat(90)}`;
  const wrapped = wrapText(`12. ${'words '.repeat(30)}\n\n${address}`);
  const [first = '', second = ''] = wrapped.split('\n');
  expect(first.startsWith('12. words')).toBe(true);
  expect(second.startsWith('    words')).toBe(true);
  expect(wrapped.split('\n').filter((line) => line.length > 72)).toEqual([address]);
});

test('words of people become no markup, addresses become links', () => {
  expect(toHtml('<b>&"\n\nsee http://a.example/x?y=1&z=2.', 'en', 'ltr')).toContain(
    '<p>&lt;b&gt;&amp;&quot;</p>\n<p>see <a href="http://a.example/x?y=1&amp;z=2">http://a.example/x?y=1&amp;z=2</a>.</p>',
  );
});

test('isolates go where old programs would show boxes', () => {
  expect(forMail('by \u2068Amina\u2069', 'ltr')).toBe('by Amina');
  expect(forMail('\u2068Amina\u2069', 'rtl')).toBe('\u2068Amina\u2069');
});
