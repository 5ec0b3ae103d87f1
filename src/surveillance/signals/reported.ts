import type { Locale } from '../../ui/locales.ts';
import type { Geometry } from '../../ui/map-geometry.ts';
import type { PeriodKind } from '../../period.ts';

/** What detection and its pages know of an indicator. */
export interface IndicatorFacts {
  readonly id: number;
  readonly code: string;
  readonly names: Readonly<Record<string, string>>;
  readonly icd10: string | undefined;
  readonly icd11: string | undefined;
  readonly periodKind: PeriodKind;
  readonly isImmediate: boolean;
}

export interface PlaceFacts {
  readonly id: number;
  readonly code: string;
  readonly name: string;
  readonly level: number;
  readonly population: number | undefined;
}

export interface PlaceShape extends PlaceFacts {
  readonly geometry: Geometry | undefined;
}

/** In the language asked for, else in English, else in whatever there is. */
export function nameIn(locale: Locale, names: Readonly<Record<string, string>>, code: string): string {
  return names[locale] ?? names['en'] ?? Object.values(names)[0] ?? code;
}
