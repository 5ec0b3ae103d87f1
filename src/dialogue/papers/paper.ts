import type { DecisionId, PaperId, SpaceId } from '../../ids.ts';

export const paperKinds = ['guideline', 'position-paper', 'joint-statement', 'recommendations'] as const;
export type PaperKind = (typeof paperKinds)[number];

/** `signing`: the text of a joint statement is closed, and it collects sign-ons until its deadline. */
export const paperStates = ['open', 'signing', 'published'] as const;
export type PaperState = (typeof paperStates)[number];

export interface Paper {
  readonly id: PaperId;
  readonly space: SpaceId;
  readonly slug: string;
  readonly kind: PaperKind;
  readonly title: string;
  /** Of its words: the language of record. */
  readonly language: string;
  readonly state: PaperState;
  /** The decision that has the text before the group: until it is made, no word changes. */
  readonly heldBy: DecisionId | undefined;
  /** By proposal: why it was not adopted, where the text itself holds no reason. */
  readonly answers: Readonly<Record<string, string>>;
  readonly signingUntil: Date | undefined;
  readonly openedAt: Date;
  readonly publishedAt: Date | undefined;
  readonly act: string | undefined;
}
