import {
  Actions,
  blankForm,
  Button,
  DateField,
  Form,
  HiddenField,
  NumberField,
  SelectField,
  TextareaField,
  TextField,
  type FormState,
} from '../../ui/forms.tsx';
import type { Page } from '../../ui/layout.tsx';
import { Notice } from '../../ui/parts.tsx';
import type { View } from '../../ui/view.ts';
import { confidences, consequences, likelihoods, riskScopes } from './risk-assessment.ts';
import { signalsCrumb } from './pages.tsx';

export function riskPage(
  view: View,
  signal: { readonly path: string; readonly title: string },
  form: FormState = blankForm(),
): Page {
  const { t } = view;
  return {
    title: t('signals.risk-title'),
    breadcrumbs: [signalsCrumb(view), { path: signal.path, label: signal.title }],
    body: (
      <>
        <p class="lead">{t('signals.risk-lead')}</p>
        <Notice tone="info">{t('signals.matrix-unchecked')}</Notice>
        <Form view={view} action={`${signal.path}/risk`} form={form}>
          <TextareaField
            view={view}
            form={form}
            name="question"
            label={t('signals.risk-question')}
            hint={t('signals.risk-question-hint')}
            rows={2}
            maxLength={500}
          />
          <TextareaField
            view={view}
            form={form}
            name="hazard"
            label={t('signals.hazard')}
            hint={t('signals.hazard-hint')}
            maxLength={4000}
          />
          <TextareaField
            view={view}
            form={form}
            name="exposure"
            label={t('signals.exposure')}
            hint={t('signals.exposure-hint')}
            maxLength={4000}
          />
          <TextareaField
            view={view}
            form={form}
            name="context"
            label={t('signals.context')}
            hint={t('signals.context-hint')}
            maxLength={4000}
          />
          {riskScopes.map((scope) => (
            <>
              <h2>{t(`signals.scope-${scope}`)}</h2>
              <SelectField
                view={view}
                form={form}
                name={`${scope}.likelihood`}
                label={t('signals.likelihood')}
                options={likelihoods.map((value) => ({ value, label: t(`signals.likelihood-${value}`) }))}
              />
              <SelectField
                view={view}
                form={form}
                name={`${scope}.consequence`}
                label={t('signals.consequence')}
                options={consequences.map((value) => ({ value, label: t(`signals.consequence-${value}`) }))}
              />
              <SelectField
                view={view}
                form={form}
                name={`${scope}.confidence`}
                label={t('signals.confidence')}
                options={confidences.map((value) => ({ value, label: t(`signals.confidence-${value}`) }))}
              />
            </>
          ))}
          <DateField view={view} form={form} name="reassessOn" label={t('signals.reassess-on')} optional />
          <Actions>
            <Button>{t('signals.save-assessment')}</Button>
          </Actions>
        </Form>
      </>
    ),
  };
}

export interface Choices {
  readonly indicators: readonly { readonly id: number; readonly name: string }[];
  readonly places: readonly { readonly id: number; readonly name: string }[];
}

export function recordPage(view: View, choices: Choices, form: FormState): Page {
  const { t } = view;
  const options = (items: Choices['places']) => items.map(({ id, name }) => ({ value: String(id), label: name }));
  return {
    title: t('signals.record'),
    breadcrumbs: [signalsCrumb(view)],
    body: (
      <>
        <p class="lead">{t('signals.record-lead')}</p>
        <Form view={view} action="/signals/new" form={form}>
          <HiddenField name="attempt" value={String(form.values['attempt'] ?? '')} />
          <TextareaField
            view={view}
            form={form}
            name="summary"
            label={t('signals.what-told')}
            hint={t('signals.what-told-hint')}
            maxLength={4000}
          />
          <SelectField
            view={view}
            form={form}
            name="place"
            label={t('signals.place')}
            options={options(choices.places)}
            optional
          />
          <SelectField
            view={view}
            form={form}
            name="indicator"
            label={t('signals.indicator')}
            options={options(choices.indicators)}
            optional
          />
          <Actions>
            <Button>{t('signals.record')}</Button>
          </Actions>
        </Form>
      </>
    ),
  };
}

export function capacityPage(view: View, form: FormState): Page {
  const { t } = view;
  return {
    title: t('signals.capacity'),
    breadcrumbs: [signalsCrumb(view)],
    body: (
      <>
        <p class="lead">{t('signals.capacity-lead')}</p>
        <Form view={view} action="/signals/capacity" form={form}>
          <TextField
            view={view}
            form={form}
            name="perWeek"
            label={t('signals.capacity-label')}
            hint={t('signals.capacity-hint')}
            width="short"
            optional
          />
          <NumberField
            view={view}
            form={form}
            name="falsePercent"
            label={t('signals.false-label')}
            hint={t('signals.false-hint')}
            decimals
            unit="%"
          />
          <Actions>
            <Button>{t('signals.save')}</Button>
          </Actions>
        </Form>
      </>
    ),
  };
}
