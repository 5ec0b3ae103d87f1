import type { Child } from 'hono/jsx';
import type { JSX } from 'hono/jsx/jsx-runtime';
import { z } from 'zod';
import { raw, read, type Endpoint } from '../../../http/endpoint.ts';
import { periodOf, shiftPeriod, type Period, type PlainDate } from '../../../period.ts';
import { ShareBar } from '../../../ui/chart.tsx';
import {
  formatInstant,
  formatNumber,
  formatPercent,
  formatPeriod,
  formatPeriodShort,
  formatPeriodWithDays,
} from '../../../ui/format.ts';
import { blankForm, Button, HiddenField, SearchForm, SelectField } from '../../../ui/forms.tsx';
import { pathWith, type Page } from '../../../ui/layout.tsx';
import { DownloadLinks, KeyFigures, Notice, Time } from '../../../ui/parts.tsx';
import { Table, type Column } from '../../../ui/table.tsx';
import { Name, Text } from '../../../ui/text.tsx';
import type { View } from '../../../ui/view.ts';
import { formatCsv } from '../../csv.ts';
import { describePeriod, periodAnswer } from '../../signals/answers.ts';
import { readers } from '../access.ts';
import { isManager, nameOfForm, PathOf, Rooms } from '../section.tsx';
import type { PeriodSummary } from './completeness.ts';
import { readCompleteness, type CompletenessQuestion, type CompletenessReading, type UnitReading } from './reading.ts';

const named = z.object({ code: z.string(), name: z.string() });
const contactAnswer = z.object({ name: z.string(), phone: z.string().nullable(), email: z.string().nullable() });

const unitAnswer = z.object({
  code: z.string(),
  name: z.string(),
  /** From the top down. */
  above: z.array(z.string()),
  status: z.enum(['silent', 'late', 'awaited', 'on-time']),
  receivedAt: z.iso.datetime().nullable(),
  /** Indicators of the form that hold a value. */
  filled: z.int(),
  silentPeriods: z.int(),
  lastReported: periodAnswer.nullable(),
  /** Only for those who may call. */
  contacts: z.array(contactAnswer),
});
type UnitAnswer = z.output<typeof unitAnswer>;

const summaryAnswer = z.object({
  period: periodAnswer,
  dueAt: z.iso.datetime(),
  expected: z.int(),
  received: z.int(),
  onTime: z.int(),
  /** Shares of the reports expected; null when none was. */
  completeness: z.number().nullable(),
  timeliness: z.number().nullable(),
});

const completenessAnswer = z.object({
  /** Null while no form is set up. */
  form: named.extend({ indicators: z.int() }).nullable(),
  forms: z.array(named),
  under: named.nullable(),
  areas: z.array(named),
  summary: summaryAnswer.nullable(),
  units: z.array(unitAnswer),
  trend: z.array(summaryAnswer),
});
type CompletenessAnswer = z.output<typeof completenessAnswer>;

const nothing: z.input<typeof completenessAnswer> = {
  form: null,
  forms: [],
  under: null,
  areas: [],
  summary: null,
  units: [],
  trend: [],
};

const describeSummary = ({
  period,
  dueAt,
  expected,
  received,
  onTime,
}: PeriodSummary): z.input<typeof summaryAnswer> => ({
  period: describePeriod(period),
  dueAt: dueAt.toISOString(),
  expected,
  received,
  onTime,
  completeness: expected === 0 ? null : received / expected,
  timeliness: expected === 0 ? null : onTime / expected,
});

const describeUnit = (unit: UnitReading, withContacts: boolean): z.input<typeof unitAnswer> => ({
  code: unit.place.code,
  name: unit.place.name,
  above: unit.above.map(({ name }) => name),
  status: unit.status,
  receivedAt: unit.receivedAt?.toISOString() ?? null,
  filled: unit.filled,
  silentPeriods: unit.silentPeriods,
  lastReported: unit.lastReported ? describePeriod(unit.lastReported) : null,
  contacts: withContacts
    ? unit.contacts.map(({ name, phone, email }) => ({ name, phone: phone ?? null, email: email ?? null }))
    : [],
});

