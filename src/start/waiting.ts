/** What waits for one person. Each slice says what of its own does; the start page puts it in order. */
import type { Caller } from '../http/caller.ts';
import type { Reading } from '../house.ts';

export interface WaitingItem {
  readonly title: string;
  readonly path: string;
  /** One line: why it waits. */
  readonly detail: string;
  /** When it has to be done; undefined: as soon as somebody can. */
  readonly due: Date | undefined;
}

export interface WaitingGroup {
  /** Stable, for programs. */
  readonly code: string;
  readonly title: string;
  /** The most urgent first. */
  readonly items: readonly WaitingItem[];
  /** How many there are in all, and where. */
  readonly total: number;
  readonly path: string;
  /** Groups with a smaller number come first. */
  readonly order: number;
}

/** Empty when nothing waits, or nothing for this person. */
export type WaitingSource = (reading: Reading & Caller) => Promise<readonly WaitingGroup[]>;

/** A start page is read at a glance; the rest is one link away. */
export const mostItems = 6;
