/** Before a session, those who come see whose voices were heard in this space so far: it is for them to change it. */
import { z } from 'zod';
import { spacePath } from '../programme/answers.ts';
import { sessionPart, type SessionPart } from '../programme/session-parts.ts';
import { finishOf } from '../programme/sessions/session.ts';
import { voicesAnswer } from './answers.ts';
import { DimensionTable, VoiceFigures } from './pages.tsx';
import { describeVoices } from './reading.ts';
import type { PowerSource } from './sources.ts';

export const equityPart = (sources: readonly PowerSource[]): SessionPart =>
  sessionPart({
    name: 'equal-power',
    place: 'before',
    content: z.object({ path: z.string(), voices: voicesAnswer }),
    async describe(reading, { session, space }) {
      if (session.state !== 'announced' || finishOf(session) <= reading.house.clock.now()) return null;
      const voices = await describeVoices(reading, sources, space);
      const slug = reading.party?.slug ?? '';
      return voices.sessions.counted === 0 ? null : { path: `${spacePath(slug, space.slug)}/equal-power`, voices };
    },
    draw({ path, voices }, view) {
      const { t } = view;
      const [first] = voices.dimensions;
      return (
        <>
          <h2>{t('equity.so-far')}</h2>
          <p>{t('equity.so-far-lead')}</p>
          <VoiceFigures view={view} voices={voices} />
          {first ? (
            <details>
              <summary>{t(`equity.by-${first.dimension}`)}</summary>
              <DimensionTable view={view} voices={voices} dimension={first} />
            </details>
          ) : null}
          <p>
            <a href={path}>{t('equity.whole')}</a>
          </p>
        </>
      );
    },
  });
