/** Whose words a paper carries, by person and by constituency. */
import type { Child } from 'hono/jsx';
import { formatNumber, formatPercent } from '../../ui/format.ts';
import { Table } from '../../ui/table.tsx';
import { Name } from '../../ui/text.tsx';
import type { View } from '../../ui/view.ts';
import type { PaperAnswer } from './answers.ts';
import { nameOfAuthor } from './parts.tsx';

export function Credit({ view, answer }: { readonly view: View; readonly answer: PaperAnswer }): Child {
  const { t } = view;
  const { credit, network, uptake } = answer;
  const all = credit.reduce((sum, { words }) => sum + words, 0);
  const shown = uptake.filter(({ people }) => people !== null && people > 0);
  return (
    <>
      <h2>{t('papers.credit')}</h2>
      <Table
        view={view}
        id="credit"
        caption={t('papers.credit-caption')}
        columns={[
          {
            key: 'author',
            header: t('papers.whose'),
            cell: ({ author, source }) => (
              <>
                <Name>{nameOfAuthor(view, network, author)}</Name>
                {source === null ? null : <small class="soft"> {source}</small>}
              </>
            ),
          },
          {
            key: 'words',
            header: t('papers.words'),
            numeric: true,
            cell: ({ words }) => formatNumber(view, Math.round(words)),
          },
          {
            key: 'share',
            header: t('papers.share'),
            numeric: true,
            cell: ({ words }) => formatPercent(view, all === 0 ? 0 : words / all),
          },
        ]}
        rows={credit}
      />
      {shown.length === 0 ? (
        <p class="hint">{t('papers.uptake-hidden')}</p>
      ) : (
        <Table
          view={view}
          id="uptake"
          caption={t('papers.uptake')}
          columns={[
            {
              key: 'constituency',
              header: t('members.constituency'),
              cell: ({ constituency }) => t(`network.kind-${constituency}`),
            },
            {
              key: 'people',
              header: t('papers.people'),
              numeric: true,
              cell: ({ people }) => formatNumber(view, people ?? 0),
            },
          ]}
          rows={shown}
        />
      )}
      {shown.length > 0 && shown.length < uptake.length ? <p class="hint">{t('papers.uptake-hint')}</p> : null}
    </>
  );
}
