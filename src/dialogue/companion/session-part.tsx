/** What the page of a session says of what happens, and happened, in it: the way in while it runs; afterwards floor time and notes. */
import { z } from 'zod';
import { Notice } from '../../ui/parts.tsx';
import { sessionPart, type SessionPart } from '../programme/session-parts.ts';
import { finishOf } from '../programme/sessions/session.ts';
import { mayChair, mayTakeNotes, takesPart } from '../programme/sessions/taking-part.ts';
import { isFloorOpen } from './actions.ts';
import { floorTimeAnswer, notesAnswer } from './answers.ts';
import { FloorTime, NotesText } from './pages.tsx';
import { describeNotes, readFloorTime } from './reading.ts';
import { findNotes } from './store.ts';

const wayIn = sessionPart({
  name: 'floor',
  place: 'before',
  content: z.object({ path: z.string(), isOpen: z.boolean() }),
  async describe(reading, { session, member, door }) {
    const { reader, house } = reading;
    const isOpen = isFloorOpen(session, house.clock.now());
    const writes = await mayTakeNotes(reader, reading, session, member);
    const isInside =
      writes ||
      (member !== undefined && (await takesPart(reader, session.id, member.id))) ||
      (await mayChair(reader, reading, session, member));
    return isInside && (isOpen || writes) ? { path: `${door}/floor`, isOpen } : null;
  },
  draw: ({ path, isOpen }, { t }) =>
    isOpen ? (
      <Notice title={t('companion.way-in-title')}>
        <p>{t('companion.way-in-lead')}</p>
        <p>
          <a class="button" href={path}>
            {t('companion.way-in')}
          </a>
        </p>
      </Notice>
    ) : (
      <p>
        <a href={path}>{t('companion.way-to-notes')}</a>
      </p>
    ),
});

const record = sessionPart({
  name: 'record',
  place: 'documentation',
  content: z.object({ notes: notesAnswer.nullable(), floorTime: floorTimeAnswer.nullable() }),
  async describe({ reader, house }, { session }) {
    // While it runs, the lines would tell turn by turn who speaks; those inside see them on their own page.
    if (house.clock.now() < finishOf(session)) return null;
    const held = await findNotes(reader, session.id);
    const notes = held?.publishedAt === undefined ? null : describeNotes(held);
    const floorTime = await readFloorTime(reader, session);
    return notes === null && floorTime === null ? null : { notes, floorTime };
  },
  draw: ({ notes, floorTime }, view) => (
    <>
      {notes === null ? null : <NotesText view={view} notes={notes} />}
      <FloorTime view={view} time={floorTime} />
    </>
  ),
});

export const companionParts: readonly SessionPart[] = [wayIn, record];
