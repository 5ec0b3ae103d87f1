import type { AccountId, PartyId } from '../ids.ts';
import type { Digits, Locale, Translate } from './locales.ts';

export const roles = ['administrator', 'officer', 'reporter', 'delegate', 'observer', 'council'] as const;
export type Role = (typeof roles)[number];

/** Who is looking. Signed out: no account, no party, no roles. */
export interface Viewer {
  readonly account: { readonly id: AccountId; readonly email: string; readonly name: string } | undefined;
  /** The party the person works for in this session; a person may belong to several and switches between them. */
  readonly party: { readonly id: PartyId; readonly name: string; readonly slug: string } | undefined;
  readonly roles: ReadonlySet<Role>;
}

/** What a page needs to draw itself for one request, and nothing that could write. */
export interface View {
  readonly viewer: Viewer;
  readonly locale: Locale;
  readonly direction: 'ltr' | 'rtl';
  readonly t: Translate;
  /** Only Arabic asks; Latin digits when absent. */
  readonly digits?: Digits;
  /** IANA name. UTC when absent; wherever a time of day is shown, its zone is shown with it. */
  readonly timeZone?: string;
  /** Path and query of this page, for the language switch and for returning after sign-in. */
  readonly path: string;
  /** Goes into every form as a hidden field (see http/csrf.ts); empty when signed out. */
  readonly csrfToken: string;
  readonly now: Date;
  readonly nodeName: string;
}
