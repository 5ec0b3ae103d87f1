/** Which column of a file means what. The same for every content of a file; people choose it in the browser or with --map. */
import { z } from 'zod';
import { separators } from './csv.ts';
import { encodings } from './text-stream.ts';

export const contents = ['places', 'neighbours', 'units', 'indicators', 'reports'] as const;
export type Content = (typeof contents)[number];

interface RoleFacts {
  readonly isRequired?: true;
  /** Column names that are taken for it when nobody says otherwise, in lower case. The name of the role is one. */
  readonly aliases?: readonly string[];
}

export const rolesOf = {
  places: {
    code: { isRequired: true, aliases: ['geo', 'pcode', 'place', 'place_code', 'geo_code', 'id'] },
    name: { isRequired: true, aliases: ['name_en', 'place_name', 'label'] },
    parent: { aliases: ['parent_code', 'parent_pcode'] },
    level: { aliases: ['admin_level'] },
    kind: {},
    latitude: { aliases: ['lat'] },
    longitude: { aliases: ['lon', 'lng', 'long'] },
    population: { aliases: ['pop'] },
    since: { aliases: ['valid_from'] },
    until: { aliases: ['valid_until'] },
  },
  neighbours: {
    place: { isRequired: true, aliases: ['a', 'from', 'code'] },
    neighbour: { isRequired: true, aliases: ['b', 'to', 'neighbor'] },
  },
  units: {
    code: { isRequired: true, aliases: ['unit', 'facility', 'facility_code', 'id'] },
    // A place that is held already has one.
    name: { aliases: ['unit_name', 'facility_name'] },
    place: { aliases: ['parent', 'district', 'place_code', 'parent_code'] },
    set: { aliases: ['form', 'indicator_set', 'report'] },
    since: {},
    contact: { aliases: ['contact_name', 'person'] },
    phone: { aliases: ['contact_phone', 'telephone', 'tel'] },
    email: { aliases: ['contact_email', 'e-mail', 'mail'] },
  },
  indicators: {
    code: { isRequired: true, aliases: ['indicator', 'id'] },
    name: { aliases: ['name_en', 'label'] },
    name_fr: {},
    name_es: {},
    name_pt: {},
    name_ar: {},
    icd10: { aliases: ['icd_10', 'icd-10'] },
    icd11: { aliases: ['icd_11', 'icd-11'] },
    period: { aliases: ['period_kind', 'period_type'] },
    immediate: { aliases: ['is_immediate', 'immediate_notification'] },
    aggregation: {},
    parts: { aliases: ['sum_of', 'is_sum_of', 'components'] },
    set: { aliases: ['form', 'indicator_set'] },
  },
  reports: {
    period: { aliases: ['week', 'date', 'month', 'week_start', 'period_start'] },
    year: { aliases: ['iso_year', 'epi_year'] },
    week: { aliases: ['iso_week', 'epi_week'] },
    month: {},
    place: { isRequired: true, aliases: ['geo', 'place_code', 'geo_code', 'orgunit', 'district', 'region'] },
    indicator: { isRequired: true, aliases: ['disease', 'indicator_code', 'dataelement'] },
    value: { aliases: ['cases', 'count', 'n', 'case'] },
  },
} as const satisfies Readonly<Record<Content, Readonly<Record<string, RoleFacts>>>>;

/** One column for each place or indicator: their codes are the headers. */
export const everyColumn = '*';

/**
 * `columns`: what stands where, by role. A column's header; or, for the place or indicator of reports, `*` when each column is one, or `:CODE` when the whole
 * file is about one. `headers`: what a header under `*` stands for, where it is not the code itself; empty leaves the column out.
 */
export const mappingSchema = z.strictObject({
  columns: z.record(z.string().max(40), z.string().max(200)),
  headers: z.record(z.string().max(200), z.string().max(60)).default({}),
  encoding: z.enum(encodings).default('utf-8'),
  separator: z.enum(separators).optional(),
});
export type Mapping = z.output<typeof mappingSchema>;

