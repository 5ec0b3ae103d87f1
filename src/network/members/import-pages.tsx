import type { Child } from 'hono/jsx';
import { partyKinds } from '../../acts/spine-types.ts';
import { listTimeZones } from '../../time-zone.ts';
import { formatNumber } from '../../ui/format.ts';
import { Actions, Button, CheckboxesField, FileField, Form, SelectField, type FormState } from '../../ui/forms.tsx';
import type { Page } from '../../ui/layout.tsx';
import { isMessageKey, languageNames, locales } from '../../ui/locales.ts';
import { Code, KeyFigures, Notice } from '../../ui/parts.tsx';
import { Table } from '../../ui/table.tsx';
import type { View } from '../../ui/view.ts';
import type { ImportAnswer } from './import-routes.tsx';
import { memberColumns, memberTableLimits } from './import-rows.ts';
import type { RowFault } from './named-rows.ts';
import { networkCrumbs, networkPath, type NetworkFacts } from './section.tsx';

const crumbs = (view: View, network: NetworkFacts) => [
  ...networkCrumbs(network),
  { path: `${networkPath(network.slug)}/members`, label: view.t('members.directory') },
];

export function importFormPage({ network }: { readonly network: NetworkFacts }, view: View, form: FormState): Page {
  const { t } = view;
  return {
    title: t('members.import'),
    breadcrumbs: crumbs(view, network),
    body: (
      <>
        <p class="lead">{t('members.import-lead')}</p>
        <p>{t('members.import-columns')}</p>
        <p>
          <Code>{Object.keys(memberColumns).join(',')}</Code>
        </p>
        <Form view={view} action={`${networkPath(network.slug)}/members/import`} form={form} upload>
          <FileField
            view={view}
            form={form}
            name="file"
            label={t('members.import-file')}
            accept=".csv,text/csv"
            limitBytes={memberTableLimits.bytes}
          />
          <SelectField
            view={view}
            form={form}
            name="language"
            label={t('members.default-language')}
            options={locales.map((locale) => ({ value: locale, label: languageNames[locale] }))}
          />
          <SelectField
            view={view}
            form={form}
            name="timeZone"
            label={t('members.default-time-zone')}
            options={listTimeZones().map((name) => ({ value: name, label: name.replaceAll('_', ' ') }))}
          />
          <SelectField
            view={view}
            form={form}
            name="constituency"
            label={t('members.default-constituency')}
            optional
            options={[
              { value: '', label: t('members.left-open') },
              ...partyKinds.map((kind) => ({ value: kind, label: t(`network.kind-${kind}`) })),
            ]}
          />
          <TrialField view={view} form={form} />
          <Actions>
            <Button>{t('members.import-go')}</Button>
          </Actions>
        </Form>
      </>
    ),
  };
}

/** Ticked at first: looking before leaping. */
export function TrialField({ view, form }: { readonly view: View; readonly form: FormState }): Child {
  const { t } = view;
  return (
    <CheckboxesField
      view={view}
      form={form}
      name="trial"
      label={t('members.import-how')}
      optional
      options={[{ value: 'on', label: t('members.import-trial'), hint: t('members.import-trial-hint') }]}
    />
  );
}

export function importResultPage(answer: ImportAnswer, view: View): Page {
  const { t } = view;
  const { network, isTrial, faults } = answer;
  const isGood = faults.length === 0;
  return {
    title: t('members.import'),
    wide: true,
    breadcrumbs: crumbs(view, network),
    body: (
      <>
        <Notice tone={isGood ? (isTrial ? 'info' : 'done') : 'warn'}>
          <p>{t(isGood ? (isTrial ? 'members.import-would' : 'members.import-did') : 'members.import-refused')}</p>
        </Notice>
        <KeyFigures
          figures={[
            { label: t('members.import-read'), value: formatNumber(view, answer.read) },
            { label: t('members.import-added'), value: formatNumber(view, answer.added) },
            {
              label: t('members.import-known'),
              value: formatNumber(view, answer.known),
              note: t('members.import-known-note'),
            },
          ]}
        />
        {isGood ? null : <Faults view={view} faults={faults} more={answer.moreFaults} />}
        <p>
          <a href={`${networkPath(network.slug)}/members/import`}>{t('members.import-again')}</a>
        </p>
      </>
    ),
  };
}

/** Row by row, what has to be mended. */
export function Faults(props: {
  readonly view: View;
  readonly faults: readonly RowFault[];
  readonly more: number;
}): Child {
  const { view, faults, more } = props;
  const { t } = view;
  return (
    <>
      <Table
        view={view}
        id="faults"
        caption={t('members.faults')}
        columns={[
          { key: 'row', header: t('members.row'), cell: ({ row }) => formatNumber(view, row), numeric: true },
          { key: 'column', header: t('members.column'), cell: ({ column }) => <bdi dir="ltr">{column}</bdi> },
          { key: 'value', header: t('members.value'), cell: ({ value }) => <bdi>{value}</bdi> },
          { key: 'fault', header: t('members.fault'), cell: ({ code }) => faultWords(view, code) },
        ]}
        rows={faults}
      />
      {more > 0 ? <p>{t('members.more-faults', { count: more })}</p> : null}
    </>
  );
}

function faultWords({ t }: View, code: string): string {
  const key = [`fields.${code}`, `members.fault-${code}`, code].find(isMessageKey);
  return key === undefined ? code : t(key);
}
