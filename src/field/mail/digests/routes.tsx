/** A digest in a browser, by the key of its mail: the same numbers, each leading to the page that the thing's own mail would have led to. */
import { z } from 'zod';
import type { Caller } from '../../../http/caller.ts';
import { read, write, type Endpoint } from '../../../http/endpoint.ts';
import type { Reader } from '../../../db/database.ts';
import { keyPath, mailKeyFor } from '../../../network/members/mail-keys.ts';
import { keyParams, openKey } from '../../../network/members/opened-key.ts';
import { networkCrumbs, networkFactsOf } from '../../../network/members/section.tsx';
import { networkFacts } from '../../../network/members/answers.ts';
import { problem } from '../../../problem.ts';
import { ButtonForm } from '../../../ui/forms.tsx';
import type { Page } from '../../../ui/layout.tsx';
import type { View } from '../../../ui/view.ts';
import { findDigest, type NumberedThing } from './store.ts';

const path = '/p/:party/k/:key/digest';

async function findThings(reader: Reader, key: string, now: Date) {
  const { member, thing } = await openKey(reader, key, now, 'digest');
  const things = await findDigest(reader, thing.id, member.id);
  if (!things) throw problem.notFound({ what: 'digest' });
  return { member, things };
}

const digestAnswer = z.object({
  network: networkFacts,
  path: z.string(),
  things: z.array(z.object({ number: z.int(), title: z.string() })),
});

const show = read({
  path,
  summary: 'What a digest that came by mail told of, by number',
  for: 'anyone',
  params: keyParams,
  answer: digestAnswer,
  async handle(reading, { params }) {
    const { things } = await findThings(reading.reader, params.key, reading.house.clock.now());
    const network = networkFactsOf(reading);
    return {
      network,
      path: `${keyPath(network.slug, params.key)}/digest`,
      things: things.map(({ title }, at) => ({ number: at + 1, title })),
    };
  },
  page: digestPage,
});

function digestPage(answer: z.output<typeof digestAnswer>, view: View): Page {
  const { t } = view;
  return {
    title: t('mail.digest-title'),
    breadcrumbs: networkCrumbs(answer.network),
    body: (
      <>
        <p class="lead">{t('mail.digest-page-lead')}</p>
        <ol>
          {answer.things.map(({ number, title }) => (
            <li>
              <p dir="auto">{title}</p>
              <ButtonForm
                view={view}
                action={`${answer.path}/${number}`}
                label={t('mail.digest-open', { number: String(number) })}
              />
            </li>
          ))}
        </ol>
        <p class="hint">{t('mail.digest-rhythm')}</p>
      </>
    ),
  };
}

const open = write({
  path: `${path}/:number`,
  summary: 'Gives the bearer of a digest’s key the key of one thing in it, as a mail about it would',
  for: 'anyone',
  params: keyParams.extend({ number: z.string().regex(/^\d{1,3}$/) }),
  body: z.object({}),
  answer: z.object({ path: z.string() }),
  async handle(work, { params }) {
    const { member, things } = await findThings(work.tx.db, params.key, work.tx.now);
    const thing: NumberedThing | undefined = things[Number(params.number) - 1];
    if (!thing) throw problem.notFound({ what: 'digest' });
    const key = await mailKeyFor(work, member.id, { kind: thing.kind, id: thing.id });
    return { path: `${keyPath(slugOf(work), key)}/${thing.kind}` };
  },
  then: (answer) => answer.path,
});

const slugOf = ({ party }: Caller): string => party?.slug ?? '';

export const digestEndpoints: readonly Endpoint[] = [show, open];
