/**
 * Every part on one page, with invented names and numbers, in each language: what a maker of pages chooses from, and what
 * the browser test measures and photographs.
 */
import type { JSX } from 'hono/jsx/jsx-runtime';
import { parsePeriod, periodRange, plainDateAt, shiftPeriod } from '../period.ts';
import type { Period } from '../period.ts';
import type { CurvePoint } from './chart.tsx';
import { CurveLegend, DotPlot, EpidemicCurve, ShareBar, Sparkline } from './chart.tsx';
import { formatDate, formatPercent, formatPeriod, formatPeriodWithDays } from './format.ts';
import {
  Actions,
  Button,
  CheckboxesField,
  DateField,
  FileField,
  Form,
  NumberField,
  RadiosField,
  SelectField,
  TextareaField,
  TextField,
} from './forms.tsx';
import type { FormState } from './forms.tsx';
import type { Page } from './layout.tsx';
import { PlaceMap } from './map.tsx';
import type { MapPlace } from './map.tsx';
import {
  ActCard,
  Age,
  Code,
  Columns,
  Facts,
  Fingerprint,
  KeyFigures,
  Notice,
  Pager,
  Status,
  Steps,
  Time,
  Timeline,
} from './parts.tsx';
import { Table } from './table.tsx';
import { Name } from './text.tsx';
import { directionOf, translator } from './locales.ts';
import type { Locale } from './locales.ts';
import type { Role, View } from './view.ts';
import type { AccountId, PartyId } from '../ids.ts';

/** A signed-in officer's view, for the guide and for tests of pages. */
export function sampleView(locale: Locale = 'en', changes: Partial<View> = {}): View {
  return {
    viewer: {
      account: {
        id: '00000000-0000-4000-8000-000000000001' as AccountId,
        email: 'amina@example.org',
        name: 'Amina Diallo',
      },
      party: {
        id: '00000000-0000-4000-8000-000000000002' as PartyId,
        name: locale === 'ar' ? 'وزارة الصحة في أمارا' : 'Ministry of Health of Amara',
        slug: 'amara',
      },
      roles: new Set<Role>(['officer']),
    },
    locale,
    direction: directionOf(locale),
    t: translator(locale),
    path: '/agreements/17?page=2',
    csrfToken: 'sample-token',
    now: new Date('2026-03-18T09:00:00Z'),
    nodeName: 'amara.example',
    ...changes,
  };
}

function week(label: string): Period<'iso-week'> {
  const parsed = parsePeriod('iso-week', label);
  if (parsed.error !== undefined) throw new Error(parsed.error);
  return parsed.value;
}

/** A seasonal curve with an outbreak at the end, one silent week and two weeks that are still filling up. */
export function sampleCurve(weeks: number, seed: number): readonly CurvePoint[] {
  const last = week('2026-W11');
  let state = seed;
  const random = (): number => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
  return periodRange(shiftPeriod(last, 1 - weeks), last).map((period, position) => {
    const left = weeks - position;
    const middle = 8 + 5 * Math.sin((position / 52) * 2 * Math.PI);
    const outbreak = left <= 5 && left > 2 ? 14 + 4 * (5 - left) : 0;
    return {
      period,
      observed:
        left === 17
          ? undefined
          : Math.round((middle + outbreak + (random() - 0.5) * 7) * (left === 1 ? 0.4 : left === 2 ? 0.8 : 1)),
      expected: { lower: Math.max(0, Math.round(middle - 5)), upper: Math.round(middle + 6) },
      threshold: Math.round(middle + 9),
      signal: outbreak > 0,
      incomplete: left <= 2,
    };
  });
}

/** A made-up country: a grid of bent squares. */
function samplePlaces(): readonly MapPlace[] {
  const corner = (column: number, row: number): readonly [number, number] => [
    30 + column * 0.9 + Math.sin(row * 2.1 + column) * 0.22,
    2 - row * 0.8 + Math.sin(column * 1.7 - row) * 0.2,
  ];
  return Array.from({ length: 24 }, (_, index) => {
    const [column, row] = [index % 6, Math.floor(index / 6)];
    return {
      name: `District ${index + 1}`,
      geometry: {
        type: 'Polygon' as const,
        coordinates: [
          [
            corner(column, row),
            corner(column + 1, row),
            corner(column + 1, row + 1),
            corner(column, row + 1),
            corner(column, row),
          ],
        ],
      },
      value: index % 11 === 5 ? undefined : (index * 37) % 23,
      signal: index === 8,
      neighbour: [1, 2, 3, 7, 9, 13, 14, 15].includes(index),
    };
  });
}

