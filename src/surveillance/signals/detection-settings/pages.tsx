import { methodSettings, type Setting } from '@reciproca/detect/method';
import { populationComparisons } from '@reciproca/detect/rules';
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
  SelectField,
  TextField,
  type FormState,
} from '../../../ui/forms.tsx';
import type { Page } from '../../../ui/layout.tsx';
import { Notice, Status } from '../../../ui/parts.tsx';
import { Table } from '../../../ui/table.tsx';
import { Name } from '../../../ui/text.tsx';
import type { View } from '../../../ui/view.ts';
import { signalsCrumb } from '../pages.tsx';
import {
  isOptional,
  isRuleKind,
  methodKindNames,
  ruleKindNames,
  ruleKinds,
  statistics,
  type MethodKind,
  type RuleField,
  type RuleKind,
  type Statistic,
} from './method-form.ts';

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
        <p>
          <a href="/workbench">{t('workbench.title')}</a>
          <br />
          <a href="/detection/import">{t('rules.title')}</a>
        </p>
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
          <h2>{t('methods.rules')}</h2>
          <KindList view={view} path={answer.path} kinds={ruleKindNames} />
          <h2>{t('methods.statistics')}</h2>
          <p>{t('methods.statistics-lead')}</p>
          <KindList view={view} path={answer.path} kinds={statistics} />
        </>
      ),
    };
  const { name, about } = wordsOfKind(view, kind);
  return {
    title: t('signals.rule-for', { indicator: answer.indicator }),
    breadcrumbs: crumbs,
    body: (
      <>
        <p class="lead">{name}</p>
        <p>{about}</p>
        <Form view={view} action={answer.path} form={form}>
          <HiddenField name="kind" value={kind} />
          {isRuleKind(kind)
            ? ruleKinds[kind].map((field) => <RuleInput view={view} form={form} kind={kind} field={field} />)
            : methodSettings[kind].map((setting) => (
                <SettingInput view={view} form={form} kind={kind} setting={setting} />
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

function wordsOfKind({ t }: View, kind: MethodKind): { readonly name: string; readonly about: string } {
  return isRuleKind(kind)
    ? { name: t(`signals.kind-${kind}`), about: t(`signals.kind-hint-${kind}`) }
    : { name: t(`methods.name-${kind}`), about: t(`methods.about-${kind}`) };
}

function KindList(props: {
  readonly view: View;
  readonly path: string;
  readonly kinds: readonly MethodKind[];
}): JSX.Element {
  const { view, path, kinds } = props;
  return (
    <ul>
      {kinds.map((kind) => {
        const { name, about } = wordsOfKind(view, kind);
        return (
          <li>
            <a href={`${path}?kind=${kind}`}>{name}</a>
            <br />
            <small>{about}</small>
          </li>
        );
      })}
    </ul>
  );
}

const decimals: readonly RuleField[] = ['factor', 'share', 'deviations', 'ratePer100k'];

function RuleInput(props: {
  readonly view: View;
  readonly form: FormState;
  readonly kind: RuleKind;
  readonly field: RuleField;
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
  if (field === 'populationCompare')
    return (
      <SelectField
        view={view}
        form={form}
        name={field}
        label={t('signals.field-populationCompare')}
        optional
        options={populationComparisons.map((value) => ({ value, label: t(`signals.people-${value}`) }))}
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

/** A control is called by its name in the paper and in R; what it does is said below it. */
function SettingInput(props: {
  readonly view: View;
  readonly form: FormState;
  readonly kind: Statistic;
  readonly setting: Setting;
}): JSX.Element {
  const { view, form, kind, setting } = props;
  const field = {
    view,
    form,
    name: `control.${setting.name}`,
    label: <code translate="no">{setting.name}</code>,
    hint: view.t(`methods.control-${controlMeaning(kind, setting.name)}`),
    optional: setting.standard === undefined,
  };
  switch (setting.kind) {
    case 'number':
    case 'whole':
      return <NumberField {...field} decimals={setting.kind === 'number'} />;
    case 'flag':
      return (
        <SelectField
          {...field}
          options={(['true', 'false'] as const).map((value) => ({ value, label: view.t(`methods.flag-${value}`) }))}
        />
      );
    case 'choice':
      return <SelectField {...field} options={setting.choices.map((value) => ({ value, label: value }))} />;
    case 'mean':
    case 'numbers':
      return <TextField {...field} width="short" code />;
  }
}

/** Some letters mean different things in different papers. */
const ownMeaning = {
  'cusum alpha': 'dispersion',
  'glr alpha': 'dispersion',
  'ewma dispersion': 'spread',
  'cdc m': 'blocks',
  'glr M': 'window',
  'outbreak-p k': 'ratio',
  'hidden-markov Mtilde': 'fitted',
  'glr Mtilde': 'shortest',
} as const;

const meanings = [
  'actY',
  'alpha',
  'ARL0',
  'b',
  'baseline',
  'c.ARL',
  'change',
  'compat',
  'covEffectEqual',
  'delta',
  'digits',
  'dir',
  'FIR',
  'h',
  'S',
  'k',
  'L',
  'lambda',
  'limit',
  'limit54',
  'm',
  'method',
  'minSigma',
  'noHarmonics',
  'noPeriods',
  'noStates',
  'pThresholdTrend',
  'pastWeeksNotIncluded',
  'populationOffset',
  'powertrans',
  'refit',
  'ret',
  'reweight',
  's',
  'seasonStartMonth',
  'theta',
  'thresholdLevel',
  'thresholdMethod',
  'trans',
  'trend',
  'valuesPerSeason',
  'w',
  'weightsThreshold',
] as const;

type Meaning = (typeof meanings)[number] | (typeof ownMeaning)[keyof typeof ownMeaning];

function controlMeaning(kind: Statistic, name: string): Meaning {
  const own = Object.entries(ownMeaning).find(([key]) => key === `${kind} ${name}`)?.[1];
  const found = own ?? meanings.find((meaning) => meaning === name);
  // A setting that the package adds needs its words here.
  if (found === undefined) throw new TypeError(`no words for the setting ${name} of ${kind}`);
  return found;
}
