/** The structure of the house as its imports draw it: no file needs itself to run, and libraries know nothing of the application. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const root = path.join(import.meta.dirname, '../..');

type Graph = ReadonlyMap<string, readonly string[]>;

/** What a file needs when it runs. Types leave nothing behind and may point anywhere. */
function valueImports(source: string): readonly string[] {
  const statement = /(?:^|\n)\s*(?:import|export)\s+(?!type\b)(?:([^'"`;]*?)\s+from\s+)?['"]([^'"]+)['"]/g;
  return [...source.matchAll(statement)].filter(([, names = '']) => !isOnlyTypes(names)).map(([, , from = '']) => from);
}

const isOnlyTypes = (names: string): boolean => {
  const inner = /^\{([^]*)\}$/
    .exec(names.trim())?.[1]
    ?.split(',')
    .map((name) => name.trim());
  return inner !== undefined && inner.some(Boolean) && inner.every((name) => name === '' || name.startsWith('type '));
};

function graphOf(files: ReadonlyMap<string, string>): Graph {
  return new Map(
    [...files].map(([file, source]) => [
      file,
      valueImports(source)
        .filter((from) => from.startsWith('.'))
        .map((from) => path.normalize(path.join(path.dirname(file), from)))
        .filter((target) => files.has(target)),
    ]),
  );
}

/** One ring, as the files along it; undefined when there is none. */
function findRing(graph: Graph): readonly string[] | undefined {
  const done = new Set<string>();
  const trail: string[] = [];
  const walk = (file: string): readonly string[] | undefined => {
    const at = trail.indexOf(file);
    if (at >= 0) return [...trail.slice(at), file];
    if (done.has(file)) return undefined;
    trail.push(file);
    for (const target of graph.get(file) ?? []) {
      const ring = walk(target);
      if (ring) return ring;
    }
    trail.pop();
    done.add(file);
    return undefined;
  };
  for (const file of graph.keys()) {
    const ring = walk(file);
    if (ring) return ring;
  }
  return undefined;
}

const files = new Map(
  globSync(['src/**/*.{ts,tsx}', 'packages/*/src/**/*.ts'], { cwd: root })
    .filter((file) => !/\.(?:test|fixture)\.tsx?$/.test(file))
    .map((file) => [file, readFileSync(path.join(root, file), 'utf8')]),
);
const graph = graphOf(files);

describe('imports', () => {
  test('are read: the house has many, and a ring that is planted is found', () => {
    expect([...graph.values()].flat().length).toBeGreaterThan(1000);
    const planted = new Map(files)
      .set(
        'src/ids.ts',
        `${files.get('src/ids.ts') ?? ''}\nimport {\n  type Planted,\n  plantedValue,\n} from './planted.ts';\n`,
      )
      .set('src/planted.ts', `export { newPartyId } from './ids.ts';\n`);
    expect(findRing(graphOf(planted))).toEqual(expect.arrayContaining(['src/ids.ts', 'src/planted.ts']));
    const harmless = new Map(files)
      .set(
        'src/ids.ts',
        `${files.get('src/ids.ts') ?? ''}\nimport type { Planted } from './planted.ts';\nimport { type Other } from './planted.ts';\n`,
      )
      .set('src/planted.ts', `export { newPartyId } from './ids.ts';\n`);
    expect(findRing(graphOf(harmless))).toBeUndefined();
  });
  test('make no ring', () => {
    expect(findRing(graph)).toBeUndefined();
  });
  test('of a library stay in it: it can be published alone', () => {
    for (const [file, source] of files) {
      const [, own] = /^packages[/\\]([^/\\]+)/.exec(file) ?? [];
      if (own === undefined) continue;
      const outside = valueImports(source)
        .filter((from) => from.startsWith('.'))
        .map((from) => path.normalize(path.join(path.dirname(file), from)))
        .filter((target) => !target.startsWith(path.join('packages', own)));
      expect(outside).toEqual([]);
    }
  });
  test('of another room’s routes are for those who put endpoints together', () => {
    const reaching = [...graph].flatMap(([file, targets]) =>
      targets
        .filter((target) => /routes\.tsx?$/.test(target) && !isComposition(file) && roomOf(file) !== roomOf(target))
        .map((target) => `${file} -> ${target}`),
    );
    expect(reaching).toEqual([]);
  });
});

/** Where endpoints are put together. */
const isComposition = (file: string): boolean => file === 'src/app.ts' || /routes\.tsx?$/.test(file);
const roomOf = (file: string): string => file.split(path.sep).slice(0, 3).join('/');
