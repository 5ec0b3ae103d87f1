/** Open questions in words, for pages and the command line. */
import { isMessageKey, type Translate } from '../ui/locales.ts';
import type { Question } from './questions.ts';

/** One sentence for each kind. */
export function describeQuestion(t: Translate, { kind, details }: Pick<Question, 'kind' | 'details'>): string {
  const { reason, article } = details;
  const why = describeRefusal(t, typeof reason === 'string' ? reason : '', typeof article === 'string' ? article : '');
  return t(`observatory.question-${kind}`, { ...details, why });
}

/** Why something was not permitted, and by which article. Reasons without words of their own are shown as the code they are. */
export function describeRefusal(t: Translate, reason: string, article: string): string {
  const key = `exchange.reason-${reason}`;
  const words = isMessageKey(key) ? t(key) : reason;
  return article === ''
    ? words
    : `${t('observatory.terms-permitted', { article: article.replace(/^art-/, '') })}: ${words}`;
}
