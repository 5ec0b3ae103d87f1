import type { Translate } from '../../ui/locales.ts';
import type { AuthorAnswer } from './answers.ts';

/** Stands for the reason where somebody proposed by mail and gave none. */
export const noReason = '—';

/** `Amina (Health Watch)`, the network for its secretariat, "a former member" for whoever was erased. */
export function nameOfAuthorIn(t: Translate, network: string, { kind, name, onBehalfOf }: AuthorAnswer): string {
  const own = kind === 'secretariat' ? network : kind === 'former' ? t('papers.former-member') : (name ?? '');
  return onBehalfOf === null ? own : t('papers.on-behalf-of', { name: own, organisation: onBehalfOf });
}
