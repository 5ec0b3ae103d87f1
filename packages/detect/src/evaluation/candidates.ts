/**
 * Methods that are compared when nobody says which, with the settings of Bedubourg & Le Strat 2017 where they name them
 * (alpha 0.01, Bayes 0.05) and of the methods' own papers elsewhere. The moving epidemic method is not among them: it is for a
 * disease with one epidemic each winter.
 */
import { DetectError } from '../errors.ts';
import { noufailySettings } from '../farrington-flexible.ts';
import type { Method } from '../method.ts';

export interface Candidate {
  /** Stable, for tables and links; not words for people. */
  readonly id: string;
  readonly method: Method;
  /** Takes seconds a series: left out of a comparison on hundreds of them unless it is named. */
  readonly isSlow?: true;
}

export const candidates: readonly Candidate[] = [
  {
    id: 'rule-twice-recent-mean',
    method: {
      method: 'rule',
      rule: { kind: 'times-recent-mean', compare: 'more-than', factor: 2, periods: 3 },
    },
  },
  {
    id: 'rule-third-quartile',
    method: {
      method: 'rule',
      rule: { kind: 'quantile-of-past-years', compare: 'more-than', quantile: 0.75, years: 5, halfWindow: 1 },
    },
  },
  {
    id: 'rule-mean-and-two-deviations',
    method: {
      method: 'rule',
      rule: { kind: 'deviations-from-past-years', compare: 'more-than', deviations: 2, years: 5, halfWindow: 1 },
    },
  },
  { id: 'ears-c1-001', method: { method: 'ears', control: { method: 'C1', alpha: 0.001 } } },
  { id: 'ears-c2-001', method: { method: 'ears', control: { method: 'C2', alpha: 0.001 } } },
  { id: 'ears-c3-025', method: { method: 'ears', control: { method: 'C3', alpha: 0.025 } } },
  { id: 'ears-c3-025-r', method: { method: 'ears', control: { method: 'C3', alpha: 0.025, compat: 'r' } } },
  { id: 'ears-c1-01', method: { method: 'ears', control: { method: 'C1', alpha: 0.01 } } },
  { id: 'ears-c2-01', method: { method: 'ears', control: { method: 'C2', alpha: 0.01 } } },
  { id: 'ears-c3-01', method: { method: 'ears', control: { method: 'C3', alpha: 0.01 } } },
  { id: 'ears-c3-01-r', method: { method: 'ears', control: { method: 'C3', alpha: 0.01, compat: 'r' } } },
  { id: 'bayes-1', method: { method: 'bayes', control: { b: 0, w: 6, actY: true } } },
  { id: 'bayes-2', method: { method: 'bayes', control: { b: 1, w: 6, actY: true } } },
  { id: 'bayes-3', method: { method: 'bayes', control: { b: 2, w: 4, actY: false } } },
  { id: 'rki-1', method: { method: 'rki', control: { b: 0, w: 6, actY: true } } },
  { id: 'rki-2', method: { method: 'rki', control: { b: 1, w: 6, actY: true } } },
  { id: 'rki-3', method: { method: 'rki', control: { b: 2, w: 4, actY: false } } },
  { id: 'cdc', method: { method: 'cdc', control: { b: 5, m: 1, alpha: 0.01 } } },
  { id: 'cusum-rossi', method: { method: 'cusum', control: { trans: 'rossi' } } },
  { id: 'cusum-rossi-glm', method: { method: 'cusum', control: { trans: 'rossi', m: 'glm' } } },
  { id: 'ewma', method: { method: 'ewma', control: { m: 'glm' } } },
  { id: 'rogerson', method: { method: 'rogerson', control: { ARL0: 500 } } },
  { id: 'glr-negative-binomial', method: { method: 'glr', control: { 'c.ARL': 5 } } },
  { id: 'glr-poisson', method: { method: 'glr', control: { 'c.ARL': 5, alpha: 0 } } },
  { id: 'outbreak-p', method: { method: 'outbreak-p', control: {} } },
  { id: 'outbreak-p-r', method: { method: 'outbreak-p', control: { compat: 'r' } } },
  {
    id: 'hidden-markov',
    method: { method: 'hidden-markov', control: { Mtilde: 104, trend: false } },
    isSlow: true,
  },
  {
    id: 'boda',
    method: { method: 'boda', control: { noPeriods: 10, pastWeeksNotIncluded: 26, alpha: 0.01 } },
    isSlow: true,
  },
  { id: 'farrington', method: { method: 'farrington', control: { alpha: 0.01 } } },
  ...(['delta', 'nbPlugin', 'muan'] as const).flatMap((thresholdMethod): Candidate[] => [
    {
      id: `farrington-flexible-${thresholdMethod}`,
      method: { method: 'farrington-flexible', control: { ...noufailySettings, alpha: 0.01, thresholdMethod } },
    },
    {
      id: `farrington-flexible-${thresholdMethod}-r`,
      method: {
        method: 'farrington-flexible',
        control: { ...noufailySettings, alpha: 0.01, thresholdMethod, compat: 'r' },
      },
    },
  ]),
];

/** Those named, in the order of the list; without names all that are not slow. */
export function chooseCandidates(names: readonly string[] | undefined): readonly Candidate[] {
  if (names === undefined) return candidates.filter(({ isSlow }) => isSlow !== true);
  const unknown = names.find((name) => !candidates.some(({ id }) => id === name));
  if (unknown !== undefined) throw new DetectError('control-unknown', 'candidate', unknown);
  return candidates.filter(({ id }) => names.includes(id));
}
