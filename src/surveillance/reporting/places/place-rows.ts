/** Places from the rows of a table: each row judged for itself, then all together, because a place may come before the one it lies in. */
import { parsePlainDate, type PlainDate } from '../../../period.ts';
import type { Geometry } from '../../../ui/map-geometry.ts';
import type { Row, RowRejection } from '../import/rows.ts';
import { longestCode, longestName, placeKinds, type Place, type PlaceDescription } from './place.ts';

export type PlaceRowCode =
  | 'code-missing'
  | 'code-too-long'
  | 'name-missing'
  | 'name-too-long'
  | 'kind-unknown'
  | 'level-wrong'
  | 'level-not-below'
  | 'latitude-wrong'
  | 'longitude-wrong'
  | 'point-incomplete'
  | 'population-wrong'
  | 'date-wrong'
  | 'dates-reversed'
  | 'parent-unknown'
  | 'parent-rejected'
  | 'parent-cycle'
  | 'repeated-differently';

export interface PlaceRow extends Row {
  readonly shape?: Geometry;
}

export interface PlacesReading {
  /** What differs from what is held, each after the one it lies in. */
  readonly differing: readonly PlaceDescription[];
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly rejections: readonly RowRejection<PlaceRowCode>[];
  /** A top that every row hangs from and no row describes, added with its code as its name. */
  readonly impliedTop: string | undefined;
}

const deepestLevel = 20;

type Draft = Omit<PlaceDescription, 'level'> & { readonly level: number | undefined };
type Judged = { readonly row: PlaceRow; readonly draft: Draft };

export function readPlaces(rows: readonly PlaceRow[], held: readonly Place[]): PlacesReading {
  const rejections: RowRejection<PlaceRowCode>[] = [];
  const reject = ({ row, cells }: PlaceRow, role: string, code: PlaceRowCode): void =>
    void rejections.push({ row, role, code, cells });
  const heldByCode = new Map(held.map((place) => [place.code, place]));

  const judged = new Map<string, Judged>();
  let repeated = 0;
  const contradictory = new Set<string>();
  for (const row of rows) {
    const draft = readDraft(row, heldByCode.get(row.cells['code'] ?? ''), (role, code) => reject(row, role, code));
    if (!draft) continue;
    const before = judged.get(draft.code);
    if (!before) judged.set(draft.code, { row, draft });
    else if (!contradictory.has(draft.code) && isSame(before.draft, draft)) repeated++;
    else {
      if (!contradictory.has(draft.code)) reject(before.row, 'code', 'repeated-differently');
      contradictory.add(draft.code);
      reject(row, 'code', 'repeated-differently');
    }
  }
  for (const code of contradictory) judged.delete(code);

  const impliedTop = findImpliedTop(rows, held);
  if (impliedTop !== undefined) judged.set(impliedTop, { row: { row: 0, cells: {} }, draft: topDraft(impliedTop) });

  const rejectedCodes = new Set(rejections.map(({ cells }) => cells['code']));
  const levels = new Map<string, number>(held.map(({ code, level }) => [code, level]));
  const ordered: PlaceDescription[] = [];

  /** The nearest place above that the file describes too: what the file says of it has to be settled first. */
  const findAbove = (code: string): Above => {
    let at = judged.get(code)?.draft.parent;
    while (at !== undefined && !judged.has(at)) {
      const place = heldByCode.get(at);
      if (!place) return { above: undefined, isUnknown: true };
      at = place.parent;
    }
    return { above: at, isUnknown: false };
  };
  const aboveOf = new Map([...judged.keys()].map((code) => [code, findAbove(code)] as const));
  const waiting = Map.groupBy(judged.keys(), (code) => aboveOf.get(code)?.above);
  const without = [...judged.keys()].filter((code) => aboveOf.get(code)?.isUnknown);
  const ready = (waiting.get(undefined) ?? []).filter((code) => !aboveOf.get(code)?.isUnknown);

  const settled = new Set<string>();
  for (let at = 0; at < ready.length; at++) {
    const code = ready[at] ?? '';
    const found = judged.get(code);
    if (!found) continue;
    const { parent } = found.draft;
    const lowest = parent === undefined ? 0 : (levels.get(parent) ?? 0) + 1;
    const level = found.draft.level ?? lowest;
    settled.add(code);
    if (level < lowest || level > deepestLevel) {
      reject(found.row, 'level', level < lowest ? 'level-not-below' : 'level-wrong');
      rejectedCodes.add(code);
      for (const below of within(code, waiting)) if (below !== code) without.push(below);
    } else {
      levels.set(code, level);
      ordered.push({ ...found.draft, level });
      for (const below of waiting.get(code) ?? []) ready.push(below);
    }
  }

  // What is left hangs from nothing, from a place that was refused, or from itself.
  for (const code of without)
    for (const below of within(code, waiting)) {
      if (settled.has(below)) continue;
      settled.add(below);
      const { row, draft } = judged.get(below) ?? {};
      if (!row || draft?.parent === undefined) continue;
      const isUnknown = !judged.has(draft.parent) && !heldByCode.has(draft.parent) && !rejectedCodes.has(draft.parent);
      reject(row, 'parent', isUnknown ? 'parent-unknown' : 'parent-rejected');
    }
  const circular = findCircular(
    [...judged.keys()].filter((code) => !settled.has(code)),
    (code) => aboveOf.get(code)?.above,
  );
  for (const [code, { row }] of judged)
    if (!settled.has(code)) reject(row, 'parent', circular.has(code) ? 'parent-cycle' : 'parent-rejected');

  const differing = ordered.filter((place) => {
    const before = heldByCode.get(place.code);
    return before === undefined || differs(before, place);
  });
  const added = differing.filter(({ code }) => !heldByCode.has(code)).length;
  return {
    differing,
    added,
    changed: differing.length - added,
    unchanged: ordered.length - differing.length + repeated,
    rejections: rejections.toSorted((a, b) => a.row - b.row),
    impliedTop,
  };
}

