/** What reference managers read from a page: COinS in lists (ocoins.info, OpenURL 1.0 in KEV), Highwire's citation_ names in the head of one work's page. */
import type { HeadEntry } from '../../../ui/layout.tsx';
import type { ReferenceAnswer } from './answers.ts';
import type { Csl } from './csl.ts';

const nameOf = (author: NonNullable<Csl['author']>[number]): string =>
  'literal' in author ? author.literal : [author.family, author.given].filter((part) => part !== undefined).join(', ');

const yearOf = (csl: Csl): string | undefined => csl.issued?.['date-parts'][0][0]?.toString();

export function coinsOf({ csl, title, link }: ReferenceAnswer): string {
  const isBook = csl.type === 'book' || csl.type === 'report' || csl.type === 'chapter';
  const isArticle = csl.type === 'article-journal';
  const format = isArticle ? 'journal' : isBook ? 'book' : 'dc';
  const pairs: [string, string | undefined][] = [
    ['ctx_ver', 'Z39.88-2004'],
    ['rft_val_fmt', `info:ofi/fmt:kev:mtx:${format}`],
    ...(isArticle ? [['rft.genre', 'article'] as [string, string]] : []),
    [isArticle ? 'rft.atitle' : isBook ? 'rft.btitle' : 'rft.title', title],
    ['rft.jtitle', csl['container-title']],
    ['rft.date', yearOf(csl)],
    ['rft.pub', csl.publisher],
    ['rft.isbn', csl.ISBN],
    ...(csl.author ?? []).map(
      (author) => [isArticle || isBook ? 'rft.au' : 'rft.creator', nameOf(author)] as [string, string],
    ),
    ['rft_id', csl.DOI === undefined ? undefined : `info:doi/${csl.DOI}`],
    ['rft_id', csl.PMID === undefined ? undefined : `info:pmid/${csl.PMID}`],
    [format === 'dc' ? 'rft.identifier' : 'rft_id', link ?? undefined],
  ];
  return pairs
    .flatMap(([name, value]) =>
      value === undefined ? [] : [`${encodeURIComponent(name)}=${encodeURIComponent(value)}`],
    )
    .join('&');
}

export function metaOf({ csl, title, link }: ReferenceAnswer): readonly HeadEntry[] {
  const entries: readonly (readonly [string, string | undefined])[] = [
    ['citation_title', title],
    ...(csl.author ?? []).map((author) => ['citation_author', nameOf(author)] as const),
    ['citation_publication_date', yearOf(csl)],
    ['citation_journal_title', csl['container-title']],
    ['citation_publisher', csl.publisher],
    ['citation_doi', csl.DOI],
    ['citation_pmid', csl.PMID],
    ['citation_isbn', csl.ISBN],
    ['citation_technical_report_number', csl.type === 'report' ? csl.number : undefined],
    ['citation_language', csl.language],
    ['citation_public_url', link ?? undefined],
  ];
  return entries.flatMap(([name, content]) => (content === undefined ? [] : [{ name, content }]));
}
