/** A programme as a table or a calendar brings it: sessions, each from one row or event. Pure. */
import { faultAt, type NamedRow, type RowFault } from '../../../network/members/named-rows.ts';
import { parseTimeZone } from '../../../time-zone.ts';
import { isLocale } from '../../../ui/locales.ts';
import type { ProgrammeRole, SessionValues } from '../sessions/session.ts';
import { slugForm, slugOf } from '../spaces/space.ts';
import { isLeftOut, parseWallClock } from '../when.ts';

export const programmeColumns = {
  title: ['session', 'titre', 'titulo', 'summary', 'العنوان'],
  date: ['day', 'datum', 'fecha', 'data', 'التاريخ'],
  time: ['start', 'heure', 'hora', 'beginning', 'الساعة'],
  time_zone: ['timezone', 'zone', 'fuseau horaire', 'zona horaria', 'fuso horario'],
  minutes: ['duration', 'length', 'duree', 'duracion', 'duracao'],
  overview: ['description', 'resume', 'resumen', 'resumo'],
  speakers: ['speaker', 'intervenants', 'ponentes', 'oradores'],
  language: ['lang', 'langue', 'idioma', 'lingua'],
  place: ['location', 'lieu', 'lugar', 'local'],
  link: ['meeting link', 'url', 'lien', 'enlace'],
  recording: ['recording link', 'enregistrement', 'grabacion', 'gravacao'],
  chatham_house: ['chatham', 'rule'],
  slug: [],
} as const;
export const requiredProgrammeColumns = ['title', 'date', 'time'] as const;
export const programmeLimits = { bytes: 2_000_000, rows: 1000 } as const;

export interface ImportedSession {
  readonly row: number;
  readonly values: SessionValues;
  /** Of an event, which keeps its own. */
  readonly uid: string | undefined;
  readonly isCancelled: boolean;
  /** Members by their address; of others only what they are called, which is not stored without their consent. */
  readonly speakers: readonly { readonly email: string; readonly role: ProgrammeRole }[];
  /** Names that are told and left out. */
  readonly unnamed: number;
}

export interface ImportDefaults {
  readonly timeZone: string;
  readonly language: string;
}

export interface ProgrammeReading {
  readonly sessions: readonly ImportedSession[];
  readonly faults: readonly RowFault[];
}

const clock = /^([01]?\d|2[0-3])[:.h]([0-5]\d)$/;
const truths = new Set(['yes', 'y', 'true', '1', 'x', 'oui', 'si', 'sí', 'sim', 'نعم']);

export function readProgrammeRows(rows: readonly NamedRow[], defaults: ImportDefaults): ProgrammeReading {
  const sessions: ImportedSession[] = [];
  const faults: RowFault[] = [];
  const slugs = new Set<string>();
  for (const row of rows) {
    const before = faults.length;
    const { cells } = row;
    const refuse = (column: keyof typeof programmeColumns, code: string): void =>
      void faults.push(faultAt(row, column, code));
    const { title = '' } = cells;
    if (title === '') refuse('title', 'required');
    else if (title.length > 200) refuse('title', 'too-long');
    const time = clock.exec(cells['time'] ?? '');
    if (!time) refuse('time', 'programme.time-form');
    const localStart =
      time && parseWallClock(`${cells['date'] ?? ''}T${(time[1] ?? '').padStart(2, '0')}:${time[2] ?? ''}`);
    if (time && localStart === undefined) refuse('date', 'date-form');
    const timeZone = parseTimeZone(cells['time_zone'] ?? defaults.timeZone);
    // An invented name is refused and not guessed at: an hour too early is worse than a question.
    if (timeZone === undefined) refuse('time_zone', 'members.time-zone-unknown');
    const minutes = Number(cells['minutes'] ?? '90');
    if (!Number.isInteger(minutes) || minutes < 5 || minutes > 10_080) refuse('minutes', 'not-a-whole-number');
    const language = cells['language']?.toLowerCase().split(/[-_]/)[0] ?? defaults.language;
    if (!isLocale(language)) refuse('language', 'not-a-choice');
    if ((cells['overview']?.length ?? 0) > 20_000) refuse('overview', 'too-long');
    for (const column of ['link', 'recording'] as const)
      if (cells[column] !== undefined && !isHttpLink(cells[column])) refuse(column, 'url-form');
    if (localStart && timeZone !== undefined && isLeftOut({ localStart, timeZone }))
      refuse('time', 'programme.time-left-out');
    const isChathamHouse = truths.has((cells['chatham_house'] ?? '').toLowerCase());
    if (isChathamHouse && cells['recording'] !== undefined) refuse('recording', 'programme.chatham-recording');
    const { speakers, unnamed, isWrong } = readSpeakers(cells['speakers'] ?? '');
    if (isWrong) refuse('speakers', 'too-long');
    if (isChathamHouse && (speakers.length > 0 || unnamed > 0)) refuse('speakers', 'programme.chatham-speakers');
    if (faults.length > before || localStart === undefined || localStart === null || timeZone === undefined) continue;
    const slug = freeSlug(cells['slug'] ?? slugOf(title), localStart, slugs);
    if (!slugForm.test(slug)) {
      refuse('slug', 'programme.slug-form');
      continue;
    }
    sessions.push({
      row: row.row,
      uid: undefined,
      isCancelled: false,
      speakers,
      unnamed,
      values: {
        ...blankSession,
        slug,
        title: { [language]: title },
        overview: cells['overview'] === undefined ? {} : { [language]: cells['overview'] },
        languages: cells['language'] === undefined ? [] : [language],
        localStart,
        timeZone,
        minutes,
        place: cells['place']?.slice(0, 300),
        meetingLink: cells['link'],
        recordingLink: cells['recording'],
        isChathamHouse,
      },
    });
  }
  return { sessions, faults };
}

export const blankSession = {
  place: undefined,
  meetingLink: undefined,
  joiningNotes: undefined,
  capacity: undefined,
  registration: 'open',
  isChathamHouse: false,
  openUntilDays: 14,
  recordingLink: undefined,
} as const;

/** Two sessions of one title are told apart by their day, and a title without letters of ours by its day alone. */
export function freeSlug(wished: string, localStart: string, taken: Set<string>): string {
  const day = localStart.slice(0, 10);
  const candidates = [wished, `${wished}-${day}`.replace(/^-+/, ''), `${day}-${localStart.slice(11).replace(':', '')}`];
  const slug = candidates.find((candidate) => candidate !== '' && !taken.has(candidate)) ?? `${day}-${taken.size + 1}`;
  taken.add(slug);
  return slug;
}

export function isHttpLink(text: string): boolean {
  return text.length <= 2000 && URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

const emailForm = /^[^\s@<>"]{1,64}@[^\s@<>"]{1,185}\.[^\s@<>".]{2,}$/;

/** Separated by semicolons or line breaks: an address, `Name <address>`, or a name alone. */
function readSpeakers(text: string): {
  readonly speakers: ImportedSession['speakers'];
  readonly unnamed: number;
  readonly isWrong: boolean;
} {
  const parts = text
    .split(/[;\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const addresses = parts.map((part) => /<([^>]+)>$/.exec(part)?.[1] ?? part).map((part) => part.toLowerCase());
  const emails = [...new Set(addresses.filter((address) => emailForm.test(address)))];
  return {
    speakers: emails.map((email) => ({ email, role: 'speaker' as const })),
    unnamed: addresses.filter((address) => !emailForm.test(address)).length,
    isWrong: parts.length > 100,
  };
}