interface Above {
  readonly above: string | undefined;
  readonly isUnknown: boolean;
}

function within(code: string, waiting: ReadonlyMap<string | undefined, readonly string[]>): readonly string[] {
  const found = [code];
  for (let at = 0; at < found.length; at++) for (const below of waiting.get(found[at]) ?? []) found.push(below);
  return found;
}

/** Those that lie in themselves, apart from those that only lie in such a one. Each is passed once. */
function findCircular(codes: readonly string[], aboveOf: (code: string) => string | undefined): ReadonlySet<string> {
  const circular = new Set<string>();
  const seen = new Set<string>();
  for (const start of codes) {
    const path: string[] = [];
    let at: string | undefined = start;
    while (at !== undefined && !seen.has(at)) {
      seen.add(at);
      path.push(at);
      at = aboveOf(at);
    }
    const from = at === undefined ? -1 : path.indexOf(at);
    if (from !== -1) for (const code of path.slice(from)) circular.add(code);
  }
  return circular;
}

/**
 * Files often leave out the country they are about: all their rows hang, in the end, from one code that no row describes. In a file
 * that describes no top at all, for a party that has no places yet, that code can only be the top.
 */
function findImpliedTop(rows: readonly PlaceRow[], held: readonly Place[]): string | undefined {
  if (held.length > 0 || rows.length === 0) return undefined;
  const described = new Set(rows.map(({ cells }) => cells['code']));
  const parents = rows.map(({ cells }) => cells['parent'] ?? '');
  if (parents.includes('')) return undefined;
  const outside = new Set(parents.filter((parent) => !described.has(parent)));
  const [only] = outside;
  return outside.size === 1 && only !== undefined && only.length <= longestCode ? only : undefined;
}

const topDraft = (code: string): Draft => ({
  code,
  name: code,
  kind: 'area',
  parent: undefined,
  level: 0,
  point: undefined,
  population: undefined,
  shape: undefined,
  validFrom: undefined,
  validUntil: undefined,
});

