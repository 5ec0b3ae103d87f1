import { networkCrumbs, networkPath, NetworkRooms } from '../../../network/members/section.tsx';
import type { PlainDate } from '../../../period.ts';
import { formatDate } from '../../../ui/format.ts';
import { Button, SearchForm, SelectField, TextField } from '../../../ui/forms.tsx';
import type { Page } from '../../../ui/layout.tsx';
import { Pager, Status } from '../../../ui/parts.tsx';
import { Name } from '../../../ui/text.tsx';
import type { View } from '../../../ui/view.ts';
import { Words } from '../../programme/parts.tsx';
import type { SearchAnswer, SearchQuery } from './routes.tsx';
import { foundKinds } from './store.ts';

export function searchPage(answer: SearchAnswer, view: View, query: SearchQuery): Page {
  const { t } = view;
  const { network, found } = answer;
  const form = { values: { q: query.q ?? '', kind: query.kind ?? '' }, errors: [] };
  return {
    title: t('hub.search'),
    breadcrumbs: network ? networkCrumbs(network) : [],
    body: (
      <>
        {network ? <NetworkRooms view={view} network={network} /> : null}
        <SearchForm view={view} action={network ? `${networkPath(network.slug)}/search` : '/search'} form={form}>
          <TextField
            view={view}
            form={form}
            name="q"
            type="search"
            label={t('hub.search-words')}
            hint={t('hub.search-hint')}
            maxLength={300}
          />
          <SelectField
            view={view}
            form={form}
            name="kind"
            label={t('hub.search-in')}
            options={[
              { value: '', label: t('hub.all') },
              ...foundKinds.map((kind) => ({ value: kind, label: t(`hub.found-${kind}`) })),
            ]}
          />
          <Button>{t('hub.search')}</Button>
        </SearchForm>
        {query.q ? <h2>{t('hub.results')}</h2> : null}
        {query.q && found.length === 0 ? <p role="status">{t('hub.found-nothing')}</p> : null}
        {found.map((one) => (
          <article class="act">
            <h3>
              <a href={one.path}>
                <Words view={view} said={one.title} />
              </a>
            </h3>
            <p>
              <Status tone="neutral">{t(`hub.found-${one.kind}`)}</Status>{' '}
              <small class="soft">
                {network ? null : <Name>{one.network}</Name>}
                {network || one.at === null ? null : ' · '}
                {one.at === null ? null : formatDate(view, one.at.slice(0, 10) as PlainDate)}
              </small>
            </p>
            {one.body === null ? null : (
              <p lang={one.body.language === view.locale ? undefined : one.body.language} dir="auto">
                {shorten(one.body.text)}
              </p>
            )}
          </article>
        ))}
        <Pager view={view} query="page" next={answer.next ?? undefined} />
        {network ? (
          <p>
            <a href={`/search?${new URLSearchParams({ q: query.q ?? '' }).toString()}`}>{t('hub.search-node')}</a>
          </p>
        ) : null}
      </>
    ),
  };
}

const shownCharacters = 240;

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  if (line.length <= shownCharacters) return line;
  return `${line.slice(0, line.lastIndexOf(' ', shownCharacters)).trimEnd()} …`;
}
