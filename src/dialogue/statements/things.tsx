/** The questions of a space or session, on their pages. */
import { z } from 'zod';
import type { Caller } from '../../http/caller.ts';
import type { Reading } from '../../house.ts';
import { Words } from '../programme/parts.tsx';
import { sessionPart } from '../programme/session-parts.ts';
import { mayConvene } from '../programme/spaces/actions.ts';
import type { Space } from '../programme/spaces/space.ts';
import type { ThingSource } from '../programme/things.ts';
import { describeInquiry, inquirySummary } from './inquiries/answers.ts';
import { PhaseStatus } from './inquiries/parts.tsx';
import { listInquiries, type InquiryFilter } from './inquiries/store.ts';

const mostListed = 20;

/** Drafts for those who convene only. */
async function list(reading: Reading & Caller, { id }: Space, filter: Pick<InquiryFilter, 'session' | 'space'>) {
  const { reader, house, locale, party } = reading;
  const convenes = await mayConvene(reader, reading, id);
  const states = convenes ? (['draft', 'open', 'closed'] as const) : (['open', 'closed'] as const);
  const found = await listInquiries(reader, { ...filter, states, limit: mostListed });
  return found.map((inquiry) => describeInquiry(inquiry, party?.slug ?? '', locale, house.clock.now()));
}

export const inquiryThings: ThingSource = {
  heading: 'statements.inquiries',
  start: { label: 'statements.new-inquiry', path: 'inquiries/new' },
  list: async (reading, space) =>
    (await list(reading, space, { space: space.id })).map(({ question, path, phase }) => ({
      title: question,
      path,
      state: `statements.phase-${phase}` as const,
    })),
};

export const inquiryPart = sessionPart({
  name: 'inquiries',
  place: 'before',
  content: z.object({ inquiries: z.array(inquirySummary), start: z.string().nullable() }),
  async describe(reading, { space, session, path }) {
    const inquiries = await list(reading, space, { session: session.id });
    const start = (await mayConvene(reading.reader, reading, space.id))
      ? `${path.replace(/\/sessions\/[^/]+$/, '')}/inquiries/new?session=${session.slug}`
      : null;
    return inquiries.length === 0 && start === null ? null : { inquiries, start };
  },
  draw: ({ inquiries, start }, view) => (
    <>
      <h2>{view.t('statements.inquiries')}</h2>
      {inquiries.length === 0 ? null : (
        <ul>
          {inquiries.map((inquiry) => (
            <li>
              <a href={inquiry.path}>
                <Words view={view} said={inquiry.question} />
              </a>{' '}
              <PhaseStatus view={view} inquiry={inquiry} />
            </li>
          ))}
        </ul>
      )}
      {start === null ? null : (
        <p>
          <a href={start}>{view.t('statements.new-inquiry')}</a>
        </p>
      )}
    </>
  ),
});
