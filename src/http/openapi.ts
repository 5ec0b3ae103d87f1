/** OpenAPI 3.1.1 from the same declarations that serve requests: it cannot say anything else than what is done. */
import { z } from 'zod';
import { problem } from '../problem.ts';
import type { Endpoint, WriteEndpoint } from './endpoint.ts';
import { routesOf, type Route } from './routing.ts';

type JsonObject = { [key: string]: unknown };

const problemSchema = z.object({
  type: z.string().describe('`/errors#` and the code.'),
  title: z.string().describe('For people, in the language asked for.'),
  status: z.int(),
  code: z.string().describe('For programs; never changes its meaning.'),
  details: z.record(z.string(), z.unknown()),
  retryable: z.boolean(),
  requestId: z.string(),
});

export function describeApi(endpoints: readonly Endpoint[]): JsonObject {
  const components: JsonObject = {};
  const paths: { [path: string]: JsonObject } = {};
  for (const route of routesOf(endpoints)) {
    if (route.form === 'page' || route.endpoint.kind === 'asset') continue;
    const path = route.path.replace(/:([A-Za-z]+)(?:\{[^/]*\})?/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route, components) };
  }
  const codes = Object.values(problem).map(({ code }) => code);
  components['Problem'] = {
    ...toSchema(problemSchema, 'output', 'Problem', components),
    description: `RFC 9457. Codes: ${codes.join(', ')}.`,
  };
  return {
    openapi: '3.1.1',
    info: {
      title: 'Reciproca',
      version: '1',
      description:
        'Everything a page shows is JSON at `/api` and the page’s path. Sign requests with `Authorization: Bearer rcp_…`, a token made on the page Account.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: components,
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  };
}

function operationOf({ endpoint, path, method }: Route, components: JsonObject): JsonObject {
  const id = `${method.toLowerCase()} ${path}`.replace(/[^A-Za-z0-9]+/g, '_').replace(/_$/, '');
  return {
    operationId: id,
    summary: endpoint.summary,
    parameters: [...pathParameters(endpoint, path, id, components), ...queryParameters(endpoint, id, components)],
    ...(endpoint.kind === 'write' && { requestBody: bodyOf(endpoint, id, components) }),
    ...(endpoint.kind === 'receive' && {
      requestBody: { required: true, content: Object.fromEntries(endpoint.accepts.map((type) => [type, {}])) },
    }),
    responses: {
      200: { description: 'Done.', content: answerOf(endpoint, id, components) },
      default: {
        description: 'Refused or failed.',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
    security: endpoint.for === 'anyone' ? [{}, { token: [] }] : [{ token: [] }],
  };
}

function pathParameters(endpoint: Endpoint, path: string, id: string, components: JsonObject): readonly JsonObject[] {
  const { properties = {} } = toSchema(endpoint.params, 'input', `${id}_path`, components) as {
    properties?: JsonObject;
  };
  return [...path.matchAll(/:([A-Za-z]+)/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: properties[name] ?? { type: 'string', description: 'A hosted party’s short name.' },
  }));
}

function queryParameters(endpoint: Endpoint, id: string, components: JsonObject): readonly JsonObject[] {
  if (endpoint.kind !== 'read' && endpoint.kind !== 'raw') return [];
  const schema = toSchema(endpoint.query, 'input', `${id}_query`, components) as {
    properties?: JsonObject;
    required?: readonly string[];
  };
  return Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    in: 'query',
    required: schema.required?.includes(name) ?? false,
    schema: property,
  }));
}

function bodyOf(endpoint: WriteEndpoint, id: string, components: JsonObject): JsonObject {
  const schema = toSchema(endpoint.body, 'input', `${id}_body`, components) as {
    properties?: JsonObject;
    required?: readonly string[];
  };
  const files = Object.entries(endpoint.files);
  if (files.length === 0) return { required: true, content: { 'application/json': { schema } } };
  const required = [...(schema.required ?? []), ...files.filter(([, rule]) => !rule.optional).map(([name]) => name)];
  const properties = {
    ...schema.properties,
    ...Object.fromEntries(files.map(([name]) => [name, { contentMediaType: 'application/octet-stream' }])),
  };
  return { required: true, content: { 'multipart/form-data': { schema: { type: 'object', properties, required } } } };
}

function answerOf(endpoint: Endpoint, id: string, components: JsonObject): JsonObject {
  if (endpoint.kind !== 'read' && endpoint.kind !== 'write')
    return Object.fromEntries(endpoint.contentTypes.map((type) => [type, {}]));
  return { 'application/json': { schema: toSchema(endpoint.answer, 'output', `${id}_answer`, components) } };
}

/** Zod keeps what refers to itself under the schema's own `$defs`; in an OpenAPI document it stands under the components. */
function toSchema(schema: z.ZodType, io: 'input' | 'output', id: string, components: JsonObject): JsonObject {
  const { $schema: _, $defs, ...json } = z.toJSONSchema(schema, { io }) as JsonObject & { $defs?: JsonObject };
  const rename = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(rename);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => {
        if (key !== '$ref' || typeof item !== 'string') return [key, rename(item)];
        return [
          key,
          item === '#' ? `#/components/schemas/${id}` : item.replace('#/$defs/', `#/components/schemas/${id}.`),
        ];
      }),
    );
  };
  for (const [name, definition] of Object.entries($defs ?? {})) components[`${id}.${name}`] = rename(definition);
  const renamed = rename(json) as JsonObject;
  if (!JSON.stringify(renamed).includes(`"#/components/schemas/${id}"`)) return renamed;
  components[id] = renamed;
  return { $ref: `#/components/schemas/${id}` };
}
