/**
 * Two people edit one thing at once. The second is refused with `text-has-moved-on` and gets back everything typed, beside what was saved meanwhile;
 * sending again is then a decision and not an accident.
 */
import type { Child } from 'hono/jsx';
import type { Attempt } from '../../http/endpoint.ts';
import { problem } from '../../problem.ts';
import type { FormState } from '../../ui/forms.tsx';
import { Facts, Notice } from '../../ui/parts.tsx';
import type { View } from '../../ui/view.ts';

export const hasMovedOn = (attempt: Attempt<unknown>): boolean => attempt.problem.code === problem.textHasMovedOn.code;

/** What was typed, now on top of what is saved. */
export function rebase(attempt: Attempt<unknown>, revision: number): FormState {
  const { form } = attempt;
  return hasMovedOn(attempt) ? { ...form, values: { ...form.values, base: String(revision) } } : form;
}

export interface SavedField {
  readonly name: string;
  readonly label: string;
  readonly value: string;
}

/** Only the fields in which the two differ. */
export function SavedMeanwhile(props: {
  readonly view: View;
  readonly form: FormState;
  readonly saved: readonly SavedField[];
}): Child {
  const { view, form, saved } = props;
  const differing = saved.filter(({ name, value }) => name in form.values && (form.values[name] ?? '') !== value);
  if (differing.length === 0) return null;
  return (
    <Notice tone="warn" title={view.t('members.saved-meanwhile')}>
      <Facts
        facts={differing.map(({ label, value }) => ({
          label,
          value: <span dir="auto">{value === '' ? view.t('members.none-said') : value}</span>,
        }))}
      />
    </Notice>
  );
}
