import { periodKinds, type PeriodKind } from '../../../period.ts';
import { locales } from '../../../ui/locales.ts';
import type { Row, RowRejection } from '../import/rows.ts';
import { findCircular, splitCodes } from './parts.ts';
import {
  aggregations,
  codeForm,
  icd10Form,
  icd11Form,
  type Indicator,
  type IndicatorDescription,
} from './indicator.ts';

export type IndicatorRowCode =
  | 'code-missing'
  | 'code-form'
  | 'name-missing'
  | 'name-too-long'
  | 'icd10-form'
  | 'icd11-form'
  | 'period-kind-unknown'
  | 'period-kind-fixed'
  | 'yes-or-no'
  | 'aggregation-unknown'
  | 'parts-unknown'
  | 'parts-circular'
  | 'set-code-form'
  | 'set-of-other-periods'
  | 'repeated-differently';

export interface IndicatorsReading {
  readonly differing: readonly IndicatorDescription[];
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  /** By set code, the indicators that the file puts into it. */
  readonly members: ReadonlyMap<string, readonly string[]>;
  readonly rejections: readonly RowRejection<IndicatorRowCode>[];
}

export interface IndicatorsHeld {
  readonly indicators: readonly Indicator[];
  /** Ids of those for which something was reported: their kind of period cannot change any more. */
  readonly reported: ReadonlySet<number>;
  readonly sets: ReadonlyMap<string, PeriodKind>;
}

export function readIndicators(rows: readonly Row[], held: IndicatorsHeld): IndicatorsReading {
  const rejections: RowRejection<IndicatorRowCode>[] = [];
  const heldByCode = new Map(held.indicators.map((indicator) => [indicator.code, indicator]));
  const read = new Map<string, { readonly row: Row; readonly indicator: IndicatorDescription }>();
  const setKinds = new Map(held.sets);
  const named: { readonly set: string; readonly code: string }[] = [];
  const repeated: string[] = [];
  for (const row of rows) {
    const reject = (role: string, code: IndicatorRowCode): void => void rejections.push({ ...row, role, code });
    const before = heldByCode.get(row.cells['code'] ?? '');
    const indicator = readIndicator(row, before, before !== undefined && held.reported.has(before.id), reject);
    if (!indicator) continue;
    const set = row.cells['set'] ?? '';
    if (set !== '' && !codeForm.test(set)) {
      reject('set', 'set-code-form');
      continue;
    }
    if (set !== '' && (setKinds.get(set) ?? indicator.periodKind) !== indicator.periodKind) {
      reject('set', 'set-of-other-periods');
      continue;
    }
    const other = read.get(indicator.code);
    // An indicator in several sets has a row for each.
    if (other && JSON.stringify(other.indicator) !== JSON.stringify(indicator)) {
      reject('code', 'repeated-differently');
      continue;
    }
    if (other) repeated.push(indicator.code);
    else read.set(indicator.code, { row, indicator });
    if (set !== '') {
      setKinds.set(set, indicator.periodKind);
      named.push({ set, code: indicator.code });
    }
  }
  for (const [code, reason] of refuseParts([...read.values()], heldByCode)) {
    rejections.push({ ...read.get(code)!.row, role: 'parts', code: reason });
    read.delete(code);
  }
  const found = [...read.values()].map(({ indicator }) => indicator);
  const differing = found.filter((indicator) => {
    const before = heldByCode.get(indicator.code);
    return !before || !isSame(before, indicator);
  });
  const added = differing.filter(({ code }) => !heldByCode.has(code)).length;
  return {
    differing,
    added,
    changed: differing.length - added,
    unchanged: found.length - differing.length + repeated.filter((code) => read.has(code)).length,
    members: new Map(
      [...Map.groupBy(named, ({ set }) => set)].map(([set, each]) => [
        set,
        each.map(({ code }) => code).filter((code) => read.has(code)),
      ]),
    ),
    rejections,
  };
}

/** A part may stand further down in the file. Whatever is refused is no part either, until nothing more falls. */
function refuseParts(
  read: readonly { readonly indicator: IndicatorDescription }[],
  held: ReadonlyMap<string, Indicator>,
): ReadonlyMap<string, 'parts-unknown' | 'parts-circular'> {
  const refused = new Map<string, 'parts-unknown' | 'parts-circular'>();
  for (let before = -1; before < refused.size;) {
    before = refused.size;
    const left = read.map(({ indicator }) => indicator).filter(({ code }) => !refused.has(code));
    const partsOf = new Map([...held.values(), ...left].map(({ code, parts }) => [code, parts]));
    const circular = findCircular(partsOf);
    for (const { code, parts } of left)
      if (parts.some((part) => !partsOf.has(part))) refused.set(code, 'parts-unknown');
      else if (circular.has(code)) refused.set(code, 'parts-circular');
  }
  return refused;
}