const data = { csv: '/example.csv', json: '/api/example' };

const filled: FormState = {
  values: {
    facility: 'Kibuye Health Centre',
    cases: 'twelve',
    place: 'north',
    kind: '',
    purposes: ['response'],
    note: '',
    from: '2026-03-27',
  },
  errors: [
    { path: 'cases', code: 'not-a-number', message: '' },
    { path: 'kind', code: 'required', message: '' },
  ],
};

interface FacilityRow {
  readonly name: string;
  readonly reports: number;
  readonly expected: number;
  readonly values: readonly (number | undefined)[];
  readonly tone: 'good' | 'warn' | 'danger';
}

const facilities: readonly FacilityRow[] = [
  {
    name: 'Kibuye Health Centre',
    reports: 0,
    expected: 4,
    values: [4, 6, 5, undefined, undefined, undefined],
    tone: 'danger',
  },
  { name: 'مركز النور الصحي', reports: 3, expected: 4, values: [2, 3, undefined, 5, 4, 6], tone: 'warn' },
  {
    name: 'Hôpital de district de Nyamasheke',
    reports: 4,
    expected: 4,
    values: [12, 11, 14, 13, 18, 22],
    tone: 'good',
  },
];

/** The samples speak English, and Arabic where that is what is looked at. */
type Say = (english: string, arabic: string) => string;

