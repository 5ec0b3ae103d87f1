import type { ThingSource } from '../programme/things.ts';
import { paperPath } from './answers.ts';
import { findSpeaker, maySee } from './speaker.ts';
import { listPapers } from './store.ts';

/** The papers of a space, on its page. */
export const paperThings: ThingSource = {
  heading: 'papers.papers',
  start: { label: 'papers.new', path: 'papers/new' },
  async list(reading, space) {
    const speaker = await findSpeaker(reading.reader, reading, space);
    const papers = await listPapers(reading.reader, space.id);
    return papers
      .filter(({ state }) => maySee(space, state === 'open', speaker))
      .map(({ slug, title, language, state }) => ({
        title: { language, text: title },
        path: paperPath(reading.party?.slug ?? '', slug),
        state: `papers.state-${state}` as const,
      }));
  },
};
