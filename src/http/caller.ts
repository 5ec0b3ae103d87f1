import type { Actor, Scope } from '../db/database.ts';
import type { AccountId, Did, PartyId } from '../ids.ts';
import type { Locale } from '../ui/locales.ts';
import type { Viewer } from '../ui/view.ts';

/** How somebody proved who they are. A bearer token is sent by a program on purpose, a session cookie by a browser unasked. */
export type Credential =
  | { readonly kind: 'none' }
  | { readonly kind: 'session'; readonly id: string; readonly token: string }
  | { readonly kind: 'bearer'; readonly id: string; readonly readOnly: boolean };

export interface Identity {
  readonly viewer: Viewer;
  readonly credential: Credential;
  /** The party the viewer works for. */
  readonly party?: PartyFacts;
  /** As the account says; the browser may ask for another. */
  readonly language?: string;
  readonly timeZone?: string;
}

/** Who asks, as every handler sees it beside its transaction. */
export interface Caller {
  readonly viewer: Viewer;
  readonly credential: Credential;
  readonly locale: Locale;
  readonly requestId: string;
  /** Asked from this very machine and not through a proxy. */
  readonly isLocal: boolean;
  /** What the browser says it is. */
  readonly userAgent: string;
  /** The party whose rows this transaction sees: the one in the path (`:party`), else the viewer's. */
  readonly party: PartyFacts | undefined;
}

export interface PartyFacts {
  readonly id: PartyId;
  readonly did: Did;
  readonly slug: string;
  readonly name: string;
}

/** What the pipeline asks of those who know people and parties. */
export interface Doorkeeper {
  /** An unknown, expired or revoked credential identifies nobody; a bearer token that identifies nobody is refused by the pipeline. */
  identify(credential: { readonly session?: string; readonly bearer?: string }): Promise<Identity>;
  /** A party hosted here. */
  findParty(slug: string): Promise<PartyFacts | undefined>;
  nodeName(): Promise<string>;
}

export const signedOut: Viewer = { account: undefined, party: undefined, roles: new Set() };
export const nobody: Identity = { viewer: signedOut, credential: { kind: 'none' } };

export function scopeOf(party: PartyFacts | undefined): Scope {
  return party ? { party: party.id } : 'node';
}

/** Someone signed out acts only where a door is open to anyone: sign-in, invitations. */
export function actorOf(account: { readonly id: AccountId } | undefined): Actor {
  return account ? { account: account.id } : { system: 'set-up' };
}
