/**
 * The form in which a text is drafted. Articles and the rules for systems beside them are added one at a time by a button that sends what was typed and
 * draws the form again, so that nothing here needs a script; judged is only what is put forward.
 */
import type { JSX } from 'hono/jsx/jsx-runtime';
import {
  Actions,
  Button,
  CheckboxesField,
  DateField,
  Form,
  HiddenField,
  NumberField,
  SelectField,
  TextareaField,
  TextField,
  type FormState,
  type Option,
} from '../ui/forms.tsx';
import type { Page } from '../ui/layout.tsx';
import { languageNames, locales } from '../ui/locales.ts';
import { Columns } from '../ui/parts.tsx';
import type { View } from '../ui/view.ts';
import { contents } from './document.ts';
import { blankTermValues } from './draft.ts';
import { forbiddenPurposes } from './floor.ts';
import { purposes } from './purposes.ts';

export interface DraftFormAnswer {
  readonly action: string;
  readonly heading: 'form-new' | 'form-revise' | 'form-amend';
  /** The version that was on the table when the form was opened; empty for a new agreement. */
  readonly base: string;
  readonly parties: readonly { readonly did: string; readonly name: string }[];
  readonly keepers: readonly { readonly did: string; readonly name: string }[];
}

export function draftFormPage(answer: DraftFormAnswer, form: FormState, view: View): Page {
  const { t } = view;
  const options = (names: DraftFormAnswer['parties']) => names.map(({ did, name }) => ({ value: did, label: name }));
  const parties = options(answer.parties);
  const again = `${answer.action}/draft`;
  const articles = Math.max(1, countOf(form, 'articles'));
  return {
    title: t(`agreement.${answer.heading}`),
    breadcrumbs: [{ path: '/agreements', label: t('agreement.title') }],
    body: (
      <Form view={view} action={answer.action} form={form}>
        {/* The Enter key presses the first button of a form: it must not put a text forward that is still being written. */}
        <button hidden formaction={again} name="add" value="" />
        {answer.base === '' ? null : <HiddenField name="base" value={answer.base} />}
        <TextField view={view} form={form} name="title" label={t('agreement.field-title')} />
        <SelectField
          view={view}
          form={form}
          name="language"
          label={t('agreement.field-language')}
          options={locales.map((locale) => ({ value: locale, label: languageNames[locale] }))}
        />
        <CheckboxesField
          view={view}
          form={form}
          name="parties"
          label={t('agreement.field-parties')}
          hint={t('agreement.hint-parties')}
          options={parties}
        />
        {/* Called, not set as elements: the summary of errors finds its labels among the elements. */}
        {Array.from({ length: articles }, (_, index) => articleFields({ view, form, index, parties, again }))}
        <p>
          <Button kind="secondary" name="add" value="articles" action={`${again}#f-articles.${articles}.heading`}>
            {t('agreement.add-article')}
          </Button>
        </p>
        <h2>{t('agreement.rule-title')}</h2>
        <NumberField view={view} form={form} name="consents" label={t('agreement.field-consents')} />
        <Columns>
          <DateField view={view} form={form} name="notBefore" label={t('agreement.field-not-before')} optional />
          <NumberField view={view} form={form} name="delayDays" label={t('agreement.field-delay')} />
        </Columns>
        <h2>{t('agreement.rest-title')}</h2>
        <NumberField view={view} form={form} name="withdrawalNoticeDays" label={t('agreement.field-notice')} />
        <SelectField
          view={view}
          form={form}
          name="assurance"
          label={t('agreement.field-assurance')}
          options={(['session', 'person-key', 'passkey'] as const).map((value) => ({
            value,
            label: t(`agreement.assurance-option-${value}`),
          }))}
        />
        <CheckboxesField
          view={view}
          form={form}
          name="keepers"
          label={t('agreement.field-keepers')}
          hint={t('agreement.hint-keepers')}
          options={options(answer.keepers)}
        />
        <NumberField view={view} form={form} name="k" label={t('agreement.field-k')} />
        <Actions>
          <Button>{t('agreement.propose')}</Button>
        </Actions>
      </Form>
    ),
  };
}

