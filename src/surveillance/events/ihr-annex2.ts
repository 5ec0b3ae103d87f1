/**
 * Annex 2 of the International Health Regulations (2005): the decision instrument for whether a State notifies an event to WHO
 * within 24 hours (Article 6). It prepares a decision of the national focal point and does not replace one. Its answers are known to differ
 * between assessors (Haustein et al. 2011, Bull WHO 89:754), so each is kept with its author, and a second assessor may answer too.
 */

export const annex2Lists = ['always-notify', 'always-assess', 'other'] as const;
export type Annex2List = (typeof annex2Lists)[number];

/** The four questions in the instrument's order: I serious, II unusual or unexpected, III spread, IV restrictions. */
export const annex2Criteria = ['serious-impact', 'unusual', 'international-spread', 'travel-trade'] as const;
export type Annex2Criterion = (typeof annex2Criteria)[number];

export const annex2Answers = ['yes', 'no', 'unknown'] as const;
export type Annex2Answer = (typeof annex2Answers)[number];

export type Annex2Input = { readonly [C in Annex2Criterion]: Annex2Answer };

export type Annex2Decision =
  /** A single case of a disease of the first list, whatever the answers. */
  | { readonly outcome: 'notify'; readonly because: 'listed' }
  | { readonly outcome: 'notify'; readonly because: 'criteria'; readonly yes: readonly Annex2Criterion[] }
  /** Two or more may yet be "yes": find these out, assess again, and consider consulting WHO (Article 8). */
  | {
      readonly outcome: 'cannot-exclude';
      readonly unknown: readonly Annex2Criterion[];
      readonly reassessBy: Date;
    }
  | { readonly outcome: 'not-now' };

const hourMs = 3_600_000;

export const reassessWithinHours = 24;
/** Annex 1 A, 6 (a): reports of urgent events are assessed within 48 hours. */
export const assessWithinHours = 48;
/** Article 6, paragraph 1: notification within 24 hours of assessment. */
export const notifyWithinHours = 24;

export function decideAnnex2(list: Annex2List, answers: Annex2Input, assessedAt: Date): Annex2Decision {
  if (list === 'always-notify') return { outcome: 'notify', because: 'listed' };
  const given = (answer: Annex2Answer): readonly Annex2Criterion[] =>
    annex2Criteria.filter((criterion) => answers[criterion] === answer);
  const yes = given('yes');
  const unknown = given('unknown');
  if (yes.length >= 2) return { outcome: 'notify', because: 'criteria', yes };
  if (yes.length + unknown.length >= 2)
    return {
      outcome: 'cannot-exclude',
      unknown,
      reassessBy: new Date(assessedAt.getTime() + reassessWithinHours * hourMs),
    };
  return { outcome: 'not-now' };
}

export interface Annex2Clocks {
  /** Until when the first assessment is due; undefined once it has been made. */
  readonly assessBy: Date | undefined;
  /** Until when WHO is to be notified; undefined when the latest assessment does not ask for it. */
  readonly notifyBy: Date | undefined;
  readonly reassessBy: Date | undefined;
}

/**
 * `informedAt`: when the first report of it reached this office, not when somebody opened the event. `assessments`: the latest first. The 24
 * hours run from the first assessment that asked for notification and was not taken back since: assessing again does not start them again.
 * `isNotified`: WHO has been notified, so that this clock has stopped.
 */
export function annex2Clocks(
  informedAt: Date,
  assessments: readonly { readonly at: Date; readonly decision: Annex2Decision }[],
  isNotified = false,
): Annex2Clocks {
  const none = { assessBy: undefined, notifyBy: undefined, reassessBy: undefined };
  const [latest] = assessments;
  if (!latest) return { ...none, assessBy: new Date(informedAt.getTime() + assessWithinHours * hourMs) };
  switch (latest.decision.outcome) {
    case 'notify': {
      if (isNotified) return none;
      const until = assessments.findIndex(({ decision }) => decision.outcome !== 'notify');
      const first = assessments.slice(0, until < 0 ? undefined : until).at(-1) ?? latest;
      return { ...none, notifyBy: new Date(first.at.getTime() + notifyWithinHours * hourMs) };
    }
    case 'cannot-exclude':
      return { ...none, reassessBy: latest.decision.reassessBy };
    case 'not-now':
      return none;
  }
}

/**
 * The lists as reference data with a date, because they are amended. Diseases are recognised by the first characters of their ICD code.
 * The text adopted in 2005; the amendments of 2024 (WHA77.17, in force since 19 September 2025 where no objection was made) are not
 * in it. Nobody has yet checked this table against the authentic text: the page says so, and whoever assesses may choose another list.
 */
export interface Annex2Table {
  readonly version: string;
  readonly source: string;
  readonly checkedBy: string | undefined;
  readonly entries: readonly {
    readonly disease: string;
    readonly list: Exclude<Annex2List, 'other'>;
    readonly icd10: readonly string[];
    readonly icd11: readonly string[];
  }[];
}

export const annex2Table: Annex2Table = {
  version: '2005',
  source: 'International Health Regulations (2005), Annex 2, WHA58.3',
  checkedBy: undefined,
  entries: [
    { disease: 'smallpox', list: 'always-notify', icd10: ['B03'], icd11: ['1E70'] },
    { disease: 'poliomyelitis', list: 'always-notify', icd10: ['A80'], icd11: ['1C81'] },
    { disease: 'influenza-new-subtype', list: 'always-notify', icd10: ['J09'], icd11: ['1E31'] },
    { disease: 'sars', list: 'always-notify', icd10: ['U04'], icd11: ['1D65'] },
    { disease: 'cholera', list: 'always-assess', icd10: ['A00'], icd11: ['1A00'] },
    { disease: 'plague', list: 'always-assess', icd10: ['A20'], icd11: ['1B93'] },
    { disease: 'yellow-fever', list: 'always-assess', icd10: ['A95'], icd11: ['1D47'] },
    {
      disease: 'viral-haemorrhagic-fever',
      list: 'always-assess',
      icd10: ['A96', 'A98', 'A99'],
      icd11: ['1D49', '1D60', '1D61', '1D62'],
    },
    { disease: 'west-nile-fever', list: 'always-assess', icd10: ['A92.3'], icd11: ['1D46'] },
    { disease: 'dengue', list: 'always-assess', icd10: ['A90', 'A91', 'A97'], icd11: ['1D20', '1D21', '1D22', '1D2Z'] },
    { disease: 'rift-valley-fever', list: 'always-assess', icd10: ['A92.4'], icd11: ['1D44'] },
    { disease: 'meningococcal-disease', list: 'always-assess', icd10: ['A39'], icd11: ['1C1C'] },
  ],
};

/** A proposal from the indicator's codes. A code proves no subtype (wild polio, pneumonic plague): a person decides. */
export function proposeAnnex2List(
  codes: { readonly icd10: string | undefined; readonly icd11: string | undefined },
  table: Annex2Table = annex2Table,
): Annex2List {
  // Offices write codes with and without their dot, and with blanks.
  const plain = (code: string): string => code.toUpperCase().replaceAll(/[^0-9A-Z]/g, '');
  const starts = (code: string | undefined, prefixes: readonly string[]): boolean =>
    code !== undefined && prefixes.some((prefix) => plain(code).startsWith(plain(prefix)));
  return (
    table.entries.find(({ icd10, icd11 }) => starts(codes.icd10, icd10) || starts(codes.icd11, icd11))?.list ?? 'other'
  );
}
