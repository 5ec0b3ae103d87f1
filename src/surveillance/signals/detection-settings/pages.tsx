import type { JSX } from 'hono/jsx/jsx-runtime';
import { z } from 'zod';
import {
  Actions,
  Button,
  CheckboxesField,
  Form,
  HiddenField,
  NumberField,
  RadiosField,
  type FormState,
} from '../../../ui/forms.tsx';
import type { Page } from '../../../ui/layout.tsx';
import { Notice, Status } from '../../../ui/parts.tsx';
import { Table } from '../../../ui/table.tsx';
import { Name } from '../../../ui/text.tsx';
import type { View } from '../../../ui/view.ts';
import { signalsCrumb } from '../pages.tsx';
import { isOptional, methodKindNames, methodKinds, type MethodField, type MethodKind } from './method-form.ts';

export const detectionAnswer = z.object({
  mayChange: z.boolean(),
  /** Series that have changed and wait to be looked at. */
  waiting: z.int(),
  indicators: z.array(
    z.object({
      id: z.int(),
      code: z.string(),
      name: z.string(),
      isImmediate: z.boolean(),
      /** How it will be watched as soon as something is reported; null once it has rules of its own. */
      byDefault: z.string().nullable(),
      rules: z.array(z.object({ id: z.uuid(), text: z.string(), isActive: z.boolean(), method: z.unknown() })),
    }),
  ),
});
type DetectionAnswer = z.output<typeof detectionAnswer>;

export const ruleAnswer = z.object({
  indicator: z.string(),
  path: z.string(),
  kind: z.enum(methodKindNames as readonly [MethodKind, ...MethodKind[]]).nullable(),
  values: z.record(z.string(), z.string()),
  isNew: z.boolean(),
  isActive: z.boolean(),
});
export type RuleAnswer = z.output<typeof ruleAnswer>;

export function detectionPage(answer: DetectionAnswer, view: View): Page {
  const { t } = view;
  return {
    title: t('signals.detection'),
    breadcrumbs: [signalsCrumb(view)],
    wide: true,
    body: (
      <>
        <p class="lead">{t('signals.detection-lead')}</p>
        {answer.waiting > 0 ? (
          <Notice tone="info">{t('signals.waiting-series', { count: answer.waiting })}</Notice>
        ) : null}
        <Table
          view={view}
          id="rules"
          caption={t('signals.detection-caption')}
          rows={answer.indicators}
          columns={[
            {
              key: 'name',
              header: t('signals.indicator'),
              cell: ({ name, isImmediate }) => (
                <>
                  <Name>{name}</Name> {isImmediate ? <Status tone="danger">{t('signals.immediate')}</Status> : null}
                </>
              ),
            },
            {
              key: 'rules',
              header: t('signals.rule'),
              cell: (indicator) => <Rules view={view} indicator={indicator} mayChange={answer.mayChange} />,
            },
          ]}
        />
      </>
    ),
  };
}

function Rules(props: {
  readonly view: View;
  readonly indicator: DetectionAnswer['indicators'][number];
  readonly mayChange: boolean;
}): JSX.Element {
  const { view, indicator, mayChange } = props;
  const { t } = view;
  return (
    <>
      {indicator.byDefault === null ? null : (
        <p>
          {indicator.byDefault} <Status tone="neutral">{t('signals.by-default')}</Status>
        </p>
      )}
      {indicator.rules.map(({ id, text, isActive }) => (
        <p>
          {mayChange ? <a href={`/detection/rules/${id}`}>{text}</a> : text}{' '}
          {isActive ? null : <Status tone="ended">{t('signals.switched-off')}</Status>}
        </p>
      ))}
      {mayChange ? (
        <p>
          <a href={`/detection/${indicator.id}/add`}>{t('signals.add-rule')}</a>
        </p>
      ) : null}
    </>
  );
}

export function methodPage(view: View, answer: RuleAnswer, form: FormState): Page {
  const { t } = view;
  const crumbs = [signalsCrumb(view), { path: '/detection', label: t('signals.detection') }];
  const { kind } = answer;
  if (kind === null)
    return {
      title: t('signals.add-rule-to', { indicator: answer.indicator }),
      breadcrumbs: crumbs,
      body: (
        <>
          <p class="lead">{t('signals.choose-kind')}</p>
          <ul>
            {methodKindNames.map((name) => (
              <li>
                <a href={`${answer.path}?kind=${name}`}>{t(`signals.kind-${name}`)}</a>
                <br />
                <small>{t(`signals.kind-hint-${name}`)}</small>
              </li>
            ))}
          </ul>
        </>
      ),
    };
  return {
    title: t('signals.rule-for', { indicator: answer.indicator }),
    breadcrumbs: crumbs,
    body: (
      <>
        <p class="lead">{t(`signals.kind-${kind}`)}</p>
        <p>{t(`signals.kind-hint-${kind}`)}</p>
        <Form view={view} action={answer.path} form={form}>
          <HiddenField name="kind" value={kind} />
          {methodKinds[kind].map((field) => (
            <MethodInput view={view} form={form} kind={kind} field={field} />
          ))}
          {answer.isNew ? null : (
            <CheckboxesField
              view={view}
              form={form}
              name="isActive"
              label={t('signals.is-active')}
              options={[{ value: 'true', label: t('signals.is-active-yes') }]}
            />
          )}
          <Actions>
            <Button>{t('signals.save')}</Button>
          </Actions>
        </Form>
      </>
    ),
  };
}

const decimals: readonly MethodField[] = ['alpha', 'minSigma', 'factor', 'share', 'deviations', 'ratePer100k'];

function MethodInput(props: {
  readonly view: View;
  readonly form: FormState;
  readonly kind: MethodKind;
  readonly field: MethodField;
}): JSX.Element {
  const { view, form, kind, field } = props;
  const { t } = view;
  if (field === 'compare')
    return (
      <RadiosField
        view={view}
        form={form}
        name="compare"
        label={t('signals.field-compare')}
        options={(['at-least', 'more-than'] as const).map((value) => ({ value, label: t(`signals.compare-${value}`) }))}
      />
    );
  return (
    <NumberField
      view={view}
      form={form}
      name={field}
      label={t(`signals.field-${field}`)}
      decimals={decimals.includes(field)}
      optional={isOptional(kind, field)}
    />
  );
}