/** How many items of a list the form holds: one more than the highest number among its fields. */
function countOf(form: FormState, list: string): number {
  const numbers = Object.keys(form.values).flatMap((name) =>
    name.startsWith(`${list}.`) ? [Number.parseInt(name.slice(list.length + 1), 10)] : [],
  );
  return Math.max(-1, ...numbers) + 1;
}

interface FieldsProps {
  readonly view: View;
  readonly form: FormState;
  readonly parties: readonly Option[];
  /** Where a button sends the form to have it drawn again. */
  readonly again: string;
}

function articleFields({ view, form, index, parties, again }: FieldsProps & { readonly index: number }): JSX.Element {
  const { t } = view;
  const base = `articles.${index}`;
  const terms = Math.max(1, countOf(form, `${base}.terms`));
  const field = (name: string) => ({ view, form, name: `${base}.${name}` });
  return (
    <fieldset class="part">
      <legend>
        <h2>{t('agreement.article-number', { number: index + 1 })}</h2>
      </legend>
      {index === 0 ? null : <p class="hint">{t('agreement.article-empty')}</p>}
      <TextField {...field('heading')} label={t('agreement.field-heading')} />
      <TextareaField {...field('text')} label={t('agreement.field-text')} />
      {Array.from({ length: terms }, (_, term) =>
        termFields({ view, form, parties, again, term: `${base}.terms.${term}`, isFirst: term === 0 }),
      )}
      <p class="more">
        <Button
          kind="secondary"
          name="add"
          value={`${base}.terms`}
          action={`${again}#f-${base}.terms.${terms}.content`}
        >
          {t('agreement.add-term')}
        </Button>
      </p>
    </fieldset>
  );
}

/** What kind of rule comes first. Its details are not shown while the article is left to people; that needs no script (style.css). */
function termFields(props: FieldsProps & { readonly term: string; readonly isFirst: boolean }): JSX.Element {
  const { view, form: given, parties, term, isFirst } = props;
  const { t } = view;
  const form = { ...given, values: { ...blankTermValues(term), ...given.values } };
  const field = (name: string) => ({ view, form, name: `${term}.${name}` });
  const anyone = (label: string) => [{ value: 'any', label }, ...parties];
  const isForPeople = form.values[`${term}.content`] === 'people';
  const isWrong = form.errors.some(({ path }) => path.startsWith(`${term}.`));
  return (
    <div class="term">
      <SelectField
        {...field('content')}
        label={t(isFirst ? 'agreement.field-content' : 'agreement.field-content-also')}
        options={(['people', ...contents] as const).map((value) => ({ value, label: t(`agreement.content-${value}`) }))}
      />
      <details open={!isForPeople || isWrong}>
        <summary>{t('agreement.term-details')}</summary>
        <Columns>
          <SelectField
            {...field('effect')}
            label={t('agreement.field-effect')}
            options={(['permit', 'forbid'] as const).map((value) => ({ value, label: t(`agreement.effect-${value}`) }))}
          />
          <SelectField
            {...field('every')}
            label={t('agreement.field-every')}
            options={(['week', 'day', 'month', 'once'] as const).map((value) => ({
              value,
              label: t(`agreement.every-${value}`),
            }))}
          />
          <SelectField
            {...field('from')}
            label={t('agreement.field-from')}
            options={anyone(t('agreement.each-party'))}
          />
          <SelectField {...field('to')} label={t('agreement.field-to')} options={anyone(t('agreement.each-other'))} />
        </Columns>
        <TextField
          {...field('indicators')}
          label={t('agreement.field-indicators')}
          hint={`${t('agreement.hint-indicators')} ${t('agreement.one-indicator-hint')}`}
          optional
        />
        <CheckboxesField
          {...field('purposes')}
          label={t('agreement.field-purposes')}
          options={purposes
            .filter((purpose) => !forbiddenPurposes.has(purpose))
            .map((purpose) => ({ value: purpose, label: t(`agreement.purpose-${purpose}`) }))}
        />
        <Columns>
          <NumberField {...field('finestLevel')} label={t('agreement.field-level')} hint={t('agreement.hint-level')} />
          <NumberField
            {...field('minimumCount')}
            label={t('agreement.field-minimum')}
            hint={t('agreement.hint-minimum')}
          />
        </Columns>
        <DateField {...field('until')} label={t('agreement.field-until')} optional />
      </details>
    </div>
  );
}
