import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { findReferences, identifyAddress } from './identify.ts';

const keysIn = (text: string): readonly string[] => findReferences(text).references.map(({ key }) => key);

describe('what is no reference', () => {
  test.each([
    [
      'a link to a meeting, which lets its bearer in',
      'https://us02web.zoom.us/j/123456789?pwd=secret',
      'is-meeting-link',
    ],
    ['a Teams invitation', 'https://teams.microsoft.com/l/meetup-join/19%3ameeting_x/0', 'is-meeting-link'],
    ['a Jitsi room', 'https://meet.jit.si/DigitalHealth', 'is-meeting-link'],
    ['an address with a password', 'https://user:pass@example.org/file', 'with-password'],
    ['one’s own machine', 'http://localhost:8080/report', 'not-public'],
    ['a private network', 'http://192.168.1.10/report', 'not-public'],
  ])('%s', (_, text, reason) => {
    const { references, refused } = findReferences(`See ${text}.`);
    expect([references, refused.map((each) => each.reason)]).toEqual([[], [reason]]);
  });

  it('an ISBN whose check digit is wrong, a number, a time, a page', () => {
    expect(keysIn('ISBN 978-92-4-002092-5, 10.30 am, p. 10/12, A4 paper, EB in 2021, version 10.1')).toEqual([]);
  });
});

describe('one work has one key', () => {
  test.each([
    'https://doi.org/10.1016/S2589-7500(21)00038-8',
    'http://dx.doi.org/10.1016/s2589-7500(21)00038-8',
    'doi:10.1016/S2589-7500(21)00038-8.',
    '(DOI 10.1016/S2589-7500(21)00038-8)',
    '10.1016/S2589-7500(21)00038-8,',
    'https://example.org/doi/full/10.1016/S2589-7500(21)00038-8?utm_source=chat',
  ])('%s', (text) => expect(keysIn(text)).toEqual(['doi:10.1016/s2589-7500(21)00038-8']));

  test.each([
    'https://www.who.int/publications/i/item/9789240020924/',
    'http://who.int/publications/i/item/9789240020924?utm_campaign=x&fbclid=y',
    'https://eur02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.who.int%2Fpublications%2Fi%2Fitem%2F9789240020924&data=05',
    'https://www.google.com/url?q=https://www.who.int/publications/i/item/9789240020924&sa=D',
    '<https://www.who.int/publications/i/item/9789240020924#overview>',
  ])('%s', (text) => expect(keysIn(text)).toEqual(['url:who.int/publications/i/item/9789240020924']));

  test.each([
    ['PMID: 33581808', 'pmid:33581808'],
    ['https://pubmed.ncbi.nlm.nih.gov/33581808/', 'pmid:33581808'],
    ['https://www.ncbi.nlm.nih.gov/pubmed/33581808', 'pmid:33581808'],
    ['PMC7876907', 'pmcid:PMC7876907'],
    ['https://www.ncbi.nlm.nih.gov/pmc/articles/PMC7876907/pdf/main.pdf', 'pmcid:PMC7876907'],
    ['ISBN 978-92-4-002092-4', 'isbn:9789240020924'],
    ['ISBN-10: 0-306-40615-2', 'isbn:9780306406157'],
    ['resolution WHA71.7 on digital health', 'who:WHA71.7'],
    ['A74/9 Add.1', 'who:A74/9 Add.1'],
    ['EB148.R7', 'who:EB148.R7'],
    ['WHO/HSE/GCR/LYO/2014.4.', 'who:WHO/HSE/GCR/LYO/2014.4'],
  ])('%s', (text, key) => expect(keysIn(text)).toEqual([key]));
});

it('an address keeps what names the page, in any order, and loses what follows its reader', () => {
  const key = (text: string) => {
    const found = identifyAddress(text);
    return typeof found === 'object' ? found.key : found;
  };
  expect(key('https://example.org/a?id=2&lang=fr&utm_source=x')).toBe(key('https://www.example.org/a/?lang=fr&id=2'));
  expect(key('https://example.org/a?id=2')).not.toBe(key('https://example.org/a?id=3'));
  expect(key('https://example.org/#/a')).not.toBe(key('https://example.org/#/b'));
});

it('a DOI is found however it is wrapped, and its key does not depend on it', () => {
  const suffix = fc.stringMatching(/^[a-zA-Z0-9]{1,8}(?:[-._/][a-zA-Z0-9]{1,6}){0,3}$/);
  const wraps: readonly ((doi: string) => string)[] = [
    (doi) => doi,
    (doi) => `https://doi.org/${doi}`,
    (doi) => `see (doi: ${doi}).`,
    (doi) => `“${doi}”, which says:`,
    (doi) => `${doi.toUpperCase()};`,
  ];
  fc.assert(
    fc.property(fc.integer({ min: 1000, max: 99_999 }), suffix, fc.constantFrom(...wraps), (registrant, rest, wrap) => {
      const doi = `10.${registrant}/${rest}`;
      expect(keysIn(wrap(doi))).toEqual([`doi:${doi.toLowerCase()}`]);
    }),
  );
});

it('whatever is pasted, nothing breaks and it does not take long', () => {
  fc.assert(fc.property(fc.string({ maxLength: 2000, unit: 'grapheme' }), (text) => void findReferences(text)));
  const began = performance.now();
  findReferences(`10.1000/${'a(.'.repeat(20_000)} ISBN ${'1 '.repeat(50_000)} https://x.org/${'%'.repeat(30_000)}`);
  expect(performance.now() - began).toBeLessThan(2000);
});
