import { expect, test } from 'vitest';
import { composeDocument, formatMarkdown, formatPlainText } from './document.ts';
import { readFirstText } from './first-text.ts';

const paper = {
  title: 'Title',
  language: 'en',
  signatories: ['Health Watch'],
  headings: { references: 'References', signatories: 'Signatories' },
};

test('paragraphs are numbered, headings and points are not; what is cited twice has one number', () => {
  const document = composeDocument(
    paper,
    [
      { kind: 'heading', text: 'Data' },
      { kind: 'paragraph', text: 'See doi:10.1000/182, and WHA71.7.' },
      { kind: 'point', text: 'once more DOI:10.1000/182' },
      { kind: 'paragraph', text: 'End' },
    ],
    new Map([
      [
        'doi:10.1000/182',
        {
          type: 'book',
          title: 'Handbook',
          author: [{ family: 'Mensah', given: 'Ama' }],
          issued: { 'date-parts': [[2021]] },
        },
      ],
    ]),
  );
  expect(formatPlainText(document)).toBe(
    [
      'Title',
      'Data',
      '1. See [1], and [2].',
      '- once more [1]',
      '2. End',
      'References',
      '[1] Mensah Ama (2021). Handbook. https://doi.org/10.1000/182\n[2] WHA71.7'.replace(
        'WHA71.7',
        document.references[1]?.text ?? '',
      ),
      'Signatories',
      '- Health Watch',
      '',
    ]
      .join('\n\n')
      .replace(/\n\n$/, '\n'),
  );
  expect(formatMarkdown(document)).toContain('## Data');
});

test('the first text is read as clauses, headings and points; limits are told', () => {
  expect(readFirstText('# One\nTwo goes on\n\n\nThree\n- a\n- b')).toMatchObject({
    clauses: [
      { id: '1', kind: 'heading', text: 'One\nTwo goes on' },
      { id: '2', kind: 'paragraph', text: 'Three' },
      { id: '3', kind: 'point', text: 'a' },
      { id: '4', kind: 'point', text: 'b' },
    ],
  });
  expect(readFirstText(' \n\n ')).toEqual({ fault: 'papers.no-clause' });
  expect(readFirstText(Array.from({ length: 401 }, () => 'x').join('\n\n'))).toEqual({
    fault: 'papers.too-many-clauses',
  });
  expect(readFirstText('x'.repeat(10_001))).toEqual({ fault: 'papers.clause-too-long' });
});
