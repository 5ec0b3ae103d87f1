import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openStage, type Stage } from '../../test/support/cast.ts';
import { endpoints } from '../app.ts';
import { read, write } from './endpoint.ts';
import { describeApi } from './openapi.ts';
import { routesOf } from './routing.ts';

interface Operation {
  readonly operationId: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required: boolean }[];
  readonly responses: { readonly 200: { readonly content: Readonly<Record<string, { readonly schema?: object }>> } };
  readonly security: readonly object[];
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

let stage: Stage;
let document: Document;

beforeAll(async () => {
  stage = await openStage();
  document = (await stage.site.send('/api/openapi.json')).json() as Document;
});
afterAll(async () => stage[Symbol.asyncDispose]());

describe('the API description', () => {
  test('is OpenAPI 3.1', async () => {
    const result = await new Validator().validate({ ...structuredClone(document) });
    expect(result.errors ?? []).toEqual([]);
    expect(result.valid).toBe(true);
  });

  test('a broken one is noticed by that check', async () => {
    const broken = { ...structuredClone(document), paths: { '/x': { get: { responses: 'none' } } } };
    expect((await new Validator().validate(broken)).valid).toBe(false);
  });

  test('names every operation once, and nothing that is not served', async () => {
    const described = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const served = routesOf(endpoints)
      .filter(({ form }) => form !== 'page')
      .map(({ method, path }) => `${method} ${path.replace(/:([A-Za-z]+)(?:\{[^/]*\})?/g, '{$1}')}`);
    expect(described.toSorted()).toEqual([...served, 'GET /api/errors'].toSorted());
    const ids = Object.values(document.paths).flatMap((operations) =>
      Object.values(operations).map(({ operationId }) => operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('every GET answers as described, or with a described problem', async () => {
    const ajv = new Ajv2020({ strict: false });
    formats.default(ajv);
    ajv.addSchema(document as object, 'api');
    const isProblem = ajv.compile({ $ref: 'api#/components/schemas/Problem' });
    for (const [path, { get }] of Object.entries(document.paths)) {
      if (!get) continue;
      const address = path.replace(/\{party\}/g, 'operator').replace(/\{[^}]+\}/g, 'nothing-here');
      const needed = get.parameters.some(
        (parameter) => parameter.required && (parameter.in === 'query' || parameter.name !== 'party'),
      );
      const answer = await stage.as('fatou', address);
      const [type = ''] = String(answer.headers['content-type']).split(';');
      const content = Object.fromEntries(
        Object.entries(get.responses[200].content).map(([name, media]) => [name.split(';')[0] ?? '', media]),
      );
      if (answer.status === 200) {
        expect([path, Object.keys(content)]).toEqual([path, expect.arrayContaining([type])]);
        if (type !== 'application/json' || !content[type]?.schema) continue;
        const pointer = ['paths', path, 'get', 'responses', '200', 'content', type, 'schema'].map((part) =>
          part.replaceAll('~', '~0').replaceAll('/', '~1'),
        );
        const validate = ajv.compile({ $ref: `api#/${pointer.map(encodeURIComponent).join('/')}` });
        expect([path, validate(answer.json()), validate.errors]).toEqual([path, true, null]);
      } else {
        expect([path, answer.status, type]).toEqual([path, answer.status, 'application/problem+json']);
        expect([path, isProblem(answer.json())]).toEqual([path, true]);
        // Without parameters to get wrong, the only refusals left are states: nothing is set up twice, other roles' pages.
        if (!needed) expect([path, [403, 404, 409]]).toEqual([path, expect.arrayContaining([answer.status])]);
      }
    }
  });
});

test('a schema that refers to itself, and files, are described where OpenAPI looks for them', async () => {
  interface Tree {
    name: string;
    below?: Tree[] | undefined;
  }
  const tree: z.ZodType<Tree> = z.object({
    name: z.string(),
    get below() {
      return z.array(tree).optional();
    },
  });
  const described = describeApi([
    read({
      path: '/tree',
      summary: 'A tree.',
      for: 'anyone',
      query: z.object({ q: z.string().optional() }),
      answer: z.object({ tree }),
      handle: async () => ({ tree: { name: 'x' } }),
    }),
    write({
      path: '/file',
      summary: 'A file.',
      for: 'signed-in',
      body: z.object({ kind: z.string() }),
      files: { report: { limitBytes: 10 } },
      answer: z.object({}),
      handle: async () => ({}),
      then: () => '/',
    }),
  ]);
  expect((await new Validator().validate(structuredClone(described))).errors ?? []).toEqual([]);
  expect(JSON.stringify(described)).not.toContain('$defs');
});
