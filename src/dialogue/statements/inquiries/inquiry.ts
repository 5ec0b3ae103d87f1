import type { DialogueSessionId, InquiryId, SpaceId } from '../../../ids.ts';
import { addDays, type PlainDate } from '../../../period.ts';
import { instantOf } from '../../programme/when.ts';
import type { Texts } from '../../texts.ts';

/** `anyone` who gives a mailbox, also while it runs; `members` by the day it was opened; who takes part in the `space`. */
export const voterKinds = ['anyone', 'members', 'space'] as const;
export type VoterKind = (typeof voterKinds)[number];

/** Whether somebody looks at a statement before it is shown, or after. */
export const moderationKinds = ['before', 'after'] as const;
export type ModerationKind = (typeof moderationKinds)[number];

/** What people write of an inquiry and may change. */
export interface InquiryValues {
  readonly slug: string;
  readonly question: Texts;
  readonly introduction: Texts;
  /** Of its first question. */
  readonly language: string;
  /** In which statements are taken. */
  readonly languages: readonly string[];
  /** Votes are taken from the beginning of the first day to the end of the last. */
  readonly votesFrom: PlainDate;
  readonly closesOn: PlainDate;
  readonly voters: VoterKind;
  readonly moderation: ModerationKind;
  /** How many statements one person may write. */
  readonly statementsEach: number;
}

export interface Inquiry extends InquiryValues {
  readonly id: InquiryId;
  readonly space: SpaceId;
  readonly session: DialogueSessionId | undefined;
  readonly isChathamHouse: boolean;
  readonly timeZone: string;
  readonly state: 'draft' | 'open' | 'closed';
  readonly openedOn: PlainDate | undefined;
  readonly closedAt: Date | undefined;
  /** The account of whoever closed it, as its name is today. */
  readonly closedBy: string | undefined;
  readonly outcome: Texts;
  readonly revision: number;
}

/** `collecting`: statements, no votes yet. `over`: its last day has passed, and nobody has closed it so far. */
export const phases = ['draft', 'collecting', 'voting', 'over', 'closed'] as const;
export type Phase = (typeof phases)[number];

type Days = Pick<Inquiry, 'votesFrom' | 'closesOn' | 'timeZone'>;

const midnight = (day: PlainDate, timeZone: string): Date => instantOf({ localStart: `${day}T00:00`, timeZone });
export const votesStart = ({ votesFrom, timeZone }: Days): Date => midnight(votesFrom, timeZone);
export const votesEnd = ({ closesOn, timeZone }: Days): Date => midnight(addDays(closesOn, 1), timeZone);

export function phaseAt(inquiry: Pick<Inquiry, 'state'> & Days, at: Date): Phase {
  if (inquiry.state !== 'open') return inquiry.state;
  if (at < votesStart(inquiry)) return 'collecting';
  return at < votesEnd(inquiry) ? 'voting' : 'over';
}

/** Who may vote and how statements come in does not change once people have begun. */
export function changesRules(before: InquiryValues, after: InquiryValues): boolean {
  return (['voters', 'moderation', 'votesFrom', 'statementsEach'] as const).some(
    (rule) => before[rule] !== after[rule],
  );
}
