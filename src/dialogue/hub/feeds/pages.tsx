import { networkPath } from '../../../network/members/section.tsx';
import type { Page } from '../../../ui/layout.tsx';
import { Code } from '../../../ui/parts.tsx';
import { Table } from '../../../ui/table.tsx';
import { Name } from '../../../ui/text.tsx';
import type { View } from '../../../ui/view.ts';
import { mediaTypeOf, type FeedForm } from './links.ts';
import type { FeedsAnswer } from './routes.tsx';

const names: Readonly<Record<FeedForm, string>> = { atom: 'Atom', rss: 'RSS', json: 'JSON Feed', ics: 'iCalendar' };

export function feedsPage(answer: FeedsAnswer, view: View): Page {
  const { t } = view;
  return {
    title: t('hub.feeds'),
    links: answer.networks.flatMap(({ name, feeds }) =>
      feeds.map(({ form, path }) => ({
        rel: 'alternate',
        type: mediaTypeOf[form],
        title: t(form === 'ics' ? 'hub.calendar-of' : 'hub.feed-of', { network: name }),
        href: path,
      })),
    ),
    body: (
      <>
        <p class="lead">{t('hub.feeds-lead')}</p>
        <Table
          view={view}
          id="feeds"
          caption={t('hub.feeds-caption')}
          rows={answer.networks}
          columns={[
            {
              key: 'name',
              header: t('hub.network'),
              cell: ({ slug, name }) => (
                <a href={networkPath(slug)}>
                  <Name>{name}</Name>
                </a>
              ),
            },
            {
              key: 'news',
              header: t('hub.feeds-news'),
              cell: ({ feeds }) => <FeedLinks feeds={feeds.filter(({ form }) => form !== 'ics')} />,
            },
            {
              key: 'calendar',
              header: t('hub.feeds-calendar'),
              cell: ({ feeds }) => <FeedLinks feeds={feeds.filter(({ form }) => form === 'ics')} />,
            },
          ]}
        />
        <h2>{t('hub.harvest')}</h2>
        <p>{t('hub.harvest-lead')}</p>
        <p>
          <Code>{answer.harvest}</Code>
        </p>
      </>
    ),
  };
}

function FeedLinks({ feeds }: { readonly feeds: FeedsAnswer['networks'][number]['feeds'] }) {
  return (
    <span dir="ltr">
      {feeds.map(({ form, path }, at) => (
        <>
          {at === 0 ? null : ' · '}
          <a href={path}>{names[form]}</a>
        </>
      ))}
    </span>
  );
}
