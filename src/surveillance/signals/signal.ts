import type { Comparison, Warning } from '@reciproca/detect/result';
import type { Period } from '../../period.ts';
import type { SignalStatus } from './life-cycle.ts';
import type { Method, Range, ReferencePeriod } from './method.ts';

declare const brand: unique symbol;
export type SignalId = string & { readonly [brand]: 'SignalId' };
export type DetectorId = string & { readonly [brand]: 'DetectorId' };

export const signalSources = ['detector', 'rumour', 'person'] as const;
export type SignalSource = (typeof signalSources)[number];

/** One period in which the rule spoke. */
export interface Alarm {
  readonly period: Period;
  readonly observed: number;
  readonly expected: number | undefined;
  readonly range: Range | undefined;
  readonly threshold: number | undefined;
  readonly raisedWhen: Comparison;
  readonly pValue: number | undefined;
  readonly score: number | undefined;
  readonly scoreLimit: number | undefined;
  readonly reference: readonly ReferencePeriod[];
  readonly warnings: readonly Warning[];
  /** False: a later report took the number below the threshold. */
  readonly holds: boolean;
}

/** What every signal has; a detector's signal has the rest as well. */
export interface Signal {
  readonly id: SignalId;
  readonly source: SignalSource;
  readonly status: SignalStatus;
  readonly raisedAt: Date;
  readonly indicatorId: number | undefined;
  readonly placeId: number | undefined;
  readonly detectorId: DetectorId | undefined;
  readonly method: Method | undefined;
  readonly submissionId: number | undefined;
  readonly summary: string | undefined;
  readonly monitorUntil: string | undefined;
  readonly duplicateOf: SignalId | undefined;
  readonly eventId: string | undefined;
  readonly triagedAt: Date | undefined;
}