function describe(found: CompletenessReading, withContacts: boolean): z.input<typeof completenessAnswer> {
  const { set, sets, under, areas, completeness, units } = found;
  return {
    form: { code: set.code, name: set.name, indicators: set.indicatorIds.length },
    forms: sets.map(({ code, name }) => ({ code, name })),
    under: under ? { code: under.code, name: under.name } : null,
    areas: areas.map(({ code, name }) => ({ code, name })),
    summary: describeSummary(completeness.summary),
    units: units.map((unit) => describeUnit(unit, withContacts)),
    trend: completeness.trend.map(describeSummary),
  };
}

const question = z.object({
  form: z.string().max(60).optional(),
  period: z.string().max(20).optional(),
  under: z.string().max(60).optional(),
});

const asked = ({ form, period, under }: z.output<typeof question>): CompletenessQuestion => ({
  set: form,
  period,
  under,
});

const completeness = read({
  path: '/reporting',
  summary: 'Who has reported, who was late and who is silent, with completeness and timeliness, of one form and period',
  for: readers,
  query: question,
  answer: completenessAnswer,
  async handle(reading, { query }) {
    const found = await readCompleteness(reading.reader, asked(query), reading.house.clock.now());
    return found ? describe(found, isManager(reading)) : nothing;
  },
  page: (answer, view) => completenessPage(answer, view),
});

const completenessCsv = raw({
  path: '/reporting/completeness.csv',
  summary: 'Each unit that owes the report of one form and period, and what came of it',
  for: readers,
  query: question,
  contentTypes: ['text/csv'],
  async handle(reading, { query }) {
    const found = await readCompleteness(reading.reader, asked(query), reading.house.clock.now());
    const units = found?.units.map((unit) => describeUnit(unit, isManager(reading))) ?? [];
    const header = [
      'code',
      'name',
      'above',
      'period',
      'status',
      'received_at',
      'filled',
      'silent_periods',
      'last_reported',
      'contact',
      'phone',
      'email',
    ];
    const rows = units.map(({ contacts: [contact], ...unit }) => [
      unit.code,
      unit.name,
      unit.above.join(' > '),
      found?.period.label,
      unit.status,
      unit.receivedAt,
      unit.filled,
      unit.silentPeriods,
      unit.lastReported?.label,
      contact?.name,
      contact?.phone,
      contact?.email,
    ]);
    return { contentType: 'text/csv; charset=utf-8', body: formatCsv(header, rows), fileName: 'completeness.csv' };
  },
});

export const completenessEndpoints: readonly Endpoint[] = [completeness, completenessCsv];

const toPeriod = ({ kind, start }: z.output<typeof periodAnswer>): Period => periodOf(kind, start as PlainDate);

function completenessPage(answer: CompletenessAnswer, view: View): Page {
  const { t } = view;
  const { summary, units, form } = answer;
  if (!form || !summary)
    return {
      title: t('reporting.title'),
      wide: true,
      body: (
        <>
          <Rooms view={view} />
          <Notice title={t('reporting.nothing-expected')}>
            <p>{t('reporting.nothing-expected-why')}</p>
          </Notice>
        </>
      ),
    };
  const silent = units.filter(({ status }) => status === 'silent');
  const late = units.filter(({ status }) => status === 'late');
  const awaited = units.filter(({ status }) => status === 'awaited');
  const period = toPeriod(summary.period);
  return {
    title: t('reporting.title'),
    wide: true,
    body: (
      <>
        <Rooms view={view} />
        <Narrow view={view} answer={answer} />
        <h2>
          <Text
            view={view}
            id="reporting.form-and-period"
            values={{ form: <Name>{nameOfForm(view, form)}</Name>, period: formatPeriodWithDays(view, period) }}
          />
        </h2>
        <Neighbours view={view} period={period} />
        <Figures view={view} summary={summary} awaited={awaited.length} />
        <Silent view={view} units={silent} summary={summary} />
        {late.length > 0 ? <Late view={view} units={late} /> : null}
        <Trend view={view} trend={answer.trend} />
        <p>
          <DownloadLinks view={view} data={{ csv: csvPath(view), json: `/api${view.path}` }} />
        </p>
      </>
    ),
  };
}