function Reading({ view, say }: { readonly view: View; readonly say: Say }): JSX.Element {
  const at = new Date('2026-03-16T08:30:00Z');
  const weekName = formatPeriodWithDays(view, week('2026-W11'));
  const amara = say('Ministry of Health of Amara', 'وزارة الصحة في أمارا');
  return (
    <>
      <p class="lead">
        {say(
          `Three of forty facilities have not reported for ${weekName}. Call them before reading the curves.`,
          `لم ترسل ثلاث منشآت من أصل أربعين تقاريرها عن ${weekName}. اتصل بها قبل قراءة المنحنيات.`,
        )}
      </p>
      <KeyFigures
        figures={[
          {
            label: say('Completeness', 'الاكتمال'),
            value: formatPercent(view, 0.925),
            note: say('37 of 40 facilities', '37 من 40 منشأة'),
          },
          {
            label: say('Timeliness', 'حسن التوقيت'),
            value: formatPercent(view, 0.8),
            note: say('32 before Monday noon', '32 قبل ظهر الاثنين'),
          },
          {
            label: say('Signals', 'الإشارات'),
            value: '4',
            note: say('2 more beyond the capacity of 4', 'إشارتان أخريان فوق طاقة الفريق وهي 4'),
          },
          {
            label: say('Workers’ minutes', 'دقائق العاملين'),
            value: '–',
            note: say('unknown: nobody was asked', 'غير معروف: لم يُسأل أحد'),
          },
        ]}
      />
      <h2>{say('States', 'الحالات')}</h2>
      <p>
        <Status tone="neutral">{say('Draft', 'مسودة')}</Status>{' '}
        <Status tone="waiting">{say('Waiting for an answer', 'بانتظار الرد')}</Status>{' '}
        <Status tone="active">{say('In force', 'نافذ')}</Status> <Status tone="good">{say('Confirmed', 'مؤكد')}</Status>{' '}
        <Status tone="warn">{say('Overdue', 'متأخر')}</Status> <Status tone="danger">{say('Refused', 'مرفوض')}</Status>{' '}
        <Status tone="ended">{say('Ended', 'منتهٍ')}</Status>
      </p>
      <h2>{say('Notices', 'تنبيهات')}</h2>
      <Notice tone="done">
        <p>{view.t('common.done-saved')}</p>
      </Notice>
      <Notice title={say('Before you sign', 'قبل أن توقّع')}>
        <p>{say('A host can read what it hosts, and could use it.', 'يستطيع المضيف قراءة ما يستضيفه، وقد يستخدمه.')}</p>
      </Notice>
      <Notice tone="warn" title={say('Two reports disagree', 'تقريران متعارضان')}>
        <p>
          {say(
            'Kibuye sent 12 cases by form and 21 by SMS. Nothing is counted until somebody decides.',
            'أرسل مركز النور 12 حالة بالاستمارة و21 برسالة نصية. لا يُحسب شيء حتى يقرر شخص مسؤول.',
          )}
        </p>
      </Notice>
      <h2>{say('Facts', 'بيانات')}</h2>
      <Facts
        facts={[
          { label: say('Party', 'الطرف'), value: <Name>{amara}</Name> },
          {
            label: say('In force since', 'نافذ منذ'),
            value: <Time view={view} at={at} />,
            change: <a href="/example">{say('History', 'السجل')}</a>,
          },
          { label: say('Log root', 'جذر السجل'), value: <Code>k7Jm0nWqTqkq2vJ3Zq0o8mJg2bS8o7mD0fYbTj8h3xE=</Code> },
          { label: say('Key fingerprint', 'بصمة المفتاح'), value: <Fingerprint text="4f3a09bc71d2e85510aa7c33" /> },
          { label: say('Last copy', 'آخر نسخة'), value: <Age view={view} at={at} /> },
        ]}
      />
      <h2>{say('Steps', 'الخطوات')}</h2>
      <Steps
        steps={[
          {
            title: say('Text adopted', 'اعتماد النص'),
            state: 'done',
            stateLabel: formatDate(view, plainDateAt(at, 'UTC')),
          },
          {
            title: say('Signed by both parties', 'توقيع الطرفين'),
            state: 'now',
            stateLabel: say('1 of 2', '1 من 2'),
            children: <p>{say('Waiting for the Ministry of Health of Borana.', 'بانتظار وزارة الصحة في بورانا.')}</p>,
          },
          {
            title: say('Enters into force', 'دخول حيز النفاذ'),
            state: 'later',
            stateLabel: say('30 days after the second signature', 'بعد 30 يومًا من التوقيع الثاني'),
          },
        ]}
      />
      <h2>{say('Timeline', 'التسلسل الزمني')}</h2>
      <Timeline
        view={view}
        entries={[
          {
            at,
            title: say('Rumour received', 'ورود شائعة'),
            children: <p>{say('By SMS from a community health worker.', 'برسالة نصية من عامل صحي مجتمعي.')}</p>,
          },
          { at: new Date('2026-03-16T10:05:00Z'), title: say('Verified by Amina', 'تحققت منها أمينة') },
          { at: new Date('2026-03-16T10:05:04Z'), title: say('Warning sent to Borana', 'أُرسل الإنذار إلى بورانا') },
        ]}
      />
      <h2>{say('Acts', 'الأعمال')}</h2>
      <ActCard
        view={view}
        title={say('Ratified the instrument', 'صدّق على الصك')}
        party={amara}
        id="4hY0c1u9Zl0f0m1f3pGQpZrXc2k5J7nWqTqkq2vJ3Zo"
        states={{
          saved: at,
          logged: { at: new Date('2026-03-16T08:30:01Z'), index: 1284, path: '/log/1284' },
          confirmed: { at: new Date('2026-03-16T08:30:06Z'), by: ['copy.example.org'] },
        }}
      >
        <p>{say('Instrument on weekly measles counts, article 9.', 'صك أعداد الحصبة الأسبوعية، المادة 9.')}</p>
      </ActCard>
      <ActCard
        view={view}
        title={say('Withdrew a reservation', 'سحب تحفظًا')}
        party={say('وزارة الصحة', 'Ministry of Health of Borana')}
        id="Zl0f0m1f3pGQpZrXc2k5J7nWqTqkq2vJ3Zo4hY0c1u9"
        states={{ saved: at }}
      />
    </>
  );
}

function Filling({ view }: { readonly view: View }): JSX.Element {
  const form: FormState = {
    ...filled,
    errors: filled.errors.map((error) => ({
      ...error,
      message: view.t(error.code === 'required' ? 'fields.required' : 'fields.not-a-number'),
    })),
  };
  return (
    <Form view={view} action="/example" form={form} upload>
      <TextField
        view={view}
        form={form}
        name="facility"
        label="Name of the health facility"
        hint="As it stands on the register."
      />
      <TextField view={view} form={form} name="code" label="Code" width="medium" code optional />
      <NumberField
        view={view}
        form={form}
        name="cases"
        label="Suspected cases of measles"
        hint="Count each person once."
        unit="cases"
      />
      <DateField view={view} form={form} name="from" label="First day with symptoms" />
      <SelectField
        view={view}
        form={form}
        name="place"
        label="District"
        options={[
          { value: 'north', label: 'Northern District' },
          { value: 'south', label: 'Southern District' },
        ]}
      />
      <RadiosField
        view={view}
        form={form}
        name="kind"
        label="What happened?"
        options={[
          { value: 'cases', label: 'People fell ill', hint: 'Two or more with the same complaint.' },
          { value: 'death', label: 'Somebody died and nobody knows why' },
          { value: 'animals', label: 'Animals died' },
        ]}
      />
      <CheckboxesField
        view={view}
        form={form}
        name="purposes"
        label="Purposes you agree to"
        hint="Choose all that apply."
        options={[
          { value: 'response', label: 'Response to the outbreak' },
          { value: 'research', label: 'Research', hint: 'Only with the council’s consent.' },
        ]}
      />
      <TextareaField view={view} form={form} name="note" label="What did you see?" rows={4} optional />
      <FileField view={view} form={form} name="file" label="Reports" accept=".csv" limitBytes={2_000_000_000} />
      <Actions>
        <Button>Send the report</Button>
        <Button kind="secondary">Save and come back</Button>
        <Button kind="danger">Withdraw</Button>
        <a href="/example">Cancel</a>
      </Actions>
    </Form>
  );
}

