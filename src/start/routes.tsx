import { z } from 'zod';
import type { JSX } from 'hono/jsx/jsx-runtime';
import { partyKinds } from '../acts/spine-types.ts';
import { findStory, storySchema, StoryBanner } from '../demo/story.tsx';
import { read, type Endpoint } from '../http/endpoint.ts';
import { Age, Status } from '../ui/parts.tsx';
import { Name } from '../ui/text.tsx';
import type { MessageKey } from '../ui/locales.ts';
import type { View } from '../ui/view.ts';
import type { Page } from '../ui/layout.tsx';
import { findNodeFacts } from './store.ts';
import { mostItems, type WaitingGroup, type WaitingSource } from './waiting.ts';

const kind = z.enum(partyKinds);

const startAnswer = z.object({
  signedIn: z.boolean(),
  /** Null before set-up. */
  node: z
    .object({
      name: z.string(),
      kind,
      address: z.string(),
      entries: z.int(),
      pairedNodes: z.int(),
      hosted: z.array(z.object({ name: z.string(), slug: z.string(), kind, isOperator: z.boolean() })),
    })
    .nullable(),
  /** How much waits for whoever asks, and what. */
  total: z.int(),
  groups: z.array(
    z.object({
      code: z.string(),
      title: z.string(),
      total: z.int(),
      path: z.string(),
      items: z.array(
        z.object({ title: z.string(), path: z.string(), detail: z.string(), due: z.iso.datetime().nullable() }),
      ),
    }),
  ),
  /** Only on a node that is part of a demonstration. */
  story: storySchema.nullable(),
});
type StartAnswer = z.output<typeof startAnswer>;
type NodeAnswer = NonNullable<StartAnswer['node']>;

/** `/`: what waits for whoever is looking. Signed out, what this node is, whose, and what anyone can do here. */
export function startEndpoint(sources: readonly WaitingSource[]): Endpoint {
  return read({
    path: '/',
    summary: 'What waits for whoever asks; signed out, what this node is',
    for: 'anyone',
    answer: startAnswer,
    async handle(reading) {
      const { house, reader, viewer } = reading;
      const facts = await findNodeFacts(reader);
      const groups: WaitingGroup[] = [];
      if (viewer.account) for (const source of sources) groups.push(...(await source(reading)));
      const waiting = groups.filter(({ total }) => total > 0).toSorted((a, b) => a.order - b.order);
      return {
        signedIn: viewer.account !== undefined,
        node: facts ? { ...facts, address: house.config.publicUrl, hosted: [...facts.hosted] } : null,
        total: waiting.reduce((sum, { total }) => sum + total, 0),
        groups: waiting.map(({ code, title, total, path, items }) => ({
          code,
          title,
          total,
          path,
          items: items.slice(0, mostItems).map((item) => ({ ...item, due: item.due?.toISOString() ?? null })),
        })),
        story: findStory(house.config.demoStoryFile) ?? null,
      };
    },
    page: startPage,
  });
}

function startPage(answer: StartAnswer, view: View): Page {
  const { signedIn, node, story } = answer;
  const banner = story && <StoryBanner story={story} view={view} />;
  if (!node) return notSetUpPage(signedIn, view);
  if (!signedIn)
    return {
      title: view.nodeName,
      body: (
        <>
          <NodeLead node={node} view={view} />
          {banner}
          <PublicPlaces node={node} view={view} />
        </>
      ),
    };
  return {
    title: view.t('start.title'),
    body: (
      <>
        <p class="lead">
          {answer.total === 0 ? view.t('start.nothing') : view.t('start.waiting', { count: answer.total })}
        </p>
        <Waiting groups={answer.groups} view={view} />
        <ForCommunity view={view} />
        {banner}
      </>
    ),
  };
}

function NodeLead({ node, view }: { readonly node: NodeAnswer; readonly view: View }): JSX.Element {
  const { t } = view;
  return (
    <>
      <p class="lead">{t('start.whose', { name: node.name, kind: t(`network.kind-${node.kind}`) })}</p>
      <p>{t('start.what')}</p>
    </>
  );
}

