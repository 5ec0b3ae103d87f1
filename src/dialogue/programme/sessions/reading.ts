import { z } from 'zod';
import type { Caller } from '../../../http/caller.ts';
import type { Reader } from '../../../db/database.ts';
import type { Reading } from '../../../house.ts';
import { networkFacts } from '../../../network/members/answers.ts';
import { findMember, type Member } from '../../../network/members/member.ts';
import { networkFactsOf } from '../../../network/members/section.tsx';
import { plainDateAt } from '../../../period.ts';
import { problem } from '../../../problem.ts';
import { inLanguage, saidSchema } from '../../texts.ts';
import { describeSession, describeSpace, sessionPath, sessionSummary, spaceSummary, zoneAnswer } from '../answers.ts';
import { listReferencesOf } from '../references/reading.ts';
import { referenceAnswer } from '../references/answers.ts';
import { describeParts, partsAnswer, type SessionPart } from '../session-parts.ts';
import { getVisibleSpace, mayConvene, mayDocument } from '../spaces/actions.ts';
import type { Space } from '../spaces/space.ts';
import { zoneFor } from '../zone.ts';
import { listMaterials } from './materials.ts';
import { attendanceModes, finishOf, programmeRoles, type DialogueSession } from './session.ts';
import * as store from './store.ts';

const programmePerson = z.object({
  id: z.string(),
  name: z.string(),
  affiliation: z.string().nullable(),
  about: z.string().nullable(),
  inputLink: z.string().nullable(),
  role: z.enum(programmeRoles),
});

export const sessionAnswer = z.object({
  network: networkFacts,
  zone: zoneAnswer,
  space: spaceSummary,
  session: sessionSummary,
  overview: saidSchema.nullable(),
  programme: z.array(programmePerson),
  materials: z.array(
    z.object({ id: z.string(), title: z.string(), language: z.string().nullable(), link: z.string().nullable() }),
  ),
  recordingLink: z.string().nullable(),
  /** Null while the reader is not registered. */
  joining: z.object({ link: z.string().nullable(), notes: z.string().nullable() }).nullable(),
  /** Who took part and agreed to being reached by the others; for those who took part. */
  contacts: z.array(z.object({ name: z.string(), affiliation: z.string().nullable(), email: z.string() })),
  references: z.array(referenceAnswer),
  /** What other slices have of this session. */
  parts: partsAnswer,
  registeredCount: z.int().nullable(),
  places: z.int().nullable(),
  own: z.object({
    isMember: z.boolean(),
    registered: z.enum(attendanceModes).nullable(),
    mayRegister: z.boolean(),
    mayContribute: z.boolean(),
    mayConvene: z.boolean(),
    mayDocument: z.boolean(),
  }),
});
export type SessionAnswer = z.output<typeof sessionAnswer>;

/** A session that is no draft, of a space that is no draft; or either, for those who write it. */
export async function getVisibleSession(
  reader: Reader,
  caller: Pick<Caller, 'viewer' | 'party'>,
  spaceSlug: string,
  slug: string,
): Promise<{ readonly space: Space; readonly session: DialogueSession }> {
  const space = await getVisibleSpace(reader, caller, spaceSlug);
  const session = await store.findSessionBySlug(reader, space.id, slug);
  if (!session || (session.state === 'draft' && !(await mayConvene(reader, caller, space.id))))
    throw problem.notFound({ what: 'session' });
  return { space, session };
}

export async function describeSessionPage(
  reading: Reading & Caller,
  parts: readonly SessionPart[],
  spaceSlug: string,
  slug: string,
  zone: string | undefined,
): Promise<SessionAnswer> {
  const { space, session } = await getVisibleSession(reading.reader, reading, spaceSlug, slug);
  const member = await findMember(reading.reader, reading);
  return describeFor(reading, parts, space, session, member, await zoneFor(reading, zone));
}

/** As this member sees it, who came by her account or by the key from a mail. */
export async function describeFor(
  reading: Reading & Caller,
  parts: readonly SessionPart[],
  space: Space,
  session: DialogueSession,
  member: Member | undefined,
  zone: string | null,
  door?: string,
): Promise<SessionAnswer> {
  const { reader, house, locale } = reading;
  const now = house.clock.now();
  const network = networkFactsOf(reading);
  const documents = await mayDocument(reader, reading, space.id);
  const registered = member && (await store.findInRole(reader, session.id, member.id, 'registered'));
  const isInside = registered !== undefined || documents;
  const path = sessionPath(network.slug, space.slug, session.slug);
  const programme = await store.listSessionPeople(reader, session.id, programmeRoles, 100);
  const count = await store.countInRole(reader, session.id, 'registered');
  const summary = describeSession(session, path, locale, space.language, now);
  const isOpen = session.state === 'announced' && space.state !== 'draft';
  return {
    network,
    zone,
    space: describeSpace(space, network.slug, locale, plainDateAt(now, 'UTC')),
    session: summary,
    overview: inLanguage(session.overview, locale, space.language) ?? null,
    programme: programme.map((person) => ({
      id: person.id,
      name: person.name,
      affiliation: person.affiliation ?? null,
      about: person.about ?? null,
      inputLink: person.inputLink ?? null,
      role: person.role as z.output<typeof programmePerson>['role'],
    })),
    materials: (await listMaterials(reader, session.id)).map(({ id, title, language, link }) => ({
      id,
      title,
      language: language ?? null,
      link: link ?? null,
    })),
    recordingLink: session.recordingLink ?? null,
    joining: isInside ? { link: session.meetingLink ?? null, notes: session.joiningNotes ?? null } : null,
    contacts: isInside ? await listContacts(reader, session) : [],
    references: await listReferencesOf(reading, { session: session.id }, documents),
    parts: await describeParts(parts, reading, { space, session, path, door: door ?? path, member }),
    registeredCount: documents ? count : null,
    places: session.capacity === undefined ? null : Math.max(0, session.capacity - count),
    own: {
      isMember: member !== undefined,
      registered: registered ? (registered.mode ?? 'remote') : null,
      mayRegister: isOpen && session.registration !== 'closed' && finishOf(session) > now,
      mayContribute: isOpen && member !== undefined && summary.phase !== 'closed',
      mayConvene: await mayConvene(reader, reading, space.id),
      mayDocument: documents,
    },
  };
}

/** More than anybody reads; a list of thousands is no list of contacts. */
const contactsShown = 200;

/** Under the Chatham House Rule nobody learns who was there. */
async function listContacts(reader: Reader, session: DialogueSession): Promise<SessionAnswer['contacts']> {
  if (session.isChathamHouse) return [];
  const contacts = await store.listContacts(reader, session.id, contactsShown);
  return contacts.map(({ name, affiliation, email }) => ({ name, affiliation: affiliation ?? null, email }));
}
