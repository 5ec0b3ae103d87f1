import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { translator } from '../ui/locales.ts';
import { fieldErrorsOf, inWords } from './field-errors.ts';
import { readForm, type JsonSchema } from './form-values.ts';

const shapeOf = (schema: z.ZodType): JsonSchema => z.toJSONSchema(schema, { io: 'input' }) as JsonSchema;
const read = (schema: z.ZodType, pairs: readonly (readonly [string, string])[]) => readForm(shapeOf(schema), pairs);

const article = z.object({ heading: z.string(), pages: z.int(), tags: z.array(z.string()) });
const everything = z.object({
  title: z.string(),
  count: z.number(),
  urgent: z.boolean(),
  choices: z.array(z.string()),
  place: z.object({ code: z.string(), level: z.int() }),
  articles: z.array(article),
});
type Everything = z.output<typeof everything>;

/** What a browser sends for a form filled in with these values. */
function typed(value: Everything): [string, string][] {
  return [
    ['title', value.title],
    ['count', String(value.count)],
    ...(value.urgent ? [['urgent', 'on'] as [string, string]] : []),
    ...value.choices.map((choice) => ['choices', choice] as [string, string]),
    ['place.code', value.place.code],
    ['place.level', String(value.place.level)],
    ...value.articles.flatMap(({ heading, pages, tags }, at) => [
      [`articles.${at}.heading`, heading] as [string, string],
      [`articles.${at}.pages`, String(pages)] as [string, string],
      ...tags.map((tag) => [`articles.${at}.tags`, tag] as [string, string]),
    ]),
  ];
}

const words = fc.string({ minLength: 1, maxLength: 20 }).map((text) => text.replaceAll('\r', ''));
const filled = words.filter((text) => text !== '');
const whole = fc.integer({ min: -1_000_000, max: 1_000_000 });
const values: fc.Arbitrary<Everything> = fc.record({
  title: filled,
  count: fc.oneof(
    whole,
    fc.integer({ min: -9999, max: 9999 }).map((n) => n / 8),
  ),
  urgent: fc.boolean(),
  choices: fc.array(filled, { maxLength: 4 }),
  place: fc.record({ code: filled, level: whole }),
  articles: fc.array(fc.record({ heading: filled, pages: whole, tags: fc.array(filled, { maxLength: 3 }) }), {
    maxLength: 12,
  }),
});