/** A column that the file does not have leaves what is held as it is; an empty cell takes it away. */
function readDraft(
  row: PlaceRow,
  before: Place | undefined,
  reject: (role: string, code: PlaceRowCode) => void,
): Draft | undefined {
  const text = (role: string): string | undefined => row.cells[role];
  let isGood = true;
  const refuse = (role: string, code: PlaceRowCode): undefined => {
    isGood = false;
    reject(role, code);
  };
  const code = text('code') ?? '';
  if (code === '') return refuse('code', 'code-missing');
  if (code.length > longestCode) return refuse('code', 'code-too-long');
  const name = text('name') ?? before?.name ?? '';
  if (name === '') return refuse('name', 'name-missing');
  if (name.length > longestName) return refuse('name', 'name-too-long');

  const kindText = text('kind') ?? '';
  const kind =
    kindText === '' ? (before?.kind ?? 'area') : placeKinds.find((known) => known === kindText.toLowerCase());
  if (!kind) return refuse('kind', 'kind-unknown');
  const level = readNumber(text('level'), before?.level, /^\d{1,2}$/, 0, 20);
  if (Number.isNaN(level)) return refuse('level', 'level-wrong');
  const latitude = readNumber(text('latitude'), before?.point?.latitude, decimal, -90, 90);
  if (Number.isNaN(latitude)) return refuse('latitude', 'latitude-wrong');
  const longitude = readNumber(text('longitude'), before?.point?.longitude, decimal, -180, 180);
  if (Number.isNaN(longitude)) return refuse('longitude', 'longitude-wrong');
  if ((latitude === undefined) !== (longitude === undefined)) return refuse('latitude', 'point-incomplete');
  const population = readNumber(text('population'), before?.population, /^\d{1,10}(?:\.0+)?$/, 0, 2_000_000_000);
  if (Number.isNaN(population)) return refuse('population', 'population-wrong');
  const validFrom = readDate(text('since'), before?.validFrom, () => refuse('since', 'date-wrong'));
  const validUntil = readDate(text('until'), before?.validUntil, () => refuse('until', 'date-wrong'));
  if (validFrom !== undefined && validUntil !== undefined && validUntil < validFrom) refuse('until', 'dates-reversed');
  const parentText = text('parent');
  const parent = parentText === undefined ? before?.parent : parentText === '' ? undefined : parentText;
  const point = latitude === undefined || longitude === undefined ? undefined : { latitude, longitude };
  return isGood
    ? { code, name, kind, parent, level, point, population, shape: row.shape, validFrom, validUntil }
    : undefined;
}

const decimal = /^[+-]?\d{1,3}(?:\.\d{1,15})?$/;

/** NaN: it is not such a number. */
function readNumber(
  text: string | undefined,
  before: number | undefined,
  form: RegExp,
  least: number,
  most: number,
): number | undefined {
  if (text === undefined) return before;
  if (text === '') return undefined;
  const value = form.test(text) ? Number(text) : NaN;
  return value >= least && value <= most ? value : NaN;
}

function readDate(
  text: string | undefined,
  before: PlainDate | undefined,
  refuse: () => undefined,
): PlainDate | undefined {
  if (text === undefined) return before;
  if (text === '') return undefined;
  const parsed = parsePlainDate(text);
  return parsed.error === undefined ? parsed.value : refuse();
}

const compared = ['name', 'kind', 'parent', 'level', 'population', 'validFrom', 'validUntil'] as const;

const samePoint = (a: PlaceDescription['point'], b: PlaceDescription['point']): boolean =>
  a?.latitude === b?.latitude && a?.longitude === b?.longitude;

function isSame(a: Draft, b: Draft): boolean {
  return (
    compared.every((key) => a[key] === b[key]) &&
    samePoint(a.point, b.point) &&
    JSON.stringify(a.shape) === JSON.stringify(b.shape)
  );
}

/** Shapes are not held in memory: a file that brings them writes them. */
function differs(before: Place, after: PlaceDescription): boolean {
  return (
    compared.some((key) => before[key] !== after[key]) ||
    !samePoint(before.point, after.point) ||
    after.shape !== undefined
  );
}
