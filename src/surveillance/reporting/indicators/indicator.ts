import type { PeriodKind } from '../../../period.ts';
import type { Locale } from '../../../ui/locales.ts';

export const aggregations = ['sum', 'highest', 'none'] as const;
export type Aggregation = (typeof aggregations)[number];

export interface IndicatorDescription {
  readonly code: string;
  readonly names: Readonly<Record<string, string>>;
  readonly icd10: string | undefined;
  readonly icd11: string | undefined;
  readonly periodKind: PeriodKind;
  readonly isImmediate: boolean;
  readonly aggregation: Aggregation;
  /** Codes of the indicators that it is the sum of, in order; none where nobody declared any. */
  readonly parts: readonly string[];
}

export interface Indicator extends IndicatorDescription {
  readonly id: number;
}

/** The same form as in the terms of instruments, which name indicators by code. */
export const codeForm = /^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/;

// ICD-10: A00, B97.21, U07.1; ranges and lists are for people. ICD-11 stem codes: 1A00, 1D61.2, XN109, with clusters joined by & or /.
export const icd10Form = /^[A-Z][0-9]{2}(?:\.[0-9A-Z]{1,4})?(?:[-,] ?[A-Z][0-9]{2}(?:\.[0-9A-Z]{1,4})?){0,9}$/;
export const icd11Form = /^[0-9A-Z]{4}(?:\.[0-9A-Z]{1,3})?(?:[-,&/] ?[0-9A-Z]{4}(?:\.[0-9A-Z]{1,3})?){0,9}$/;

/** In the language asked for, else in English, else in whatever there is. */
export function indicatorName(locale: Locale, { code, names }: Pick<IndicatorDescription, 'code' | 'names'>): string {
  return names[locale] ?? names['en'] ?? Object.values(names)[0] ?? code;
}

/** What is reported together, in one rhythm, to one deadline. */
export interface IndicatorSet {
  readonly id: number;
  readonly code: string;
  readonly name: string;
  readonly periodKind: PeriodKind;
  /** After the midnight, in the time zone, that ends the period. */
  readonly dueHours: number;
  /** IANA name. */
  readonly timeZone: string;
  /** In the order of the form. */
  readonly indicatorIds: readonly number[];
}

/** Three days: what weekly surveillance commonly allows. A set that a file brings gets it until somebody decides. */
export const usualDueHours = 72;