function csvPath(view: View): string {
  const { search } = new URL(view.path, 'http://localhost');
  return `/reporting/completeness.csv${search}`;
}

function Narrow({ view, answer }: { readonly view: View; readonly answer: CompletenessAnswer }): Child {
  const { t } = view;
  const { forms, areas, form, under, summary } = answer;
  if (forms.length < 2 && areas.length < 2) return null;
  return (
    <details open={under !== null}>
      <summary>{t('reporting.narrow')}</summary>
      <SearchForm view={view} action="/reporting" form={blankForm()}>
        {summary ? <HiddenField name="period" value={summary.period.label} /> : null}
        {forms.length < 2 ? null : (
          <SelectField
            view={view}
            form={blankForm({ form: form?.code })}
            name="form"
            label={t('reporting.form')}
            options={forms.map((each) => ({ value: each.code, label: nameOfForm(view, each) }))}
          />
        )}
        {areas.length < 2 ? null : (
          <SelectField
            view={view}
            form={blankForm({ under: under?.code ?? '' })}
            name="under"
            label={t('reporting.in-place')}
            options={[
              { value: '', label: t('reporting.everywhere') },
              ...areas.map(({ code, name }) => ({ value: code, label: name })),
            ]}
          />
        )}
        <Button kind="secondary">{t('reporting.show')}</Button>
      </SearchForm>
    </details>
  );
}

/** The period before and the one after. */
function Neighbours({ view, period }: { readonly view: View; readonly period: Period }): JSX.Element {
  const [before, after] = [shiftPeriod(period, -1), shiftPeriod(period, 1)];
  return (
    <nav class="pager" aria-label={view.t('reporting.periods')}>
      <a rel="prev" href={pathWith(view, { period: before.label })}>
        <span class="hidden">{view.t('common.previous')}: </span>
        {formatPeriod(view, before)}
      </a>
      <a rel="next" href={pathWith(view, { period: after.label })}>
        <span class="hidden">{view.t('common.next')}: </span>
        {formatPeriod(view, after)}
      </a>
    </nav>
  );
}

interface FiguresProps {
  readonly view: View;
  readonly summary: z.output<typeof summaryAnswer>;
  readonly awaited: number;
}

function Figures({ view, summary, awaited }: FiguresProps): JSX.Element {
  const { t } = view;
  const { expected, received, onTime, completeness: complete, timeliness, dueAt } = summary;
  const share = (value: number | null): Child => (value === null ? t('reporting.unknown') : formatPercent(view, value));
  const of = (count: number): string => t('reporting.of-expected', { count, expected });
  return (
    <KeyFigures
      figures={[
        { label: t('reporting.completeness'), value: share(complete), note: of(received) },
        { label: t('reporting.timeliness'), value: share(timeliness), note: of(onTime) },
        {
          label: t('reporting.due'),
          value: <Time view={view} at={new Date(dueAt)} />,
          note: awaited > 0 ? t('reporting.still-awaited', { count: awaited }) : null,
        },
      ]}
    />
  );
}

interface UnitsProps {
  readonly view: View;
  readonly units: readonly UnitAnswer[];
}

const nameColumn = (view: View, header: string): Column<UnitAnswer> => ({
  key: 'unit',
  header,
  cell: ({ code, name, above }) => (
    <>
      {isManager(view) ? (
        <a href={`/reporting/unit?code=${encodeURIComponent(code)}`}>
          <Name>{name}</Name>
        </a>
      ) : (
        <Name>{name}</Name>
      )}
      <br />
      <small class="soft">
        <PathOf names={above} />
      </small>
    </>
  ),
});

