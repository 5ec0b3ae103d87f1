import type { JSX } from 'hono/jsx/jsx-runtime';
import { z } from 'zod';
import type { Reader } from '../../../db/database.ts';
import { raw, read, write, type Endpoint } from '../../../http/endpoint.ts';
import type { PlainDate } from '../../../period.ts';
import { problem } from '../../../problem.ts';
import { formatDate } from '../../../ui/format.ts';
import {
  Actions,
  blankForm,
  Button,
  CheckboxesField,
  DateField,
  Form,
  TextField,
  type FormState,
} from '../../../ui/forms.tsx';
import { withNotice, type Page } from '../../../ui/layout.tsx';
import { Facts } from '../../../ui/parts.tsx';
import { Table, type Column } from '../../../ui/table.tsx';
import { Name } from '../../../ui/text.tsx';
import type { View } from '../../../ui/view.ts';
import { formatCsv } from '../../csv.ts';
import { managers } from '../access.ts';
import * as indicators from '../indicators/store.ts';
import { byName } from '../places/order.ts';
import * as places from '../places/store.ts';
import { plantTree } from '../places/tree.ts';
import { PathOf, reportingCrumb, Rooms } from '../section.tsx';
import { saveUnit } from './actions.ts';
import * as store from './store.ts';
import { emailForm, phoneForm } from './unit-rows.ts';

const contactAnswer = z.object({ name: z.string(), phone: z.string().nullable(), email: z.string().nullable() });

const unitAnswer = z.object({
  code: z.string(),
  name: z.string(),
  above: z.array(z.string()),
  contacts: z.array(contactAnswer),
  forms: z.array(z.object({ code: z.string(), name: z.string(), since: z.iso.date() })),
});
type UnitAnswer = z.output<typeof unitAnswer>;

/** Every place that owes reports or has a contact; or the one that is asked for, whether or not it does. */
async function listUnits(reader: Reader, only?: string): Promise<readonly UnitAnswer[]> {
  const all = await places.listPlaces(reader);
  const tree = plantTree(all);
  const sets = new Map((await indicators.listSets(reader)).map((set) => [set.id, set]));
  const owed = Map.groupBy(await store.listExpectations(reader), ({ placeId }) => placeId);
  const chosen = only === undefined ? all.filter(({ id }) => owed.has(id)) : all.filter(({ code }) => code === only);
  const contacts = await store.listContacts(
    reader,
    chosen.map(({ id }) => id),
  );
  return chosen.toSorted(byName).map(({ id, code, name }) => ({
    code,
    name,
    above: tree.above(id).map((place) => place.name),
    contacts: (contacts.get(id) ?? []).map((contact) => ({
      name: contact.name,
      phone: contact.phone ?? null,
      email: contact.email ?? null,
    })),
    forms: (owed.get(id) ?? []).flatMap(({ setId, since }) => {
      const set = sets.get(setId);
      return set ? [{ code: set.code, name: set.name, since }] : [];
    }),
  }));
}

const list = read({
  path: '/reporting/units',
  summary: 'The places that owe reports, with their forms and whom to call',
  for: managers,
  answer: z.object({ units: z.array(unitAnswer) }),
  handle: async ({ reader }) => ({ units: [...(await listUnits(reader))] }),
  page: ({ units }, view) => unitsPage(units, view),
});

const listCsv = raw({
  path: '/reporting/units.csv',
  summary: 'All units, as they can be imported again',
  for: managers,
  contentTypes: ['text/csv'],
  async handle({ reader }) {
    const parents = new Map((await places.listPlaces(reader)).map(({ code, parent }) => [code, parent]));
    const rows = (await listUnits(reader)).flatMap(({ code, name, contacts: [contact], forms }) =>
      forms.map((form) => [
        code,
        name,
        parents.get(code),
        form.code,
        form.since,
        contact?.name,
        contact?.phone,
        contact?.email,
      ]),
    );
    const header = ['code', 'name', 'place', 'set', 'since', 'contact', 'phone', 'email'];
    return { contentType: 'text/csv; charset=utf-8', body: formatCsv(header, rows), fileName: 'units.csv' };
  },
});

const oneAnswer = z.object({ unit: unitAnswer, choices: z.array(z.object({ code: z.string(), name: z.string() })) });
type OneAnswer = z.output<typeof oneAnswer>;

async function readOne(reader: Reader, code: string): Promise<OneAnswer> {
  const [unit] = await listUnits(reader, code);
  if (!unit) throw problem.notFound({ what: 'place' });
  return { unit, choices: (await indicators.listSets(reader)).map((set) => ({ code: set.code, name: set.name })) };
}

const one = read({
  path: '/reporting/unit',
  summary: 'One place, as far as it owes reports: its forms and whom to call',
  for: managers,
  query: z.object({ code: z.string().min(1).max(60) }),
  answer: oneAnswer,
  handle: ({ reader }, { query }) => readOne(reader, query.code),
  page: (answer, view) => unitPage(view, answer, stateOf(answer.unit)),
});

const contactSlots = 3;

