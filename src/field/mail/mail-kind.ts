/** What slices tell about the things that can be read and answered by plain mail. */
import type { Reading, Work } from '../../house.ts';
import type { PartyFacts } from '../../http/caller.ts';
import type { Member } from '../../network/members/member.ts';
import type { Locale, Translate } from '../../ui/locales.ts';

/** In which words, and where things of this network are read in a browser. */
export interface MailVoice {
  readonly party: PartyFacts;
  readonly locale: Locale;
  readonly t: Translate;
  /** Absolute, for paths of this node. */
  link(path: string): string;
}

/** Plain text; the same words make the HTML part. Paragraphs are separated by an empty line. */
export interface MailText {
  readonly subject: string;
  readonly text: string;
  readonly attachments?: readonly { readonly fileName: string; readonly mediaType: string; readonly content: string }[];
}

export interface Reply {
  /** Without quotes and signature, at most 50,000 characters; empty when nothing was said. */
  readonly words: string;
  readonly subject: string;
  /** Names of what was attached; attachments are not taken by mail. */
  readonly attachments: readonly string[];
}

export interface MailKind {
  /** Of the thing, as in mail keys: 'inquiry', 'decision' ... */
  readonly kind: string;
  /** Undefined when there is nothing to say any more: the thing is gone, or not for this member. Says how to answer. */
  compose(reading: Reading, voice: MailVoice, member: Member, thing: string): Promise<MailText | undefined>;
  /**
   * Does what the words say, in the transaction that keeps the mail, and returns the receipt. What is not understood changes nothing, and the
   * receipt says what can be written. A Problem thrown here undoes everything and is told to the member in words.
   */
  receive(work: Work, voice: MailVoice, member: Member, thing: string, reply: Reply): Promise<MailText>;
}
