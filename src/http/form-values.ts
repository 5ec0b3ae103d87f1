/**
 * Forms and addresses carry text only. The same Zod schema validates them and JSON, so the text is first given the kinds
 * that the schema's JSON Schema asks for: "12" becomes 12 where a number is wanted and stays "12" elsewhere. Nothing is judged here:
 * what cannot be read as the kind wanted stays text, and the schema refuses it.
 *
 * Names: `title`, `place.code` (a field of an object), `articles.0.heading` (of the first of a list), and one name repeated (a list).
 */
import type { Json } from '../json.ts';

/** The part of JSON Schema (2020-12) that Zod writes and that says which kind is wanted. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly const?: Json;
  readonly enum?: readonly Json[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
}

/** Names given more than once where one value is wanted. The first is not silently preferred to the last. */
export interface FormReading {
  readonly value: Readonly<Record<string, unknown>>;
  readonly repeated: readonly string[];
}

// A tree of what was sent: the texts given at this name, and the names below it.
interface Branch {
  readonly texts: string[];
  readonly below: Map<string, Branch>;
}

const maximumDepth = 8;

export function readForm(schema: JsonSchema, pairs: Iterable<readonly [string, string]>): FormReading {
  const root: Branch = { texts: [], below: new Map() };
  for (const [name, text] of pairs) {
    let branch = root;
    for (const part of name.split('.', maximumDepth)) {
      const next = branch.below.get(part) ?? { texts: [], below: new Map() };
      branch.below.set(part, next);
      branch = next;
    }
    // HTML sends line breaks as CRLF, whatever was typed.
    branch.texts.push(text.replaceAll('\r\n', '\n'));
  }
  const repeated: string[] = [];
  const value = readObject(schema, schema, root, '', repeated);
  return { value, repeated };
}

function readObject(
  root: JsonSchema,
  schema: JsonSchema,
  branch: Branch,
  path: string,
  repeated: string[],
): Record<string, unknown> {
  const properties = propertiesOf(root, schema);
  const value: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [name, below] of branch.below) {
    const read = readValue(root, properties[name], below, path === '' ? name : `${path}.${name}`, repeated);
    if (read !== undefined) value[name] = read;
  }
  // A box that is not ticked and a list with nothing chosen are not sent at all.
  for (const name of schema.required ?? []) {
    if (name in value) continue;
    const property = properties[name];
    if (isKind(root, property, 'boolean')) value[name] = false;
    else if (isKind(root, property, 'array')) value[name] = [];
  }
  return { ...value };
}

function readValue(
  root: JsonSchema,
  given: JsonSchema | undefined,
  branch: Branch,
  path: string,
  repeated: string[],
): unknown {
  const schema = chooseBranch(root, given, branch);
  if (isKind(root, schema, 'array')) return readList(root, resolve(root, schema)?.items, branch, path, repeated);
  if (branch.below.size > 0) return readObject(root, schema ?? {}, branch, path, repeated);
  if (branch.texts.length > 1) repeated.push(path);
  return readText(schema, branch.texts[0] ?? '');
}

function readList(
  root: JsonSchema,
  items: JsonSchema | undefined,
  branch: Branch,
  path: string,
  repeated: string[],
): unknown[] {
  const texts = branch.texts
    .filter((text) => text !== '')
    .map((text) => readText(chooseBranch(root, items, branch), text));
  // In the order of the numbers, not of arrival; gaps close, so that a row taken out in the page leaves no hole.
  const rows = [...branch.below]
    .filter(([name]) => /^\d{1,4}$/.test(name))
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([name, below]) => readValue(root, items, below, `${path}.${name}`, repeated))
    .filter((row) => row !== undefined);
  return [...texts, ...rows];
}

/** An empty field is one that was not answered. */
function readText(schema: JsonSchema | undefined, text: string): unknown {
  if (text === '') return undefined;
  const kinds = schema?.type === undefined ? [] : [schema.type].flat();
  if (kinds.includes('boolean')) {
    if (text === 'on' || text === 'true') return true;
    if (text === 'false') return false;
  }
  if (kinds.includes('number') || kinds.includes('integer')) {
    // Arabic-Indic digits (U+0660-U+0669, U+06F0-U+06F9) are what many keyboards write.
    const latin = text
      .trim()
      .replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String((digit.codePointAt(0) ?? 0) & 0xf));
    if (/^[+-]?\d{1,15}(?:[.]\d{1,15})?$/.test(latin)) return Number(latin);
  }
  return text;
}

function resolve(root: JsonSchema, schema: JsonSchema | undefined): JsonSchema | undefined {
  const name = schema?.$ref?.replace('#/$defs/', '');
  return name === undefined ? schema : root.$defs?.[name];
}

function propertiesOf(root: JsonSchema, given: JsonSchema): Readonly<Record<string, JsonSchema>> {
  const schema = resolve(root, given) ?? {};
  return Object.assign(
    {},
    schema.properties,
    ...(schema.allOf ?? []).map((part) => propertiesOf(root, part)),
  ) as Record<string, JsonSchema>;
}

/** Of alternatives, the one whose constants (a discriminator) are what was sent; else the first that is not null. */
function chooseBranch(root: JsonSchema, given: JsonSchema | undefined, branch: Branch): JsonSchema | undefined {
  const schema = resolve(root, given);
  const alternatives = (schema?.anyOf ?? schema?.oneOf)
    ?.map((one) => resolve(root, one) ?? {})
    .filter((one) => one.type !== 'null');
  if (!alternatives) return schema;
  const fits = (one: JsonSchema): boolean =>
    Object.entries(one.properties ?? {}).every(
      ([name, property]) => property.const === undefined || branch.below.get(name)?.texts[0] === textOf(property.const),
    );
  return alternatives.find((one) => branch.below.size > 0 === (one.type === 'object') && fits(one)) ?? alternatives[0];
}

const textOf = (constant: Json): string => (typeof constant === 'string' ? constant : JSON.stringify(constant));

function isKind(root: JsonSchema, schema: JsonSchema | undefined, kind: string): boolean {
  const resolved = resolve(root, schema);
  return [resolved?.type ?? []].flat().includes(kind);
}
