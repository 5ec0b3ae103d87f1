import type { InquiryId, MemberId, StatementId } from '../../../ids.ts';
import { plainName } from '../../../plain-name.ts';

export type StatementState = 'held' | 'shown' | 'hidden';

/** Why a statement is held or taken out. Words may follow; these are counted. */
export const reasons = [
  'names-a-person',
  'abusive',
  'off-topic',
  'said-already',
  'several-at-once',
  'not-understood',
  'other',
] as const;
export type Reason = (typeof reasons)[number];

/** The log says that these were taken out and why, but does not repeat the harm. */
export const unrepeated: ReadonlySet<Reason> = new Set(['names-a-person', 'abusive']);

export interface Statement {
  readonly id: StatementId;
  readonly inquiry: InquiryId;
  /** Given once and for good; people answer mails by it. */
  readonly number: number;
  readonly text: string;
  readonly language: string;
  /** Undefined: by whoever convenes, or under the Chatham House Rule. Never shown. */
  readonly author: MemberId | undefined;
  readonly isByConvenor: boolean;
  readonly state: StatementState;
  readonly submittedAt: Date;
}

/** One thought. What is longer mixes two, and does not fit a phone. */
export const longestStatement = 280;
/** Of one inquiry. */
export const mostStatements = 1000;

/** As it is kept: one line, without marks that turn the words around it. */
export const tidy = (text: string): string => plainName(text.normalize('NFC').replaceAll(/\s+/gu, ' '));

/** What two statements share that differ only in case, accents or punctuation. */
export function fingerprintOf(text: string): string {
  const plain = text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  // Signs alone are no words, but still not each other.
  return plain === '' ? text : plain;
}

export type Refusal = 'empty' | 'too-long' | 'language' | 'said-already' | 'enough' | 'full';