const save = write({
  path: '/reporting/unit',
  summary: 'Says which forms a place owes, and whom to call',
  for: managers,
  body: z.object({
    code: z.string().min(1).max(60),
    contacts: z
      .array(
        z.object({
          name: z.string().trim().max(200).optional(),
          phone: z.string().trim().regex(phoneForm, 'reporting.reason-phone-form').optional(),
          email: z.string().trim().regex(emailForm, 'reporting.reason-email-form').optional(),
        }),
      )
      .max(contactSlots),
    forms: z.array(z.string()).max(50),
    since: z.iso
      .date()
      .transform((text) => text as PlainDate)
      .optional(),
  }),
  answer: z.object({ code: z.string() }),
  async handle(work, { body }) {
    // An office's telephone needs no person's name; three lines left empty are nobody.
    const contacts = body.contacts.flatMap(({ name, phone, email }) => {
      const called = name || phone || email;
      return called ? [{ name: called, phone, email }] : [];
    });
    await saveUnit(work, { code: body.code, contacts, forms: body.forms, since: body.since });
    return { code: body.code };
  },
  then: ({ code }) => withNotice(`/reporting/unit?code=${encodeURIComponent(code)}`, 'reporting.done-unit'),
  async form({ form }, view, { reader }) {
    const { code } = form.values;
    return unitPage(view, await readOne(reader, typeof code === 'string' ? code : ''), form);
  },
});

export const unitsEndpoints: readonly Endpoint[] = [list, listCsv, one, save];

const unitPath = (code: string): string => `/reporting/unit?code=${encodeURIComponent(code)}`;

function unitsPage(units: readonly UnitAnswer[], view: View): Page {
  const { t } = view;
  const columns: readonly Column<UnitAnswer>[] = [
    {
      key: 'name',
      header: t('reporting.unit'),
      cell: ({ code, name, above }) => (
        <>
          <a href={unitPath(code)}>
            <Name>{name}</Name>
          </a>
          <br />
          <small class="soft">
            <PathOf names={above} />
          </small>
        </>
      ),
    },
    { key: 'code', header: t('reporting.code'), cell: ({ code }) => <bdi>{code}</bdi> },
    { key: 'forms', header: t('reporting.forms'), cell: ({ forms }) => forms.map(({ name }) => name).join(', ') },
    {
      key: 'contact',
      header: t('reporting.call'),
      cell: ({ contacts: [contact] }) => (contact ? <Name>{contact.name}</Name> : t('reporting.no-contact')),
    },
  ];
  return {
    title: t('reporting.units'),
    wide: true,
    breadcrumbs: [reportingCrumb(view)],
    body: (
      <>
        <Rooms view={view} />
        <Table
          view={view}
          id="units"
          caption={t('reporting.units-lead', { count: units.length })}
          columns={columns}
          rows={units}
          data={{ csv: '/reporting/units.csv', json: '/api/reporting/units' }}
          empty={t('reporting.no-units')}
        />
        <Actions>
          <a class="button secondary" href="/reporting/send?content=units">
            {t('reporting.send-units')}
          </a>
        </Actions>
      </>
    ),
  };
}

function stateOf(unit: UnitAnswer): FormState {
  const contacts = Object.fromEntries(
    unit.contacts.flatMap(({ name, phone, email }, at) => [
      [`contacts.${at}.name`, name],
      [`contacts.${at}.phone`, phone ?? undefined],
      [`contacts.${at}.email`, email ?? undefined],
    ]),
  );
  return blankForm({ ...contacts, code: unit.code, forms: unit.forms.map(({ code }) => code), since: undefined });
}

function unitPage(view: View, { unit, choices }: OneAnswer, form: FormState): Page {
  const { t } = view;
  return {
    title: unit.name,
    breadcrumbs: [reportingCrumb(view), { path: '/reporting/units', label: t('reporting.units') }],
    body: (
      <>
        <Facts
          facts={[
            { label: t('reporting.code'), value: <bdi>{unit.code}</bdi> },
            { label: t('reporting.lies-in'), value: <PathOf names={unit.above} /> },
            ...unit.forms.map(({ name, since }) => ({
              label: name,
              value: t('reporting.owed-since', { date: formatDate(view, since as PlainDate) }),
            })),
          ]}
        />
        <Form view={view} action="/reporting/unit" form={form}>
          <input type="hidden" name="code" value={unit.code} />
          <h2>{t('reporting.call')}</h2>
          <p class="hint">{t('reporting.contacts-hint')}</p>
          {Array.from({ length: contactSlots }, (_, at) => (
            <ContactFields view={view} form={form} at={at} />
          ))}
          <h2>{t('reporting.forms')}</h2>
          <CheckboxesField
            view={view}
            form={form}
            name="forms"
            label={t('reporting.owes')}
            options={choices.map(({ code, name }) => ({ value: code, label: name }))}
          />
          <DateField
            view={view}
            form={form}
            name="since"
            label={t('reporting.since')}
            hint={t('reporting.since-hint')}
            optional
          />
          <Actions>
            <Button>{t('reporting.save')}</Button>
          </Actions>
        </Form>
      </>
    ),
  };
}

function ContactFields({
  view,
  form,
  at,
}: {
  readonly view: View;
  readonly form: FormState;
  readonly at: number;
}): JSX.Element {
  const { t } = view;
  const name = (part: string): string => `contacts.${at}.${part}`;
  const fields = (
    <>
      <TextField
        view={view}
        form={form}
        name={name('name')}
        label={t('reporting.name')}
        maxLength={200}
        autocomplete="off"
      />
      <TextField
        view={view}
        form={form}
        name={name('phone')}
        label={t('reporting.phone')}
        type="tel"
        width="medium"
        maxLength={50}
        autocomplete="off"
        optional
      />
      <TextField
        view={view}
        form={form}
        name={name('email')}
        label={t('reporting.email')}
        type="email"
        width="medium"
        maxLength={250}
        autocomplete="off"
        optional
      />
    </>
  );
  const isFilled =
    form.values[name('name')] !== undefined || form.errors.some(({ path }) => path.startsWith(`contacts.${at}.`));
  if (at === 0) return <fieldset class="field">{[<legend>{t('reporting.first-contact')}</legend>, fields]}</fieldset>;
  return (
    <details open={isFilled}>
      <summary>{t('reporting.further-contact', { number: at + 1 })}</summary>
      {fields}
    </details>
  );
}
