import type { Child } from 'hono/jsx';
import { CheckboxesField, SelectField, TextareaField, type FormState } from '../../../ui/forms.tsx';
import type { View } from '../../../ui/view.ts';
import { nameOfLanguage } from '../statement/parts.tsx';
import { longestStatement } from '../statement/statement.ts';

export function StatementFields(props: {
  readonly view: View;
  readonly form: FormState;
  readonly languages: readonly string[];
}): Child {
  const { view, form, languages } = props;
  const { t } = view;
  return (
    <>
      <TextareaField
        view={view}
        form={form}
        name="text"
        label={t('statements.your-statement')}
        hint={t('statements.statement-hint', { count: longestStatement })}
        rows={3}
        maxLength={longestStatement}
      />
      <SelectField
        view={view}
        form={form}
        name="language"
        label={t('statements.in-language')}
        options={languages.map((value) => ({ value, label: nameOfLanguage(value) }))}
      />
      <CheckboxesField
        view={view}
        form={form}
        name="namesPerson"
        label={t('statements.names-person-label')}
        optional
        options={[{ value: 'on', label: t('statements.names-person'), hint: t('statements.names-person-hint') }]}
      />
    </>
  );
}
