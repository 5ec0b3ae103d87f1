/**
 * The story that a demonstration tells on the start page of each of its nodes: seven steps, each a link to the page where one sees it. The
 * demonstration writes it to a file once everything in it has happened, and the nodes read it; no other node has one.
 */
import { readFileSync } from 'node:fs';
import type { JSX } from 'hono/jsx/jsx-runtime';
import { z } from 'zod';
import { isPurpose } from '../agreement/purposes.ts';
import { parsePeriod } from '../period.ts';
import { formatPeriod } from '../ui/format.ts';
import type { View } from '../ui/view.ts';
import { diseases } from './diseases.ts';
import { Notice } from '../ui/parts.tsx';
import { Name, Text } from '../ui/text.tsx';

export const storySteps = ['silent', 'signal', 'verified', 'warning', 'community', 'refused', 'observatory'] as const;
export type StoryStep = (typeof storySteps)[number];

export const storySchema = z.object({
  password: z.string(),
  nodes: z.array(z.object({ name: z.string(), url: z.url() })),
  steps: z.array(
    z.object({
      step: z.enum(storySteps),
      /** On whichever node one sees it. */
      url: z.url(),
      /** Whom to sign in as there; null: anyone may look. */
      as: z.object({ name: z.string(), email: z.string() }).nullable(),
      /** What the sentence of the step names; `indicator`, `period` and `purpose` as codes. */
      values: z.record(z.string(), z.union([z.string(), z.number()])),
    }),
  ),
});
export type Story = z.output<typeof storySchema>;

/** Undefined on every node that is not part of a demonstration, and while one is still being prepared. */
export function findStory(file: string | undefined): Story | undefined {
  if (file === undefined) return undefined;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return storySchema.parse(JSON.parse(text));
}

/** The values of a step, in the language of whoever reads. */
export function valuesFor(
  view: Pick<View, 'locale' | 't'>,
  { values }: Story['steps'][number],
): Readonly<Record<string, string | number>> {
  const { locale, t } = view;
  const read: Record<string, (code: string) => string> = {
    indicator: (code) => diseases.find((disease) => disease.code === code)?.names[locale] ?? code,
    period: (label) => {
      const { value } = parsePeriod('iso-week', label);
      return value ? formatPeriod(view, value) : label;
    },
    purpose: (code) => (isPurpose(code) ? t(`agreement.purpose-${code}`) : code),
  };
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' ? (read[name]?.(value) ?? value) : value,
    ]),
  );
}

export function StoryBanner({ story, view }: { readonly story: Story; readonly view: View }): JSX.Element {
  const { t } = view;
  return (
    <section class="story" aria-labelledby="story">
      <h2 id="story">{t('demo.title')}</h2>
      <p>{t('demo.lead')}</p>
      <ol>
        {story.steps.map((told) => {
          const { step, url, as } = told;
          return (
            <li>
              <a href={url}>{t(`demo.step-${step}`)}</a>
              <br />
              {t(`demo.tell-${step}`, valuesFor(view, told))}
              {as === null ? null : (
                <>
                  <br />
                  <small>
                    <Text
                      view={view}
                      id="demo.sign-in-as"
                      values={{ name: <Name>{as.name}</Name>, email: <code dir="ltr">{as.email}</code> }}
                    />
                  </small>
                </>
              )}
            </li>
          );
        })}
      </ol>
      <Notice tone="warn">
        <p>
          <Text view={view} id="demo.password" values={{ password: <code dir="ltr">{story.password}</code> }} />{' '}
          {t('demo.only-here')}
        </p>
      </Notice>
    </section>
  );
}
