/** One sentence for each kind of open question, for pages and the command line. */
import type { Translate } from '../ui/locales.ts';
import type { Question } from './questions.ts';

export function describeQuestion(t: Translate, { kind, details }: Pick<Question, 'kind' | 'details'>): string {
  return t(`observatory.question-${kind}`, details);
}
