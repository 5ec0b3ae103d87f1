/** What the invented countries report, and how it behaves in the simulation. Names and codes are real; rates are not anybody's. */
import { toCsv, reportingSet } from './countries.ts';

export interface Disease {
  readonly code: string;
  readonly names: Readonly<Record<'en' | 'fr' | 'es' | 'pt' | 'ar', string>>;
  readonly icd10: string;
  readonly icd11: string;
  /** To be notified at the first case. */
  readonly isImmediate: boolean;
  /** In an ordinary week of an ordinary season. */
  readonly weeklyPer100k: number;
  /** exp(strength) times as many at the peak, exp(-strength) at the trough. */
  readonly season: { readonly strength: number; readonly peakWeek: number };
  /** Size of the negative binomial: the smaller, the more uneven. */
  readonly size: number;
}

export const diseases: readonly Disease[] = [
  {
    code: 'measles',
    names: { en: 'Measles', fr: 'Rougeole', es: 'Sarampión', pt: 'Sarampo', ar: 'الحصبة' },
    icd10: 'B05',
    icd11: '1F03',
    isImmediate: false,
    weeklyPer100k: 0.2,
    season: { strength: 0.7, peakWeek: 14 },
    size: 2,
  },
  {
    code: 'cholera',
    names: { en: 'Cholera', fr: 'Choléra', es: 'Cólera', pt: 'Cólera', ar: 'الكوليرا' },
    icd10: 'A00',
    icd11: '1A00',
    isImmediate: true,
    weeklyPer100k: 0,
    season: { strength: 0, peakWeek: 1 },
    size: 1,
  },
  {
    code: 'dengue',
    names: { en: 'Dengue', fr: 'Dengue', es: 'Dengue', pt: 'Dengue', ar: 'حمى الضنك' },
    icd10: 'A90',
    icd11: '1D2Z',
    isImmediate: false,
    weeklyPer100k: 3,
    season: { strength: 0.7, peakWeek: 38 },
    size: 12,
  },
  {
    code: 'typhoid',
    names: {
      en: 'Typhoid fever',
      fr: 'Fièvre typhoïde',
      es: 'Fiebre tifoidea',
      pt: 'Febre tifoide',
      ar: 'حمى التيفوئيد',
    },
    icd10: 'A01.0',
    icd11: '1A07',
    isImmediate: false,
    weeklyPer100k: 1.5,
    season: { strength: 0.4, peakWeek: 28 },
    size: 8,
  },
  {
    code: 'meningitis',
    names: {
      en: 'Meningococcal meningitis',
      fr: 'Méningite à méningocoques',
      es: 'Meningitis meningocócica',
      pt: 'Meningite meningocócica',
      ar: 'التهاب السحايا بالمكورات السحائية',
    },
    icd10: 'A39.0',
    icd11: '1C1C.0',
    isImmediate: true,
    weeklyPer100k: 0.008,
    season: { strength: 1, peakWeek: 10 },
    size: 2,
  },
  {
    code: 'ili',
    names: {
      en: 'Influenza-like illness',
      fr: 'Syndrome grippal',
      es: 'Enfermedad tipo influenza',
      pt: 'Síndrome gripal',
      ar: 'اعتلال شبيه بالأنفلونزا',
    },
    icd10: 'J11',
    icd11: '1E32',
    isImmediate: false,
    weeklyPer100k: 40,
    season: { strength: 0.4, peakWeek: 4 },
    size: 30,
  },
];

export function indicatorsCsv(): string {
  return toCsv([
    ['code', 'name', 'name_fr', 'name_es', 'name_pt', 'name_ar', 'icd10', 'icd11', 'period', 'immediate', 'set'],
    ...diseases.map(({ code, names, icd10, icd11, isImmediate }) => [
      code,
      names.en,
      names.fr,
      names.es,
      names.pt,
      names.ar,
      icd10,
      icd11,
      'iso-week',
      isImmediate ? 'yes' : 'no',
      reportingSet,
    ]),
  ]);
}
