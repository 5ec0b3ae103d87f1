/** What the pages and the JSON of the programme say of spaces and sessions. */
import { z } from 'zod';

import { networkPath } from '../../network/members/section.tsx';
import type { PlainDate } from '../../period.ts';
import { inLanguage, saidSchema, type Texts } from '../texts.ts';
import { finishOf, openUntil, phaseAt, registrations, startOf, type DialogueSession } from './sessions/session.ts';
import { outputKinds, outputStanding, spaceKinds, type Space } from './spaces/space.ts';

export const spacePath = (party: string, slug: string): string => `${networkPath(party)}/spaces/${slug}`;
export const sessionPath = (party: string, space: string, slug: string): string =>
  `${spacePath(party, space)}/sessions/${slug}`;

export const spaceSummary = z.object({
  path: z.string(),
  kind: z.enum(spaceKinds),
  title: saidSchema,
  overview: saidSchema.nullable(),
  state: z.enum(['draft', 'open', 'closed']),
  isTemplate: z.boolean(),
  openedOn: z.iso.date().nullable(),
  output: z.object({
    kind: z.enum(outputKinds).nullable(),
    dueOn: z.iso.date().nullable(),
    standing: z.enum(['none-asked', 'delivered', 'due', 'overdue']),
    link: z.string().nullable(),
  }),
});
export type SpaceSummary = z.output<typeof spaceSummary>;

const said = (texts: Texts, locale: string, own: string) => inLanguage(texts, locale, own) ?? null;

export function describeSpace(space: Space, party: string, locale: string, today: PlainDate): SpaceSummary {
  return {
    path: spacePath(party, space.slug),
    kind: space.kind,
    title: said(space.title, locale, space.language) ?? { language: space.language, text: space.slug },
    overview: said(space.overview, locale, space.language),
    state: space.state,
    isTemplate: space.isTemplate,
    openedOn: space.openedOn ?? null,
    output: {
      kind: space.outputKind ?? null,
      dueOn: space.outputDueOn ?? null,
      standing: outputStanding(space, today),
      link:
        space.outputLink ??
        (space.outputPaper === undefined ? null : `${networkPath(party)}/papers/${space.outputPaper}`),
    },
  };
}

export const sessionSummary = z.object({
  path: z.string(),
  title: saidSchema,
  /** As announced: the time on the wall, and whose wall. */
  localStart: z.string(),
  timeZone: z.string(),
  startsAt: z.iso.datetime(),
  endsAt: z.iso.datetime(),
  minutes: z.int(),
  openUntil: z.iso.datetime(),
  phase: z.enum(['coming', 'running', 'open', 'closed']),
  state: z.enum(['draft', 'announced', 'cancelled']),
  registration: z.enum(registrations),
  isChathamHouse: z.boolean(),
  languages: z.array(z.string()),
  place: z.string().nullable(),
});
export type SessionSummary = z.output<typeof sessionSummary>;

export function describeSession(
  session: DialogueSession,
  path: string,
  locale: string,
  language: string,
  at: Date,
): SessionSummary {
  return {
    path,
    title: said(session.title, locale, language) ?? { language, text: session.slug },
    localStart: session.localStart,
    timeZone: session.timeZone,
    startsAt: startOf(session).toISOString(),
    endsAt: finishOf(session).toISOString(),
    minutes: session.minutes,
    openUntil: openUntil(session).toISOString(),
    phase: phaseAt(session, at),
    state: session.state,
    registration: session.registration,
    isChathamHouse: session.isChathamHouse,
    languages: [...session.languages],
    place: session.place ?? null,
  };
}

/** The reader's zone: asked for in the address, else the member's own. Null: as the account says, or nothing is known. */
export const zoneAnswer = z.string().nullable();
