import type { AccountId } from '../../../ids.ts';
import type { Content, Mapping } from '../import/mapping.ts';
import type { Counts } from '../import/take-in-reports.ts';

export type SubmissionKind = 'file' | 'form' | 'rumour' | 'message';
export type SubmissionState = 'waiting' | 'applied' | 'set-aside';

export interface Submission {
  readonly id: number;
  readonly kind: SubmissionKind;
  readonly content: Content | undefined;
  readonly state: SubmissionState;
  /** browser, command-line, or the channel that brought it. */
  readonly source: string;
  readonly receivedAt: Date;
  readonly knownAt: Date | undefined;
  readonly senderAccount: AccountId | undefined;
  /** The name of the account, else as the channel names the sender. */
  readonly sender: string | undefined;
  readonly mediaType: string;
  readonly fileName: string | undefined;
  readonly sizeBytes: number;
  readonly sha256: Buffer;
  /** As it was read; while it waits, as it was tried last. */
  readonly mapping: Mapping | undefined;
  readonly counts: Counts;
  readonly rejectionsSha256: Buffer | undefined;
}