function readIndicator(
  { cells }: Row,
  before: Indicator | undefined,
  isReported: boolean,
  reject: (role: string, code: IndicatorRowCode) => void,
): IndicatorDescription | undefined {
  const text = (role: string): string | undefined => cells[role];
  let isGood = true;
  const refuse = (role: string, code: IndicatorRowCode): undefined => {
    isGood = false;
    reject(role, code);
  };
  const code = text('code') ?? '';
  if (!codeForm.test(code)) return refuse('code', code === '' ? 'code-missing' : 'code-form');

  const names: Record<string, string> = { ...before?.names };
  for (const locale of locales) {
    const name = text(locale === 'en' ? 'name' : `name_${locale}`);
    if (name === undefined || name === '') continue;
    if (name.length > 200) refuse(locale === 'en' ? 'name' : `name_${locale}`, 'name-too-long');
    names[locale] = name;
  }
  // A disease whose name nobody gave is called by its code, which a person at least can look up.
  if (Object.keys(names).length === 0) names['en'] = code;

  const icd10 = readCode(text('icd10'), before?.icd10, icd10Form, () => refuse('icd10', 'icd10-form'));
  const icd11 = readCode(text('icd11'), before?.icd11, icd11Form, () => refuse('icd11', 'icd11-form'));
  const periodKind = readPeriodKind(text('period'), before?.periodKind);
  if (!periodKind) return refuse('period', 'period-kind-unknown');
  if (before && before.periodKind !== periodKind && isReported) refuse('period', 'period-kind-fixed');
  const isImmediate = readYesNo(text('immediate'), before?.isImmediate ?? false);
  if (isImmediate === undefined) return refuse('immediate', 'yes-or-no');
  const aggregationText = text('aggregation') ?? '';
  const aggregation =
    aggregationText === ''
      ? (before?.aggregation ?? 'sum')
      : aggregations.find((known) => known === aggregationText.toLowerCase());
  if (!aggregation) return refuse('aggregation', 'aggregation-unknown');
  const partsText = text('parts');
  const parts = partsText === undefined ? (before?.parts ?? []) : splitCodes(partsText);
  return isGood ? { code, names, icd10, icd11, periodKind, isImmediate, aggregation, parts } : undefined;
}

function readCode(
  text: string | undefined,
  before: string | undefined,
  form: RegExp,
  refuse: () => undefined,
): string | undefined {
  if (text === undefined) return before;
  if (text === '') return undefined;
  const code = text.toUpperCase().replaceAll('–', '-');
  return form.test(code) ? code : refuse();
}

/** `week` alone is the week of ISO 8601, which most of the world prints in its calendars. */
const kindWords: Readonly<Record<string, PeriodKind>> = {
  week: 'iso-week',
  weekly: 'iso-week',
  daily: 'day',
  monthly: 'month',
  'epi-week': 'mmwr-week',
  'cdc-week': 'mmwr-week',
};

function readPeriodKind(text: string | undefined, before: PeriodKind | undefined): PeriodKind | undefined {
  if (text === undefined || text === '') return before ?? 'iso-week';
  const word = text.toLowerCase().replaceAll(/[ _]/g, '-');
  return periodKinds.find((kind) => kind === word) ?? kindWords[word];
}

function readYesNo(text: string | undefined, before: boolean): boolean | undefined {
  if (text === undefined) return before;
  const word = text.toLowerCase();
  if (['', 'no', 'n', 'false', '0'].includes(word)) return false;
  return ['yes', 'y', 'true', '1', 'x'].includes(word) ? true : undefined;
}

function isSame(before: IndicatorDescription, after: IndicatorDescription): boolean {
  const names = (of: IndicatorDescription): string =>
    JSON.stringify(Object.entries(of.names).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return (
    names(before) === names(after) &&
    before.parts.join(' ') === after.parts.join(' ') &&
    (['icd10', 'icd11', 'periodKind', 'isImmediate', 'aggregation'] as const).every((key) => before[key] === after[key])
  );
}
