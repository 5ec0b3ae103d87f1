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

/**
 * From the ground up: a file needs, when it runs, only what stands on its own floor or below. What a folder holds that stands elsewhere is named: the
 * ground in network (dialling and addresses need nothing), and the endpoints in acts, which nobody but src/app.ts needs.
 */
const floors: readonly (readonly [string, RegExp])[] = [
  ['the ground', /^src\/(?!app\.ts|main\.ts)[^/]+$|^src\/network\/(?:dial|address)\.ts$/],
  ['the database', /^src\/db\//],
  ['acts', /^src\/acts\/(?!(?:mirror-)?routes\.ts$)/],
  ['requests and pages', /^src\/(?:http|ui)\//],
  ['network', /^src\/network\/(?!(?:members|assembly)\/)|^src\/acts\//],
  ['slices', /^src\/(?!commands\/|demo\/|start\/(?!waiting\.ts$))[^/]+\//],
  ['composition and commands', /^src\//],
];
const floorOf = (file: string): number => floors.findIndex(([, of]) => of.test(file.replaceAll(path.sep, '/')));

const upward = (of: Graph): readonly string[] =>
  [...of].flatMap(([file, targets]) =>
    targets
      .filter((target) => file.startsWith('src') && floorOf(target) > floorOf(file))
      .map((target) => `${file} (${floors[floorOf(file)]?.[0]}) needs ${target} (${floors[floorOf(target)]?.[0]})`),
  );

describe('the direction', () => {
  test('is from the ground up, and a file that reaches up is found', () => {
    const planted = new Map(files).set('src/acts/planted.ts', `import { openRounds } from '../network/rounds.ts';\n`);
    expect(upward(graphOf(planted))).toEqual(['src/acts/planted.ts (acts) needs src/network/rounds.ts (network)']);
    expect(upward(graph)).toEqual([]);
  });
});

/** Where endpoints are put together. */
const isComposition = (file: string): boolean => file === 'src/app.ts' || /routes\.tsx?$/.test(file);
const roomOf = (file: string): string => file.split(path.sep).slice(0, 3).join('/');