interface Place {
  readonly path: string;
  readonly title: MessageKey;
  readonly text: string;
}

function PublicPlaces({ node, view }: { readonly node: NodeAnswer; readonly view: View }): JSX.Element {
  const { t } = view;
  const places: readonly Place[] = [
    { path: '/agreements', title: 'start.agreements', text: t('start.agreements-text') },
    { path: '/log', title: 'start.log', text: t('start.log-text', { count: node.entries }) },
    { path: '/network', title: 'start.network', text: t('start.network-text', { count: node.pairedNodes }) },
    { path: '/observatory', title: 'start.observatory', text: t('start.observatory-text') },
  ];
  return (
    <>
      <h2>{t('start.anyone')}</h2>
      <ul class="places">
        {places.map(({ path, title, text }) => (
          <li>
            <a href={path}>{t(title)}</a>
            <br />
            {text}
          </li>
        ))}
      </ul>
      <h2>{t('start.rumour')}</h2>
      <p>{t('start.rumour-text')}</p>
      <ul>
        {node.hosted.map(({ slug, name }) => (
          <li>
            <a href={`/p/${slug}/rumour`}>
              <Name>{name}</Name>
            </a>
          </li>
        ))}
      </ul>
      <h2>{t('start.people')}</h2>
      <p>{t('start.people-text')}</p>
      <p>
        <a class="button" href="/sign-in">
          {t('common.sign-in')}
        </a>
      </p>
    </>
  );
}

function notSetUpPage(signedIn: boolean, view: View): Page {
  const { t } = view;
  const steps = ['account', 'party', 'data', 'peers'] as const;
  return {
    title: t('start.new-title'),
    body: (
      <>
        <p class="lead">{t('start.new-lead')}</p>
        {signedIn ? (
          <p>
            <a class="button" href="/set-up">
              {t('start.new-go')}
            </a>
          </p>
        ) : null}
        <h2>{t('start.new-how')}</h2>
        <ol>
          {steps.map((step) => (
            <li>{t(`start.new-${step}`)}</li>
          ))}
        </ol>
        {signedIn ? null : (
          <p>
            <a href="/sign-in">{t('start.new-has-account')}</a>
          </p>
        )}
      </>
    ),
  };
}

function Waiting({ groups, view }: { readonly groups: StartAnswer['groups']; readonly view: View }): JSX.Element {
  return (
    <>
      {groups.map(({ code, title, total, path, items }) => (
        <section id={code}>
          <h2>{title}</h2>
          <ul class="waiting">
            {items.map((item) => (
              <li>
                <a href={item.path}>
                  <Name>{item.title}</Name>
                </a>{' '}
                {item.due === null ? null : <Due view={view} due={new Date(item.due)} />}
                <br />
                <small>{item.detail}</small>
              </li>
            ))}
          </ul>
          {total > items.length ? (
            <p>
              <a href={path}>{view.t('start.more', { count: total - items.length })}</a>
            </p>
          ) : null}
        </section>
      ))}
    </>
  );
}

/** What a council comes for, whether something waits or not. */
function ForCommunity({ view }: { readonly view: View }): JSX.Element | null {
  const { party, roles } = view.viewer;
  if (!party || !roles.has('council')) return null;
  return (
    <ul class="places">
      <li>
        <a href={`/p/${party.slug}/data`}>{view.t('start.community-data')}</a>
      </li>
      <li>
        <a href="/community/answers">{view.t('start.community-answers')}</a>
      </li>
    </ul>
  );
}

function Due({ view, due }: { readonly view: View; readonly due: Date }): JSX.Element {
  const isLate = due.getTime() < view.now.getTime();
  return (
    <Status tone={isLate ? 'danger' : 'waiting'}>
      {view.t(isLate ? 'start.was-due' : 'start.due')} <Age view={view} at={due} />
    </Status>
  );
}