export class MappingError extends Error {
  override readonly name = 'MappingError';
  /** Words in the locales under `reporting.mapping-<reason>`. */
  readonly reason: MappingReason;
  readonly names: readonly string[];

  constructor(reason: MappingReason, names: readonly string[] = []) {
    super(`${reason}: ${names.join(', ')}`);
    this.reason = reason;
    this.names = names;
  }
}

export type MappingReason =
  | 'columns-repeated'
  | 'columns-absent'
  | 'roles-unknown'
  | 'roles-missing'
  | 'period-missing'
  | 'period-twice'
  | 'value-missing'
  | 'value-superfluous'
  | 'spread-twice'
  | 'spread-not-here'
  | 'headers-unknown'
  | 'headers-repeated'
  | 'places-unknown'
  | 'indicators-unknown';

/** What a person did not say, from the headers. Nothing is guessed for a role that only some files have and another column already serves. */
export function guessColumns(
  content: Content,
  header: readonly string[],
  said: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const columns: Record<string, string> = { ...said };
  const facts: Readonly<Record<string, RoleFacts>> = rolesOf[content];
  const free = header.filter((name) => !Object.values(said).includes(name));
  for (const [role, { aliases = [] }] of Object.entries(facts)) {
    if (columns[role] !== undefined) continue;
    const found = [role, ...aliases].flatMap((alias) => free.filter((name) => name.toLowerCase() === alias))[0];
    if (found !== undefined && !Object.values(columns).includes(found)) columns[role] = found;
  }
  // Where each column is a place or an indicator the cells are the values, whatever a header looks like.
  if (said['value'] === undefined && Object.values(said).includes(everyColumn)) delete columns['value'];
  return content === 'reports' ? choosePeriod(columns, said) : columns;
}

/** A file with a year and a week has its period in two columns; a column `week` alone is the whole period. */
function choosePeriod(
  guessed: Readonly<Record<string, string>>,
  said: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const columns: Record<string, string> = { ...guessed };
  const drop = (...roles: readonly string[]): void => {
    for (const role of roles) if (said[role] === undefined) delete columns[role];
  };
  const { period } = columns;
  if (said['period'] !== undefined) drop('year', 'week', 'month');
  else if (columns['year'] !== undefined && period !== undefined && ['week', 'month'].includes(period.toLowerCase())) {
    // `period` took the column by its alias; here it is the number of a week or month in a year.
    delete columns['period'];
    columns[period.toLowerCase()] ??= period;
  } else if (columns['year'] !== undefined && (columns['week'] ?? columns['month']) !== undefined) drop('period');
  else if (period !== undefined) drop('year', 'week', 'month');
  return columns;
}

/** Of every content: each role named exists, is served by a column of the file, and none that is needed is left out. */
export function checkColumns(content: Content, header: readonly string[], columns: Mapping['columns']): void {
  const repeated = header.filter((name, at) => name !== '' && header.indexOf(name) !== at);
  if (repeated.length > 0) throw new MappingError('columns-repeated', [...new Set(repeated)]);
  const facts: Readonly<Record<string, RoleFacts>> = rolesOf[content];
  const unknown = Object.keys(columns).filter((role) => !Object.hasOwn(facts, role));
  if (unknown.length > 0) throw new MappingError('roles-unknown', unknown);
  const isColumn = (name: string): boolean => content !== 'reports' || (name !== everyColumn && !name.startsWith(':'));
  const absent = Object.values(columns).filter((name) => isColumn(name) && !header.includes(name));
  if (absent.length > 0) throw new MappingError('columns-absent', absent);
  const missing = Object.entries(facts).filter(([role, { isRequired }]) => isRequired && columns[role] === undefined);
  if (missing.length > 0)
    throw new MappingError(
      'roles-missing',
      missing.map(([role]) => role),
    );
}
