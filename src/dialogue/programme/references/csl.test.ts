import { describe, expect, it } from 'vitest';
import { readCitations } from '../../../../test/support/citation.ts';
import { cslOfKey, formatBibtex, formatCslJson, formatRis, type Cited } from './csl.ts';

const cited: readonly Cited[] = [
  {
    id: 'r1',
    csl: {
      type: 'article-journal',
      title: 'Digital health & equity: 100% of {what}, for _whom_?',
      author: [
        { family: 'Mensah', given: 'Ama' },
        { family: 'Pérez', given: 'José' },
      ],
      issued: { 'date-parts': [[2021]] },
      'container-title': 'The Journal of Health #1',
      volume: '3',
      issue: '2',
      page: '101-109',
      DOI: '10.1000/182_3',
      URL: 'https://doi.org/10.1000/182_3',
    },
    note: 'Shared by Wanjiru Otieno',
  },
  {
    id: 'r2',
    csl: {
      type: 'report',
      title: 'الاستراتيجية العالمية',
      author: [{ literal: 'World Health Organization' }],
      number: 'A74/9',
      ISBN: '9789240020924',
    },
    note: undefined,
  },
  { id: 'r3', csl: cslOfKey('url:example.org/a', 'https://example.org/a?b=1&c=2'), note: undefined },
];

describe('an independent reader finds in', () => {
  for (const [name, text] of [
    ['CSL-JSON', formatCslJson(cited)],
    ['BibTeX', formatBibtex(cited)],
    ['RIS', formatRis(cited)],
  ] as const)
    it(`${name} what we hold`, () => {
      const [article, report, page] = readCitations(text);
      expect(article).toMatchObject({
        title: 'Digital health & equity: 100% of {what}, for _whom_?',
        DOI: '10.1000/182_3',
        volume: '3',
        'container-title': 'The Journal of Health #1',
        author: [
          { family: 'Mensah', given: 'Ama' },
          { family: 'Pérez', given: 'José' },
        ],
      });
      expect(article?.page).toMatch(/^101[-–]109$/);
      expect(Number(article?.issued?.['date-parts']?.[0]?.[0])).toBe(2021);
      expect(report).toMatchObject({ title: 'الاستراتيجية العالمية', ISBN: '9789240020924' });
      expect(JSON.stringify(report?.author)).toContain('World Health Organization');
      expect(page?.URL).toBe('https://example.org/a?b=1&c=2');
    });
});

it('a line break or a field of its own cannot be smuggled into a line', () => {
  const evil: readonly Cited[] = [
    {
      id: 'r1',
      csl: { type: 'book', title: 'A\r\nER  - \r\nTY  - BOOK', publisher: 'x},\n  note = {y' },
      note: undefined,
    },
  ];
  expect(formatRis(evil).match(/^TY {2}- /gm)).toHaveLength(1);
  expect(readCitations(formatBibtex(evil))).toHaveLength(1);
});
