import { describe, expect, it, test } from 'vitest';
import { instantOf } from '../when.ts';
import { CalendarError, readProgrammeCalendar } from './events.ts';
import { readProgrammeRows } from './rows.ts';

const defaults = { timeZone: 'Europe/Zurich', language: 'en' };
const row = (cells: Readonly<Record<string, string>>) => ({
  row: 2,
  cells: { title: 'Who owns the data?', date: '2021-06-16', time: '14:30', ...cells },
});
const faultsOf = (cells: Readonly<Record<string, string>>) =>
  readProgrammeRows([row(cells)], defaults).faults.map(({ column, code }) => [column, code]);

describe('a row is refused', () => {
  test.each([
    ['an invented time zone', { time_zone: 'Europe/Geneva' }, 'time_zone', 'members.time-zone-unknown'],
    ['an offset, which says nothing about summer', { time_zone: '+02:00' }, 'time_zone', 'members.time-zone-unknown'],
    ['a day that does not exist', { date: '2021-06-31' }, 'date', 'date-form'],
    ['a day in another form', { date: '16/06/2021' }, 'date', 'date-form'],
    ['an hour that does not exist', { time: '25:00' }, 'time', 'programme.time-form'],
    ['an hour that the clocks leave out', { date: '2021-03-28', time: '02:30' }, 'time', 'programme.time-left-out'],
    ['a length that is none', { minutes: 'long' }, 'minutes', 'not-a-whole-number'],
    ['a script instead of a link', { link: 'javascript:alert(1)' }, 'link', 'url-form'],
    [
      'a speaker under the Chatham House Rule',
      { chatham_house: 'yes', speakers: 'Ama' },
      'speakers',
      'programme.chatham-speakers',
    ],
    [
      'a recording under the Chatham House Rule',
      { chatham_house: 'x', recording: 'https://v.example.org' },
      'recording',
      'programme.chatham-recording',
    ],
  ])('for %s', (_, cells, column, code) => expect(faultsOf(cells)).toEqual([[column, code]]));
});

it('a row is read as it was meant, and a name that nobody agreed to is counted and not kept', () => {
  const { sessions } = readProgrammeRows(
    [row({ time: '14h30', time_zone: 'africa/nairobi', speakers: 'Ama <ama@example.org>; Bo Li; bo@example.org' })],
    defaults,
  );
  expect(sessions).toMatchObject([
    {
      values: { slug: 'who-owns-the-data', localStart: '2021-06-16T14:30', timeZone: 'Africa/Nairobi', minutes: 90 },
      speakers: [{ email: 'ama@example.org' }, { email: 'bo@example.org' }],
      unnamed: 1,
    },
  ]);
  expect(JSON.stringify(sessions)).not.toContain('Bo Li');
});

it('sessions of one title, or of a title without letters of ours, have addresses of their own', () => {
  const { sessions } = readProgrammeRows(
    [row({}), row({ date: '2021-06-23' }), row({ title: 'من يملك البيانات؟' }), row({ title: 'من؟', time: '16:00' })],
    defaults,
  );
  const slugs = sessions.map(({ values }) => values.slug);
  expect(new Set(slugs).size).toBe(4);
  expect(slugs.slice(0, 3)).toEqual(['who-owns-the-data', 'who-owns-the-data-2021-06-23', '2021-06-16']);
});

const calendar = (...events: readonly (readonly string[])[]): string =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//x//EN',
    ...events.flatMap((lines) => ['BEGIN:VEVENT', ...lines, 'END:VEVENT']),
    'END:VCALENDAR',
  ].join('\r\n');
const event = (start: string, ...more: readonly string[]) => ['UID:a@x', 'SUMMARY:Who owns the data?', start, ...more];
const read = (...events: readonly (readonly string[])[]) => readProgrammeCalendar(calendar(...events), defaults);

describe('a calendar', () => {
  test.each([
    ['an invented zone', event('DTSTART;TZID=Europe/Geneva:20210616T143000'), 'members.time-zone-unknown'],
    [
      'a zone that only the file describes',
      event('DTSTART;TZID=Customized Time Zone:20210616T143000'),
      'members.time-zone-unknown',
    ],
    ['a whole day', event('DTSTART;VALUE=DATE:20210616'), 'programme.whole-day'],
    ['no beginning', event('DTSTAMP:20210101T000000Z'), 'required'],
    [
      'an end before the beginning',
      event('DTSTART:20210616T143000Z', 'DTEND:20210616T133000Z'),
      'programme.length-wrong',
    ],
    ['no end to its repetition', event('DTSTART:20210616T143000Z', 'RRULE:FREQ=DAILY'), 'programme.repeats-forever'],
  ])('with %s is refused', (_, lines, code) => expect(read(lines).faults.map((fault) => fault.code)).toContain(code));

  test.each([
    ['by its name', 'DTSTART;TZID=Africa/Nairobi:20210616T153000', 'Africa/Nairobi'],
    [
      'by a longer one',
      'DTSTART;TZID=/freeassociation.sourceforge.net/Africa/Nairobi:20210616T153000',
      'Africa/Nairobi',
    ],
    ['as Outlook calls it', 'DTSTART;TZID=E. Africa Standard Time:20210616T153000', 'Africa/Nairobi'],
    ['as an instant, put on the wall of the space', 'DTSTART:20210616T123000Z', 'Europe/Zurich'],
    ['without any, on the wall of the space', 'DTSTART:20210616T143000', 'Europe/Zurich'],
  ])('has its zone %s', (_, start, timeZone) => {
    const [session] = read(event(start, 'DURATION:PT90M')).sessions;
    expect(session?.values.timeZone).toBe(timeZone);
    expect(session && instantOf(session.values).toISOString()).toBe('2021-06-16T12:30:00.000Z');
    expect(session?.values.minutes).toBe(90);
  });

  it('that repeats weekly keeps its hour across the change to winter time, with the one that was moved', () => {
    const { sessions, faults } = read(
      event('DTSTART;TZID=Europe/Zurich:20211020T143000', 'DURATION:PT1H', 'RRULE:FREQ=WEEKLY;COUNT=4'),
      event(
        'DTSTART;TZID=Europe/Zurich:20211028T160000',
        'DURATION:PT1H',
        'RECURRENCE-ID;TZID=Europe/Zurich:20211027T143000',
      ),
    );
    expect(faults).toEqual([]);
    expect(sessions.map(({ values }) => values.localStart)).toEqual([
      '2021-10-20T14:30',
      '2021-10-28T16:00',
      '2021-11-03T14:30',
      '2021-11-10T14:30',
    ]);
    expect(new Set(sessions.map(({ uid }) => uid)).size).toBe(4);
  });

  it('brings no names of those it invites', () => {
    const { sessions } = read(event('DTSTART:20210616T123000Z', 'ATTENDEE;CN=Bo Li:mailto:bo@example.org'));
    expect(sessions).toMatchObject([{ unnamed: 1, speakers: [] }]);
    expect(JSON.stringify(sessions)).not.toMatch(/Bo Li|bo@example/);
  });

  test.each([
    '',
    'BEGIN:VCALENDAR',
    'BEGIN:VCARD\r\nEND:VCARD',
    'hello',
    `BEGIN:VCALENDAR\r\n${'X'.repeat(3_000_000)}`,
  ])('that is none is refused: %#', (text) =>
    expect(() => readProgrammeCalendar(text, defaults)).toThrow(CalendarError),
  );
});