function Silent({
  view,
  units,
  summary,
}: UnitsProps & { readonly summary: z.output<typeof summaryAnswer> }): JSX.Element {
  const { t } = view;
  const columns: readonly Column<UnitAnswer>[] = [
    nameColumn(view, t('reporting.unit')),
    ...(isManager(view)
      ? [
          {
            key: 'contact',
            header: t('reporting.call'),
            cell: (unit: UnitAnswer) => <Contacts view={view} unit={unit} />,
          },
        ]
      : []),
    {
      key: 'since',
      header: t('reporting.silent-for'),
      cell: ({ silentPeriods, lastReported }) => (
        <>
          {t(`reporting.silent-${summary.period.kind}`, { count: silentPeriods })}
          <br />
          <small class="soft">
            {lastReported
              ? t('reporting.last-reported', { period: formatPeriod(view, toPeriod(lastReported)) })
              : t('reporting.never-reported')}
          </small>
        </>
      ),
    },
  ];
  return (
    <Table
      view={view}
      id="silent"
      caption={t('reporting.silent-units', { count: units.length })}
      columns={columns}
      rows={units}
      empty={Date.parse(summary.dueAt) <= view.now.getTime() ? t('reporting.none-silent') : t('reporting.not-due-yet')}
    />
  );
}

function Contacts({ view, unit }: { readonly view: View; readonly unit: UnitAnswer }): Child {
  if (unit.contacts.length === 0)
    return <a href={`/reporting/unit?code=${encodeURIComponent(unit.code)}`}>{view.t('reporting.no-contact')}</a>;
  return unit.contacts.map(({ name, phone, email }) => (
    <ul class="contact">
      {name === phone || name === email ? null : (
        <li>
          <Name>{name}</Name>
        </li>
      )}
      {phone === null ? null : (
        <li>
          <a href={`tel:${phone.replace(/[^+0-9]/g, '')}`} dir="ltr">
            {phone}
          </a>
        </li>
      )}
      {email === null ? null : (
        <li>
          <a href={`mailto:${email}`} dir="ltr">
            {email}
          </a>
        </li>
      )}
    </ul>
  ));
}

// What is late has at least arrived; a long list of it would push the trend off the page.
const latesShown = 8;

function Late({ view, units }: UnitsProps): JSX.Element {
  const { t } = view;
  const columns: readonly Column<UnitAnswer>[] = [
    nameColumn(view, t('reporting.unit')),
    {
      key: 'at',
      header: t('reporting.received'),
      cell: ({ receivedAt }) => (receivedAt === null ? null : formatInstant(view, new Date(receivedAt))),
    },
  ];
  const caption = t('reporting.late-units', { count: units.length });
  const table = <Table view={view} id="late" caption={caption} columns={columns} rows={units} />;
  return units.length <= latesShown ? (
    table
  ) : (
    <details>
      <summary>{caption}</summary>
      {table}
    </details>
  );
}

function Trend({
  view,
  trend,
}: {
  readonly view: View;
  readonly trend: readonly z.output<typeof summaryAnswer>[];
}): JSX.Element {
  const { t } = view;
  const share = (value: number | null): Child => (
    <>
      {value === null ? t('reporting.unknown') : formatPercent(view, value)} <ShareBar share={value ?? undefined} />
    </>
  );
  const columns: readonly Column<z.output<typeof summaryAnswer>>[] = [
    {
      key: 'period',
      header: t('reporting.period'),
      cell: ({ period }) => (
        <a href={pathWith(view, { period: period.label })}>{formatPeriodShort(view, toPeriod(period))}</a>
      ),
    },
    {
      key: 'expected',
      header: t('reporting.expected'),
      numeric: true,
      cell: ({ expected }) => formatNumber(view, expected),
    },
    {
      key: 'completeness',
      header: t('reporting.completeness'),
      numeric: true,
      cell: (each) => share(each.completeness),
    },
    { key: 'timeliness', header: t('reporting.timeliness'), numeric: true, cell: (each) => share(each.timeliness) },
  ];
  return <Table view={view} id="trend" caption={t('reporting.trend')} columns={columns} rows={trend.toReversed()} />;
}
