/** A report filled in by hand: one page, one form, no script. An empty field and a zero are different answers. */
import type { JSX } from 'hono/jsx/jsx-runtime';
import { z } from 'zod';
import type { Reader } from '../../../db/database.ts';
import { read, write, type Endpoint } from '../../../http/endpoint.ts';
import { periodOf, plainDateAt, shiftPeriod, type Period, type PlainDate } from '../../../period.ts';
import { formatInstant, formatPeriodWithDays } from '../../../ui/format.ts';
import {
  Actions,
  blankForm,
  Button,
  CheckboxesField,
  Form,
  NumberField,
  SearchForm,
  SelectField,
  type FormState,
} from '../../../ui/forms.tsx';
import { withNotice, type Page } from '../../../ui/layout.tsx';
import type { Locale } from '../../../ui/locales.ts';
import { Facts, Notice, Status } from '../../../ui/parts.tsx';
import { Name } from '../../../ui/text.tsx';
import type { View } from '../../../ui/view.ts';
import { describePeriod, periodAnswer } from '../../signals/answers.ts';
import { reporters } from '../access.ts';
import { dueAt } from '../completeness/deadline.ts';
import { largestCount } from '../import/count.ts';
import { indicatorName } from '../indicators/indicator.ts';
import * as indicators from '../indicators/store.ts';
import { byName } from '../places/order.ts';
import * as places from '../places/store.ts';
import { reportingCrumb, Rooms } from '../section.tsx';
import * as units from '../units/store.ts';
import { readReportForm, sendForm, type FormKey } from './actions.ts';

const named = z.object({ code: z.string(), name: z.string() });

const chooseAnswer = z.object({
  /** Null while several are to choose from. */
  form: named.extend({ periods: z.array(periodAnswer) }).nullable(),
  forms: z.array(named),
  /** That owe the form. */
  units: z.array(named),
});
type ChooseAnswer = z.output<typeof chooseAnswer>;

// Late reports come weeks later; what is older than that is a file.
const periodsOffered = 12;

const choose = read({
  path: '/reporting/enter',
  summary: 'The forms that can be filled in; and of one, the periods and the units that owe it',
  for: reporters,
  query: z.object({ form: z.string().max(60).optional() }),
  answer: chooseAnswer,
  async handle({ reader, house }, { query }) {
    const sets = await indicators.listSets(reader);
    const set = sets.find(({ code }) => code === query.form) ?? (sets.length === 1 ? sets[0] : undefined);
    const owing = new Set(set ? (await units.listExpectations(reader, set.id)).map(({ placeId }) => placeId) : []);
    const current = set && periodOf(set.periodKind, plainDateAt(house.clock.now(), set.timeZone));
    const periods = current
      ? Array.from({ length: periodsOffered }, (_, back) => describePeriod(shiftPeriod(current, -back)))
      : [];
    return {
      form: set ? { code: set.code, name: set.name, periods } : null,
      forms: sets.map(({ code, name }) => ({ code, name })),
      units: (await places.listPlaces(reader))
        .filter(({ id }) => owing.has(id))
        .toSorted(byName)
        .map(({ code, name }) => ({ code, name })),
    };
  },
  page: (answer, view) => choosePage(answer, view),
});

const entryAnswer = z.object({
  form: named,
  unit: named,
  period: periodAnswer,
  dueAt: z.iso.datetime(),
  /** To be sent back as `seen`, so that what somebody else reported meanwhile is not overwritten. */
  held: z.string(),
  lines: z.array(
    z.object({
      indicator: z.string(),
      name: z.string(),
      isImmediate: z.boolean(),
      /** Null: nobody has reported it, or it was taken back. */
      value: z.int().nullable(),
    }),
  ),
});
type EntryAnswer = z.output<typeof entryAnswer>;

