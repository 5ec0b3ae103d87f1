import type { PlainDate } from '../../period.ts';
import type { AccountId } from '../../ids.ts';
import type { Annex2Answer, Annex2Criterion, Annex2List } from './ihr-annex2.ts';
import { milestones, type ActionState, type Interval, type ResponseAction } from './seven-one-seven.ts';

declare const brand: unique symbol;
/** Random (UUID v4): it may be shown before disease and place may. */
export type EventId = string & { readonly [brand]: 'EventId' };

export const eventOutcomes = ['controlled', 'ended', 'not-an-event', 'merged'] as const;
export type EventOutcome = (typeof eventOutcomes)[number];

export const findingKinds = ['bottleneck', 'enabler'] as const;
export type FindingKind = (typeof findingKinds)[number];

/** What most often holds an event up or helps it along (7-1-7 Alliance, categories of bottlenecks, shortened). */
export const findingCodes = [
  'clinical-suspicion',
  'case-definition',
  'community-trust',
  'health-worker-numbers',
  'training',
  'laboratory-capacity',
  'sample-transport',
  'supplies',
  'funds',
  'transport',
  'communication',
  'data-system',
  'coordination',
  'insecurity',
  'other',
] as const;
export type FindingCode = (typeof findingCodes)[number];

export const taskHorizons = ['immediate', 'long-term'] as const;
export type TaskHorizon = (typeof taskHorizons)[number];

/** The dates of 7-1-7, and the day the national focal point notified WHO (which is no part of it). */
export const recordedDates = [...milestones, 'who-notified'] as const;
export type RecordedDate = (typeof recordedDates)[number];

/** One entry of a date or action, with the ones it replaced. The latest comes first. */
export interface Entered<T> {
  readonly value: T;
  readonly by: string;
  readonly at: Date;
}

export interface MilestoneEntry {
  readonly milestone: RecordedDate;
  readonly on: PlainDate | undefined;
  readonly source: string;
}

export interface ActionEntry {
  readonly action: ResponseAction;
  readonly state: ActionState;
}

export interface Annex2Entry {
  readonly tableVersion: string;
  readonly list: Annex2List;
  readonly answers: { readonly [C in Annex2Criterion]: { readonly answer: Annex2Answer; readonly reason: string } };
}

export interface Finding {
  readonly during: Interval;
  readonly kind: FindingKind;
  readonly code: FindingCode;
  readonly note: string;
}

export interface Task {
  readonly id: string;
  readonly horizon: TaskHorizon;
  readonly what: string;
  readonly owner: string;
  readonly dueOn: PlainDate;
  readonly done: { readonly by: string; readonly at: Date } | undefined;
}

export interface EventFacts {
  readonly id: EventId;
  readonly title: string;
  readonly indicatorId: number | undefined;
  readonly placeId: number | undefined;
  readonly openedBy: AccountId;
  readonly openedAt: Date;
  readonly closed:
    { readonly at: Date; readonly by: string; readonly outcome: EventOutcome; readonly lessons: string } | undefined;
}
