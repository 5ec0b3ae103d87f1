/** Whoever advises declares what could sway the advice: when the term begins, and again each year. Pure. */
import { addDays, type PlainDate } from '../../../period.ts';

export type DeclarationStanding = 'declared' | 'due' | 'overdue' | 'over';

/** Days after which a first declaration, or a new one, is overdue. */
const graceDays = 30;
const yearDays = 365;

export function declarationStanding(
  term: { readonly since: PlainDate; readonly until: PlainDate },
  declaredOn: PlainDate | undefined,
  today: PlainDate,
): DeclarationStanding {
  if (term.until < today) return 'over';
  const dueOn = declaredOn === undefined ? term.since : addDays(declaredOn, yearDays);
  if (today < dueOn) return 'declared';
  return today < addDays(dueOn, graceDays) ? 'due' : 'overdue';
}