async function describeEntry(reader: Reader, key: FormKey, locale: Locale, now: Date): Promise<EntryAnswer> {
  const { set, place, period, lines, held } = await readReportForm(reader, key, now);
  return {
    form: { code: set.code, name: set.name },
    unit: { code: place.code, name: place.name },
    period: describePeriod(period),
    dueAt: dueAt(set, period).toISOString(),
    held,
    lines: lines.map(({ indicator, value }) => ({
      indicator: indicator.code,
      name: indicatorName(locale, indicator),
      isImmediate: indicator.isImmediate,
      value: value ?? null,
    })),
  };
}

const keyFields = {
  form: z.string().min(1).max(60),
  unit: z.string().min(1).max(60),
  period: z.string().min(1).max(20),
};
const keyOf = ({
  form,
  unit,
  period,
}: {
  readonly form: string;
  readonly unit: string;
  readonly period: string;
}): FormKey => ({ set: form, place: unit, period });

const open = read({
  path: '/reporting/entry',
  summary: 'One form for one unit and period, with what is held already',
  for: reporters,
  query: z.object(keyFields),
  answer: entryAnswer,
  handle: ({ reader, house, locale }, { query }) => describeEntry(reader, keyOf(query), locale, house.clock.now()),
  page: (answer, view) => entryPage(answer, view, blankForm(valuesOf(answer))),
});

const send = write({
  path: '/reporting/entry',
  summary: 'Sends one filled-in form: a number for each indicator that was counted, none where nobody counted',
  for: reporters,
  body: z.object({
    ...keyFields,
    counts: z
      .array(z.object({ indicator: z.string().max(60), value: z.int().min(0).max(largestCount).nullable().optional() }))
      .max(500),
    /** The indicators left empty were looked for, and not found. */
    restIsZero: z.boolean().default(false),
    seen: z.string().max(60).optional(),
  }),
  answer: z.object({
    submission: z.int(),
    accepted: z.int(),
    changed: z.int(),
    unchanged: z.int(),
    empty: z.int(),
    rejected: z.int(),
  }),
  handle: (work, { body }) => sendForm(work, keyOf(body), body),
  then: (_, { body }) => withNotice(entryPath(body), 'reporting.done-sent'),
  async form({ form }, view, { reader, house, locale }) {
    const text = (name: string): string => String(form.values[name] ?? '');
    const key = { set: text('form'), place: text('unit'), period: text('period') };
    return entryPage(await describeEntry(reader, key, locale, house.clock.now()), view, form);
  },
});

export const entryEndpoints: readonly Endpoint[] = [choose, open, send];

const entryPath = (key: { readonly form: string; readonly unit: string; readonly period: string }): string =>
  `/reporting/entry?${new URLSearchParams({ form: key.form, unit: key.unit, period: key.period }).toString()}`;

const toPeriod = ({ kind, start }: z.output<typeof periodAnswer>): Period => periodOf(kind, start as PlainDate);

function choosePage({ form, forms, units: owing }: ChooseAnswer, view: View): Page {
  const { t } = view;
  const options = (list: readonly z.output<typeof named>[]) =>
    list.map(({ code, name }) => ({ value: code, label: name }));
  const state = blankForm({
    form: form?.code,
    period: form?.periods[1]?.label,
    unit: owing.length === 1 ? owing[0]?.code : undefined,
  });
  const isEmpty = forms.length === 0 || (form !== null && owing.length === 0);
  return {
    title: t('reporting.enter'),
    breadcrumbs: [reportingCrumb(view)],
    body: (
      <>
        <Rooms view={view} />
        {isEmpty ? (
          <Notice title={t('reporting.nothing-expected')}>
            <p>{t('reporting.nothing-expected-why')}</p>
          </Notice>
        ) : form === null ? (
          <SearchForm view={view} action="/reporting/enter" form={state}>
            <SelectField view={view} form={state} name="form" label={t('reporting.form')} options={options(forms)} />
            <Button>{t('reporting.go-on')}</Button>
          </SearchForm>
        ) : (
          <SearchForm view={view} action="/reporting/entry" form={state}>
            <input type="hidden" name="form" value={form.code} />
            <SelectField view={view} form={state} name="unit" label={t('reporting.unit')} options={options(owing)} />
            <SelectField
              view={view}
              form={state}
              name="period"
              label={t('reporting.period')}
              options={form.periods.map((period) => ({
                value: period.label,
                label: formatPeriodWithDays(view, toPeriod(period)),
              }))}
            />
            <Button>{t('reporting.go-on')}</Button>
          </SearchForm>
        )}
        {form !== null && forms.length > 1 ? (
          <p>
            <a href="/reporting/enter">{t('reporting.other-form')}</a>
          </p>
        ) : null}
      </>
    ),
  };
}