function Comparing({ view }: { readonly view: View }): JSX.Element {
  const points = sampleCurve(52, 11);
  const span = formatPeriod(view, week('2026-W11'));
  return (
    <>
      <h2>Tables</h2>
      <Table
        view={view}
        id="facilities"
        caption={`Reports received, ${span}`}
        columns={[
          { key: 'name', header: 'Facility', cell: (row: FacilityRow) => <Name>{row.name}</Name>, sortable: true },
          {
            key: 'state',
            header: 'State',
            cell: (row) => <Status tone={row.tone}>{row.reports === 0 ? 'Silent' : 'Reporting'}</Status>,
          },
          {
            key: 'trend',
            header: 'Six weeks',
            cell: (row) => <Sparkline label={row.values.map((value) => value ?? '–').join(', ')} values={row.values} />,
          },
          {
            key: 'share',
            header: 'Share',
            cell: (row) => <ShareBar share={row.reports === 0 ? undefined : row.reports / row.expected} target={0.8} />,
          },
          {
            key: 'reports',
            header: 'Reports',
            cell: (row) => String(row.reports),
            numeric: true,
            sortable: true,
            total: '7',
          },
          { key: 'expected', header: 'Expected', cell: (row) => String(row.expected), numeric: true, total: '12' },
        ]}
        rows={facilities}
        sort={{ by: 'reports', descending: false }}
        data={data}
      />
      <Table view={view} id="empty" caption="Duties due" columns={[]} rows={[]} />
      <Pager view={view} query="after" previous="a" next="b" />
      <h2>Curves</h2>
      <CurveLegend view={view} />
      <EpidemicCurve
        view={view}
        id="curve"
        title="Measles, Northern District"
        points={points}
        sentence="34 cases in week 9, where 4 to 14 were expected: three weeks above the threshold."
        data={data}
      />
      <Columns>
        <EpidemicCurve
          view={view}
          id="short"
          title="Cholera"
          points={sampleCurve(12, 5)}
          sentence="Twelve weeks."
          data={data}
        />
        <EpidemicCurve
          view={view}
          id="long"
          title="Dengue"
          points={sampleCurve(260, 7)}
          sentence="Five years."
          data={data}
        />
      </Columns>
      <h2>Completeness by district</h2>
      <DotPlot
        highest={1}
        target={0.8}
        dots={[
          { label: 'Northern', value: 0.925, text: formatPercent(view, 0.925) },
          { label: 'Southern', value: 0.61, text: formatPercent(view, 0.61) },
          { label: 'Islands', value: undefined, text: '–' },
        ]}
      />
      <h2>Maps</h2>
      <PlaceMap
        view={view}
        id="map"
        title={`Measles, cases, ${span}`}
        valueLabel="Cases"
        places={[...samplePlaces(), { name: 'Islands', geometry: undefined, value: 3 }]}
        sentence="Highest in the centre; two districts have not reported."
        data={data}
      />
    </>
  );
}

export function styleGuidePages(view: View): Readonly<Record<'reading' | 'filling' | 'comparing', Page>> {
  const breadcrumbs = [
    { path: '/', label: view.t('common.start') },
    { path: '/example', label: 'Agreements' },
  ];
  return {
    reading: {
      title: view.locale === 'ar' ? 'ما ينتظرك هذا الأسبوع' : 'What waits for you this week',
      body: <Reading view={view} say={(english, arabic) => (view.locale === 'ar' ? arabic : english)} />,
      breadcrumbs,
    },
    filling: { title: 'Report something unusual', body: <Filling view={view} />, breadcrumbs },
    comparing: { title: 'Signals this week', body: <Comparing view={view} />, wide: true, breadcrumbs },
  };
}
