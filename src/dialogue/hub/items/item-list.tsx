import type { Child } from 'hono/jsx';
import type { PlainDate } from '../../../period.ts';
import { formatDate, formatInstant } from '../../../ui/format.ts';
import { Status } from '../../../ui/parts.tsx';
import { Name } from '../../../ui/text.tsx';
import type { View } from '../../../ui/view.ts';
import { Words } from '../../programme/parts.tsx';
import type { ItemAnswer } from './answers.ts';

const langOf = (view: View, item: ItemAnswer) => (item.language === view.locale ? undefined : item.language);

/** Under a heading of its own. */
export function ItemList(props: { readonly view: View; readonly items: readonly ItemAnswer[] }): Child {
  const { view, items } = props;
  const { t } = view;
  return items.map((item) => (
    <article class="act">
      <h3>
        <a href={item.path} lang={langOf(view, item)}>
          <Words view={view} said={{ language: item.language, text: item.title }} />
        </a>
      </h3>
      <p>
        <Status tone="neutral">{t(`hub.kind-${item.kind}`)}</Status>{' '}
        <small class="soft">
          <ItemLine view={view} item={item} />
        </small>
      </p>
      {item.body === '' ? null : (
        <p lang={langOf(view, item)} dir="auto">
          {shorten(item.body)}
        </p>
      )}
    </article>
  ));
}

/** When, and from whom. */
function ItemLine({ view, item }: { readonly view: View; readonly item: ItemAnswer }): Child {
  return (
    <>
      {item.time === null ? (
        item.publishedAt === null ? null : (
          <time datetime={item.publishedAt}>{formatDate(view, item.publishedAt.slice(0, 10) as PlainDate)}</time>
        )
      ) : (
        <ItemTime view={view} item={item} />
      )}
      {item.origin === null ? null : (
        <>
          {' · '}
          <Name>{item.origin.title}</Name>
        </>
      )}
    </>
  );
}

export function ItemTime({ view, item }: { readonly view: View; readonly item: ItemAnswer }): Child {
  if (item.time === null) return null;
  const { startsAt, timeZone } = item.time;
  return <time datetime={startsAt}>{formatInstant({ ...view, timeZone }, new Date(startsAt))}</time>;
}

const shownCharacters = 280;

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  if (line.length <= shownCharacters) return line;
  return `${line.slice(0, line.lastIndexOf(' ', shownCharacters)).trimEnd()} …`;
}
