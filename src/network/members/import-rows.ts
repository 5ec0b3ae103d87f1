/** A list of members as a file brings it. Pure: what is known already is told. */
import { partyKinds, type PartyKind } from '../../acts/spine-types.ts';
import { parseTimeZone } from '../../time-zone.ts';
import { isLocale } from '../../ui/locales.ts';
import { isCountry } from './countries.ts';
import { emailSchema } from './entry-form.tsx';
import { digests, type Digest } from './member.ts';
import { faultAt, type NamedRow, type RowFault } from './named-rows.ts';

/** What a header may call each column. No column gives a consent: that is the person's own to give. */
export const memberColumns = {
  name: ['full name', 'nom', 'nombre', 'nome', 'الاسم'],
  email: ['e-mail', 'mail', 'courriel', 'correo', 'correio'],
  organisation: ['organization', 'institution', 'organizacion', 'organizacao'],
  constituency: ['kind', 'sector', 'secteur'],
  country: ['country code', 'pays', 'pais'],
  language: ['lang', 'langue', 'idioma', 'lingua'],
  time_zone: ['timezone', 'zone', 'fuseau horaire', 'zona horaria', 'fuso horario'],
  digest: ['rhythm'],
  about: ['bio', 'biography'],
} as const;
export const requiredMemberColumns = ['name', 'email'] as const;

export const memberTableLimits = { bytes: 20_000_000, rows: 60_000 } as const;

export interface MemberRow {
  readonly row: number;
  readonly name: string;
  readonly email: string;
  readonly organisation: string | undefined;
  readonly constituency: PartyKind;
  readonly country: string | undefined;
  readonly language: string;
  readonly timeZone: string;
  readonly digest: Digest;
  readonly about: string | undefined;
}

/** For rows that do not say. */
export interface MemberDefaults {
  readonly language: string;
  readonly timeZone: string;
  readonly constituency: PartyKind | undefined;
}

const isKind = (text: string): text is PartyKind => (partyKinds as readonly string[]).includes(text);
const isDigest = (text: string): text is Digest => (digests as readonly string[]).includes(text);

export function readMemberRows(
  rows: readonly NamedRow[],
  defaults: MemberDefaults,
  /** Kinds of organisations that are known, by their names in lower case. */
  organisations: ReadonlyMap<string, PartyKind>,
): { readonly members: readonly MemberRow[]; readonly faults: readonly RowFault[] } {
  const members: MemberRow[] = [];
  const faults: RowFault[] = [];
  const seen = new Set<string>();
  for (const row of rows) {
    const before = faults.length;
    const refuse = (column: keyof typeof memberColumns, code: string): void =>
      void faults.push(faultAt(row, column, code));
    const { cells } = row;
    const email = emailSchema.safeParse(cells['email'] ?? '');
    if (cells['name'] === undefined) refuse('name', 'required');
    else if (cells['name'].length > 200) refuse('name', 'too-long');
    if (!email.success) refuse('email', cells['email'] === undefined ? 'required' : 'email-form');
    else if (seen.has(email.data)) refuse('email', 'repeated');
    else seen.add(email.data);
    const known = organisations.get((cells['organisation'] ?? '').toLowerCase());
    const constituency =
      known ?? cells['constituency']?.toLowerCase().replaceAll(/[ _]+/g, '-') ?? defaults.constituency;
    if (constituency === undefined) refuse('constituency', 'required');
    else if (!isKind(constituency)) refuse('constituency', 'not-a-choice');
    const country = cells['country']?.toUpperCase();
    if (country !== undefined && !isCountry(country)) refuse('country', 'not-a-choice');
    const language = cells['language']?.toLowerCase().split(/[-_]/)[0] ?? defaults.language;
    if (!isLocale(language)) refuse('language', 'not-a-choice');
    const timeZone = cells['time_zone'] === undefined ? defaults.timeZone : parseTimeZone(cells['time_zone']);
    if (timeZone === undefined) refuse('time_zone', 'members.time-zone-unknown');
    const digest = cells['digest']?.toLowerCase() ?? 'weekly';
    if (!isDigest(digest)) refuse('digest', 'not-a-choice');
    if ((cells['organisation']?.length ?? 0) > 200) refuse('organisation', 'too-long');
    if ((cells['about']?.length ?? 0) > 2000) refuse('about', 'too-long');
    if (faults.length > before || !email.success || timeZone === undefined || !isDigest(digest)) continue;
    if (constituency === undefined || !isKind(constituency)) continue;
    members.push({
      row: row.row,
      name: cells['name'] ?? '',
      email: email.data,
      organisation: cells['organisation'],
      constituency,
      country,
      language,
      timeZone,
      digest,
      about: cells['about'],
    });
  }
  return { members, faults };
}