function valuesOf({ lines }: EntryAnswer): FormState['values'] {
  return Object.fromEntries(
    lines.map(({ value }, at) => [`counts.${at}.value`, value === null ? undefined : String(value)]),
  );
}

function entryPage(answer: EntryAnswer, view: View, form: FormState): Page {
  const { t } = view;
  const { unit, period, dueAt: due, lines } = answer;
  const isHeld = lines.some(({ value }) => value !== null);
  return {
    title: answer.form.name,
    breadcrumbs: [reportingCrumb(view), { path: '/reporting/enter', label: t('reporting.enter') }],
    body: (
      <>
        <Facts
          facts={[
            { label: t('reporting.unit'), value: <Name>{unit.name}</Name> },
            { label: t('reporting.period'), value: formatPeriodWithDays(view, toPeriod(period)) },
            { label: t('reporting.due'), value: formatInstant(view, new Date(due)) },
            {
              label: t('reporting.state'),
              value: (
                <Status tone={isHeld ? 'good' : 'waiting'}>
                  {t(isHeld ? 'reporting.is-reported' : 'reporting.not-reported')}
                </Status>
              ),
            },
          ]}
        />
        <Form view={view} action="/reporting/entry" form={form}>
          <input type="hidden" name="form" value={answer.form.code} />
          <input type="hidden" name="unit" value={unit.code} />
          <input type="hidden" name="period" value={period.label} />
          <input type="hidden" name="seen" value={answer.held} />
          <p class="hint">{t('reporting.zero-or-empty')}</p>
          <div class="counts">
            {lines.map((line, at) => (
              <Line view={view} form={form} at={at} line={line} />
            ))}
          </div>
          <CheckboxesField
            view={view}
            form={form}
            name="restIsZero"
            label={t('reporting.rest')}
            options={[{ value: 'on', label: t('reporting.rest-is-zero'), hint: t('reporting.rest-is-zero-hint') }]}
          />
          <Actions>
            <Button>{t('reporting.send')}</Button>
          </Actions>
        </Form>
      </>
    ),
  };
}

interface LineProps {
  readonly view: View;
  readonly form: FormState;
  readonly at: number;
  readonly line: EntryAnswer['lines'][number];
}

function Line({ view, form, at, line }: LineProps): JSX.Element {
  const typed = form.values[`counts.${at}.value`];
  // After a refusal: what somebody else has reported meanwhile stands beside what was typed.
  const differs = form.general !== undefined && line.value !== null && String(typed ?? '') !== String(line.value);
  const hints = [
    ...(line.isImmediate ? [view.t('reporting.immediate')] : []),
    ...(differs ? [view.t('reporting.held-now', { count: line.value ?? 0 })] : []),
  ];
  return (
    <>
      <input type="hidden" name={`counts.${at}.indicator`} value={line.indicator} />
      <NumberField
        view={view}
        form={form}
        name={`counts.${at}.value`}
        label={<Name>{line.name}</Name>}
        {...(hints.length > 0 ? { hint: hints.join(' ') } : {})}
      />
    </>
  );
}
