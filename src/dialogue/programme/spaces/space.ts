import type { SpaceId } from '../../../ids.ts';
import type { PlainDate } from '../../../period.ts';
import type { Texts } from '../../texts.ts';

/** A series of dialogues; or a community of practice, which is bound to produce something. */
export const spaceKinds = ['series', 'community'] as const;
export type SpaceKind = (typeof spaceKinds)[number];

export const outputKinds = ['guideline', 'position-paper', 'joint-statement', 'recommendations', 'other'] as const;
export type OutputKind = (typeof outputKinds)[number];

export const spaceRoles = ['convenor', 'facilitator', 'rapporteur', 'expert', 'participant'] as const;
export type SpaceRole = (typeof spaceRoles)[number];

export type SpaceState = 'draft' | 'open' | 'closed';

/** What people write of a space and may change. */
export interface SpaceValues {
  readonly slug: string;
  readonly kind: SpaceKind;
  readonly title: Texts;
  readonly overview: Texts;
  /** Of its first title. */
  readonly language: string;
  /** Of its sessions, unless they say otherwise. */
  readonly timeZone: string;
  readonly mandate: Texts;
  readonly charter: Texts;
  readonly outputKind: OutputKind | undefined;
  readonly outputDueOn: PlainDate | undefined;
  readonly outputLink: string | undefined;
  readonly convenorTermMonths: number | undefined;
  readonly joining: 'open' | 'by-invitation';
}

export interface Space extends SpaceValues {
  readonly id: SpaceId;
  readonly state: SpaceState;
  readonly isTemplate: boolean;
  /** A paper adopted here (src/dialogue/papers). */
  readonly outputPaper: string | undefined;
  readonly openedOn: PlainDate | undefined;
  readonly revision: number;
}

export type OutputStanding = 'none-asked' | 'delivered' | 'due' | 'overdue';

/** A community that has nothing to show at its due date is shown as such. */
export function outputStanding(
  { outputDueOn, outputPaper, outputLink }: Pick<Space, 'outputDueOn' | 'outputPaper' | 'outputLink'>,
  today: PlainDate,
): OutputStanding {
  if (outputPaper !== undefined || outputLink !== undefined) return 'delivered';
  if (outputDueOn === undefined) return 'none-asked';
  return outputDueOn < today ? 'overdue' : 'due';
}

/** The day on which whoever convenes hands over; undefined when the role does not rotate. */
export function handOverOn(since: PlainDate, termMonths: number | undefined): PlainDate | undefined {
  if (termMonths === undefined) return undefined;
  const [year = 0, month = 0, day = 0] = since.split('-').map(Number);
  const months = year * 12 + month - 1 + termMonths;
  const [toYear, toMonth] = [Math.floor(months / 12), months % 12];
  // The 31st of a month that has no such day is its last.
  const lastDay = new Date(Date.UTC(toYear, toMonth + 1, 0)).getUTCDate();
  return new Date(Date.UTC(toYear, toMonth, Math.min(day, lastDay))).toISOString().slice(0, 10) as PlainDate;
}

export const slugForm = /^[a-z0-9][a-z0-9-]{0,79}$/;

/** Letters without their marks, words joined by hyphens. Empty when nothing of the title can stand in an address. */
export function slugOf(title: string): string {
  return title
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
    .replace(/-+$/, '');
}
