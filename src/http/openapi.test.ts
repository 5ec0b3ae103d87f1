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
      .filter(({ form, endpoint }) => form !== 'page' && endpoint.kind !== 'asset')
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
    ajv.addSchema(document, 'api');
    const isFitting = (pointer: readonly string[], value: unknown): boolean => {
      const path = pointer
        .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
        .join('/');
      return ajv.compile({ $ref: `api#/${path}` })(value);
    };
    const reads = Object.entries(document.paths).flatMap(([path, { get }]) => (get ? [{ path, get }] : []));
    const outcomes = [];
    for (const { path, get } of reads) {
      const address = path
        .replace(/\{party\}/g, 'operator')
        .replace(/\{index\}/g, '0')
        .replace(/\{[^}]+\}/g, 'nothing-here');
      const answer = await stage.as('fatou', address);
      const type = String(answer.headers['content-type']);
      const described = Object.entries(get.responses[200].content).find(
        ([name]) => type.split(';')[0] === name.split(';')[0],
      );
      if (answer.status !== 200) {
        const fits =
          type === 'application/problem+json' && isFitting(['components', 'schemas', 'Problem'], answer.json());
        outcomes.push({ path, outcome: fits ? 'a problem' : `${answer.status} ${type}` });
      } else if (!described) outcomes.push({ path, outcome: `not described: ${type}` });
      else {
        const fits =
          !described[1].schema ||
          isFitting(['paths', path, 'get', 'responses', '200', 'content', described[0], 'schema'], answer.json());
        outcomes.push({ path, outcome: fits ? 'as described' : ajv.errorsText() });
      }
    }
    expect(outcomes.filter(({ outcome }) => outcome !== 'as described' && outcome !== 'a problem')).toEqual([]);
    // What needs no name of a thing in its path answers with content, to an administrator of a node that has just been set up.
    const refused = outcomes
      .filter(({ path, outcome }) => outcome === 'a problem' && !path.includes('{'))
      .map(({ path }) => path);
    expect(refused).toEqual(expect.arrayContaining(['/api/set-up']));
    expect(refused.length).toBeLessThan(outcomes.length / 4);
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
