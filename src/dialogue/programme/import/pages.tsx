import { Faults, TrialField } from '../../../network/members/import-pages.tsx';
import { listTimeZones } from '../../../time-zone.ts';
import { Actions, Button, FileField, Form, SelectField, type FormState } from '../../../ui/forms.tsx';
import type { Page } from '../../../ui/layout.tsx';
import { languageNames, locales } from '../../../ui/locales.ts';
import { Code, Notice } from '../../../ui/parts.tsx';
import { Table } from '../../../ui/table.tsx';
import { Name } from '../../../ui/text.tsx';
import { formatInstant, formatNumber } from '../../../ui/format.ts';
import type { View } from '../../../ui/view.ts';
import { spaceCrumbs } from '../spaces/pages.tsx';
import { instantOf } from '../when.ts';
import type { ImportedAnswer, ProgrammeImportForm } from './routes.tsx';
import { programmeColumns, programmeLimits } from './rows.ts';

const crumbs = (view: View, { network, space }: Pick<ProgrammeImportForm, 'network' | 'space'>) => [
  ...spaceCrumbs(view, network, space.kind),
  { path: space.path, label: space.title.text },
];

export function programmeImportPage(answer: ProgrammeImportForm, view: View, form: FormState): Page {
  const { t } = view;
  return {
    title: t('programme.import'),
    breadcrumbs: crumbs(view, answer),
    body: (
      <>
        <p class="lead">{t('programme.import-lead')}</p>
        <p>{t('programme.import-columns')}</p>
        <p>
          <Code>{Object.keys(programmeColumns).join(',')}</Code>
        </p>
        <p>{t('programme.import-calendar')}</p>
        <Form view={view} action={`${answer.space.path}/import`} form={form} upload>
          <FileField
            view={view}
            form={form}
            name="file"
            label={t('programme.import-file')}
            accept=".csv,.ics,text/csv,text/calendar"
            limitBytes={programmeLimits.bytes}
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
            name="language"
            label={t('members.default-language')}
            options={locales.map((locale) => ({ value: locale, label: languageNames[locale] }))}
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

export function importedPage(answer: ImportedAnswer, view: View): Page {
  const { t } = view;
  const { isTrial, faults, sessions } = answer;
  const isGood = faults.length === 0;
  return {
    title: t('programme.import'),
    wide: true,
    breadcrumbs: crumbs(view, answer),
    body: (
      <>
        <Notice tone={isGood ? (isTrial ? 'info' : 'done') : 'warn'}>
          <p>
            {t(isGood ? (isTrial ? 'programme.import-would' : 'programme.import-did') : 'programme.import-refused')}
          </p>
        </Notice>
        {answer.unnamed === 0 ? null : (
          <Notice>
            <p>{t('programme.import-unnamed', { count: answer.unnamed })}</p>
          </Notice>
        )}
        {isGood ? null : <Faults view={view} faults={faults} more={answer.moreFaults} />}
        <Table
          view={view}
          id="sessions"
          caption={t('programme.sessions')}
          columns={[
            { key: 'title', header: t('programme.session'), cell: ({ title }) => <Name>{title}</Name> },
            { key: 'row', header: t('members.row'), cell: ({ row }) => formatNumber(view, row), numeric: true },
            {
              key: 'when',
              header: t('programme.when'),
              cell: (session) => (
                <>
                  {formatInstant({ ...view, timeZone: session.timeZone }, instantOf(session))}{' '}
                  <small class="soft">
                    <bdi dir="ltr">{session.timeZone.replaceAll('_', ' ')}</bdi>
                  </small>
                </>
              ),
            },
            { key: 'becomes', header: t('programme.state'), cell: ({ becomes }) => t(`programme.becomes-${becomes}`) },
          ]}
          rows={sessions}
        />
        <p>
          <a href={`${answer.space.path}/import`}>{t('members.import-again')}</a> ·{' '}
          <a href={answer.space.path}>
            <Name>{answer.space.title.text}</Name>
          </a>
        </p>
      </>
    ),
  };
}
