/** What slices tell the digests: what is new for members, and how each of it is answered. */
import type { Reading } from '../../../house.ts';
import type { MemberId } from '../../../ids.ts';
import type { Member } from '../../../network/members/member.ts';
import type { Thing } from '../../../network/members/mail-keys.ts';
import type { MailVoice } from '../mail-kind.ts';

export interface DigestReader {
  readonly member: Member;
  readonly voice: MailVoice;
  /** What happened later is new. */
  readonly since: Date;
}

/** One round: who reads it at the same hour hears up to the same instant. */
export interface DigestRound {
  readonly at: Date;
  /** What ends or begins between these two is brought to mind now: a day is left, and the next digest would come too late. */
  readonly remindFrom: Date;
  readonly remindUntil: Date;
}

/** In the order in which they stand in the mail. */
export const digestSections = ['decisions', 'statements', 'papers', 'sessions', 'answers'] as const;
export type DigestSection = (typeof digestSections)[number];

export interface DigestEntry {
  readonly section: DigestSection;
  /** Said once above entries that follow each other: the question, the title of the paper. */
  readonly under?: string;
  readonly text: string;
  /** Whose kind of mail takes the answer. */
  readonly thing: Thing;
  /** What of the thing is meant: the number of a statement, the name of a proposal. */
  readonly ref?: string;
  /** A mail about the thing that went to the member at this time or later has told it already. */
  readonly newAt?: Date;
}

export interface DigestSource {
  readonly name: string;
  /** For many readers at once, in a number of queries that does not grow with them. */
  list(
    reading: Reading,
    readers: readonly DigestReader[],
    round: DigestRound,
  ): Promise<ReadonlyMap<MemberId, readonly DigestEntry[]>>;
  /** The answer in the words that the thing's kind of mail takes; without it, as it was written. */
  phrase?(ref: string, words: string): string;
}

/** By member, for sources to fill. */
export function collector(): {
  readonly entries: ReadonlyMap<MemberId, readonly DigestEntry[]>;
  add(member: MemberId, entry: DigestEntry): void;
} {
  const entries = new Map<MemberId, DigestEntry[]>();
  return {
    entries,
    add(member, entry) {
      const held = entries.get(member);
      if (held) held.push(entry);
      else entries.set(member, [entry]);
    },
  };
}

/** The earliest moment that is new for any of them. */
export const earliestOf = (readers: readonly DigestReader[]): Date =>
  new Date(Math.min(...readers.map(({ since }) => since.getTime())));
