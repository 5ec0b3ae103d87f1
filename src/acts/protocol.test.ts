/** What is promised of every type of act, whichever slice declares it. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { protocol } from '../app.ts';

interface Schema {
  readonly [key: string]: unknown;
}

const frozenPath = new URL('../../test/vectors/acts/released-types.json', import.meta.url);

/** Changing what a released type means would change what was signed: it gets a new version instead. */
function shapeOf(type: (typeof protocol.types)[number]): string {
  const facts = {
    sequenced: type.sequenced,
    admission: type.admission,
    restrictive: type.restrictive,
    assurance: type.assurance,
    audience: type.audience,
    summary: z.toJSONSchema(type.summary, { unrepresentable: 'any' }),
    body: z.toJSONSchema(type.body, { unrepresentable: 'any' }),
  };
  return createHash('sha256').update(JSON.stringify(facts)).digest('base64url');
}

describe('types of act', () => {
  it('are frozen once released: every hash in released-types.json is the hash of today’s declaration', () => {
    const frozen = existsSync(frozenPath)
      ? (JSON.parse(readFileSync(frozenPath, 'utf8')) as Record<string, string>)
      : {};
    const today = Object.fromEntries(
      protocol.types.map((type) => [type.name, shapeOf(type)] as const).toSorted(([a], [b]) => a.localeCompare(b)),
    );
    if (process.env['RECIPROCA_RELEASE_TYPES'] === 'yes')
      writeFileSync(frozenPath, `${JSON.stringify({ ...today, ...frozen }, null, 2)}\n`);
    for (const [name, hash] of Object.entries(frozen))
      expect(today[name], `${name} has changed; declare a new version`).toBe(hash);
    expect(
      Object.keys(today).filter((name) => !(name in frozen)),
      'new types: release them with RECIPROCA_RELEASE_TYPES=yes',
    ).toEqual([]);
  });

  it.each(protocol.types.map((type) => [type.name, type] as const))(
    '%s has a summary of closed vocabulary: no free text',
    (_name, type) => {
      const open: string[] = [];
      const walk = (schema: unknown, path: string): void => {
        if (typeof schema !== 'object' || schema === null) return;
        const {
          type: kind,
          enum: values,
          const: value,
          pattern,
          format,
          properties,
          items,
          anyOf,
          oneOf,
          allOf,
          additionalProperties,
        } = schema as Schema;
        if (
          kind === 'string' &&
          values === undefined &&
          value === undefined &&
          pattern === undefined &&
          format === undefined
        )
          open.push(path);
        if (kind === 'object' && additionalProperties !== false) open.push(`${path} (further keys)`);
        for (const [key, inner] of Object.entries((properties as Schema | undefined) ?? {}))
          walk(inner, `${path}.${key}`);
        walk(items, `${path}[]`);
        for (const each of [anyOf, oneOf, allOf]) if (Array.isArray(each)) for (const inner of each) walk(inner, path);
      };
      walk(z.toJSONSchema(type.summary, { unrepresentable: 'any' }), 'summary');
      expect(open).toEqual([]);
    },
  );

  it('that bind others are never left to the node alone', () => {
    const byNodeAlone = protocol.types.filter((type) => type.sequenced && type.assurance === 'node');
    expect(byNodeAlone.map((type) => type.name)).toEqual([]);
  });
});