describe('a form', () => {
  test('says the same as the JSON it stands for, in whatever order its fields arrive', () => {
    fc.assert(
      fc.property(values, fc.infiniteStream(fc.nat()), (value, numbers) => {
        const order = new Map<string, number>();
        // Fields of one name keep their order (HTML, 4.10.21); the names may come in any.
        const rank = (name: string): number =>
          order.get(name) ?? (order.set(name, numbers.next().value ?? 0), order.get(name) ?? 0);
        const pairs = typed(value).toSorted(([a], [b]) => rank(a) - rank(b));
        const { value: understood, repeated } = read(everything, pairs);
        expect(repeated).toEqual([]);
        expect(everything.parse(understood)).toEqual(value);
      }),
    );
  });

  test('is never read as more than its text: what does not fit stays as it was typed, for the schema to refuse', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.stringMatching(/^[a-z.0-9_]{0,12}$/), fc.string({ maxLength: 12 })), { maxLength: 12 }),
        (pairs) => {
          const { value } = read(everything, pairs);
          expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
          expect(Object.getPrototypeOf({})).not.toHaveProperty('polluted');
        },
      ),
    );
  });

  test.each([
    ['12', 12],
    [' 12 ', 12],
    ['-1.5', -1.5],
    ['٣٧', 37],
    ['۳۷', 37],
    ['1e3', '1e3'],
    ['0x10', '0x10'],
    ['1,5', '1,5'],
    ['Infinity', 'Infinity'],
    ['9'.repeat(30), '9'.repeat(30)],
  ])('a number typed as %j is %j', (text, expected) => {
    expect(read(z.object({ n: z.number() }), [['n', text]]).value).toEqual({ n: expected });
  });

  test('keeps digits as text where text is asked for', () => {
    expect(
      read(z.object({ code: z.string(), level: z.enum(['1', '2']) }), [
        ['code', '0012'],
        ['level', '1'],
      ]).value,
    ).toEqual({ code: '0012', level: '1' });
  });

  test('an empty field was not answered; an unticked box is no; nothing chosen is an empty list', () => {
    const schema = z.object({
      name: z.string().optional(),
      agreed: z.boolean(),
      roles: z.array(z.string()),
      maybe: z.boolean().optional(),
    });
    expect(read(schema, [['name', '']]).value).toEqual({ agreed: false, roles: [] });
  });

  test('names what was given twice where one is wanted', () => {
    expect(
      read(everything, [
        ['title', 'a'],
        ['title', 'b'],
        ['place.code', 'x'],
        ['place.code', 'y'],
      ]).repeated,
    ).toEqual(['title', 'place.code']);
  });

  test('line breaks are one character, rows keep the order of their numbers and close the gaps', () => {
    const rows = z.object({ rows: z.array(z.object({ text: z.string() })) });
    expect(
      read(rows, [
        ['rows.10.text', 'b'],
        ['rows.2.text', 'a\r\nc'],
      ]).value,
    ).toEqual({ rows: [{ text: 'a\nc' }, { text: 'b' }] });
  });

  test('of alternatives, the one whose mark was sent', () => {
    const rule = z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('count'), cases: z.int() }),
      z.object({ kind: z.literal('text'), cases: z.string() }),
    ]);
    const schema = z.object({ rule, rules: z.array(rule) });
    const pairs = [
      ['rule.kind', 'text'],
      ['rule.cases', '3'],
      ['rules.0.kind', 'count'],
      ['rules.0.cases', '3'],
    ] as const;
    expect(read(schema, pairs).value).toEqual({
      rule: { kind: 'text', cases: '3' },
      rules: [{ kind: 'count', cases: 3 }],
    });
  });

  test('a null or absent number is not zero', () => {
    expect(
      read(z.object({ n: z.int().nullable(), m: z.int().optional() }), [
        ['n', ''],
        ['m', ''],
      ]).value,
    ).toEqual({});
    expect(read(z.object({ n: z.int().nullable() }), [['n', '4']]).value).toEqual({ n: 4 });
  });

  test('cannot reach the prototype of anything', () => {
    read(everything, [
      ['__proto__.polluted', '1'],
      ['constructor.prototype.polluted', '1'],
      ['place.__proto__.polluted', '1'],
    ]);
    expect({}).not.toHaveProperty('polluted');
  });
});

describe('a refused field', () => {
  const codeOf = (schema: z.ZodType, value: unknown): string => {
    const result = z.object({ field: schema }).safeParse({ field: value });
    return result.success ? 'accepted' : (fieldErrorsOf(result.error, { field: value })[0]?.code ?? 'none');
  };

  test.each([
    [z.string(), undefined, 'required'],
    [z.string().min(1), '', 'required'],
    [z.string().min(3), 'ab', 'too-short'],
    [z.string().max(1), 'ab', 'too-long'],
    [z.int(), 'x', 'not-a-number'],
    [z.int(), 1.5, 'not-a-whole-number'],
    [z.int().min(0), -1, 'negative'],
    [z.int().min(5), 4, 'too-small'],
    [z.int().max(5), 6, 'too-large'],
    [z.array(z.string()).min(1), [], 'required'],
    [z.array(z.string()).min(2), ['a'], 'too-few'],
    [z.array(z.string()).max(1), ['a', 'b'], 'too-many'],
    [z.enum(['a', 'b']), 'c', 'not-a-choice'],
    [z.enum(['a', 'b']), undefined, 'required'],
    [z.email(), 'nobody', 'email-form'],
    [z.url(), 'nowhere', 'url-form'],
    [z.iso.date(), '3.5.2026', 'date-form'],
    [z.iso.date(), '2026-02-30', 'date-impossible'],
    [z.uuid(), 'x', 'wrong-form'],
    [z.boolean(), 'x', 'wrong-form'],
    [z.union([z.int(), z.boolean()]), 'x', 'wrong-form'],
    [z.string().regex(/^\d{4}-W\d\d$/, 'week-form'), '2026', 'week-form'],
    [z.string().refine(() => false, 'accounts.password-is-email'), 'x', 'accounts.password-is-email'],
    [z.string().refine(() => false, 'no such code'), 'x', 'wrong-form'],
    [z.strictObject({}), { more: 1 }, 'unknown-field'],
  ])('%# has a code that does not depend on the library’s words', (schema, value, code) => {
    expect(codeOf(schema, value)).toBe(code);
    const [error] = inWords([{ path: 'field', code, message: code }], translator('fr'));
    expect([code, error?.message === code]).toEqual([code, false]);
  });
});
