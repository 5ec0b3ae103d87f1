/** Reading the JSON of a reference case: null is R's NA and NaN, infinities are strings. */

export type GoldenNumber = number | undefined;

export interface GoldenCase {
  readonly id: string;
  readonly algorithm: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export function parseGoldenCase(text: string): GoldenCase {
  const fields = asRecord(JSON.parse(text), 'case');
  const algorithm = fields['algorithm'];
  if (typeof algorithm !== 'string') throw new Error('algorithm is missing');
  return { id: String(fields['id']), algorithm, fields };
}

export function asRecord(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${what} is not an object`);
  return { ...value };
}

export function asNumber(value: unknown): GoldenNumber {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value === 'Infinity') return Number.POSITIVE_INFINITY;
  if (value === '-Infinity') return Number.NEGATIVE_INFINITY;
  return undefined;
}

function asEntry(value: unknown, what: string): GoldenNumber {
  const number = asNumber(value);
  if (number === undefined && value !== null) throw new Error(`${what} is not a number: ${JSON.stringify(value)}`);
  return number;
}

/** A vector; R writes one of length 1 as a bare number. */
export function asNumbers(value: unknown, what: string): GoldenNumber[] {
  if (Array.isArray(value)) return value.map((entry: unknown, i) => asEntry(entry, `${what}[${i}]`));
  if (value === undefined) throw new Error(`${what} is missing`);
  return [asNumber(value)];
}

export function asStrings(value: unknown, what: string): string[] {
  if (Array.isArray(value)) return value.map(String);
  if (typeof value === 'string') return [value];
  throw new Error(`${what} is not a list of strings`);
}

/** Settings as given and as resolved by R; the resolved ones win. */
export function controlOf(golden: GoldenCase): Readonly<Record<string, unknown>> {
  const given = golden.fields['control_given'];
  const resolved = golden.fields['control'];
  return {
    ...(given === undefined || given === null ? {} : asRecord(given, 'control_given')),
    ...(resolved === undefined || resolved === null ? {} : asRecord(resolved, 'control')),
  };
}

export function optionalNumber(record: Readonly<Record<string, unknown>>, name: string): number | undefined {
  return asNumber(record[name]);
}

/** A setting by name; what R takes when it is not given. */
export function textOf(record: Readonly<Record<string, unknown>>, name: string, standard: string): string {
  const value = record[name];
  return typeof value === 'string' ? value : standard;
}

export function flagOf(record: Readonly<Record<string, unknown>>, name: string, standard: boolean): boolean {
  const value = record[name];
  return typeof value === 'boolean' ? value : standard;
}

export function limit54Of(record: Readonly<Record<string, unknown>>): readonly [cases: number, periods: number] {
  const [cases, periods] = record['limit54'] === undefined ? [] : asNumbers(record['limit54'], 'limit54');
  return [cases ?? 5, periods ?? 4];
}
