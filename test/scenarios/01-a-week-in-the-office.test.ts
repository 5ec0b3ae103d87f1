import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endOf, periodOf, plainDateAt, shiftPeriod, startOf, type PlainDate } from '../../src/period.ts';
import { openStage, type Stage } from '../support/cast.ts';
import { settableClock } from '../support/house.ts';
import { takeIn } from '../support/take-in.ts';

/** 40 clinics in 8 districts; 37 have reported the last week, two of them late; three are silent. */
describe('scenario 1: a week in the office', () => {
  let stage: Stage;
  const monday = new Date('2026-03-02T06:00:00Z');
  const friday = new Date('2026-03-06T06:00:00Z');
  // People sign in on Friday; what came in before is put in afterwards, each report at its own time.
  const clock = settableClock(friday);
  const lastWeek = shiftPeriod(periodOf('iso-week', plainDateAt(monday, 'UTC')), -1);
  const clinics = Array.from({ length: 40 }, (_, at) => `C${String(at + 1).padStart(2, '0')}`);
  const silent = ['C07', 'C19', 'C40'];
  const late = ['C02', 'C03'];

  beforeAll(async () => {
    stage = await openStage({ clock });
    clock.set(monday);
    const office = {
      dataDir: stage.dataDir,
      act: <T>(run: Parameters<typeof stage.act<T>>[0]) => stage.act(run, 'north'),
    };
    const district = (at: number): string => `D${(at % 8) + 1}`;
    await takeIn(
      office,
      'places',
      [
        'code,name,parent',
        'AA,Amara,',
        ...Array.from({ length: 8 }, (_, at) => `D${at + 1},District ${at + 1},AA`),
      ].join('\n'),
    );
    await takeIn(
      office,
      'indicators',
      'code,name,name_fr,period,immediate,set\nmeasles,Measles,Rougeole,iso-week,no,weekly\ncholera,Cholera,Choléra,iso-week,yes,weekly\nfever,Fever,Fièvre,iso-week,no,weekly',
    );
    await takeIn(
      office,
      'units',
      [
        'code,name,place,set,since,contact,phone',
        ...clinics.map(
          (code, at) =>
            `${code},Clinic ${code},${district(at)},weekly,2025-01-06,Nurse ${code},+99 555 ${code.slice(1)}`,
        ),
      ].join('\n'),
    );
    const report = async (
      those: readonly string[],
      weeks: readonly { readonly start: PlainDate; readonly label: string }[],
      last: boolean,
    ): Promise<void> => {
      const lines = weeks.flatMap(({ label }, week) =>
        those.flatMap((code) => {
          const at = clinics.indexOf(code);
          const isLast = last && week === weeks.length - 1;
          // Quiet, until in the last week fever rises everywhere, measles in districts 1 to 4, and one clinic has one case of cholera.
          const measles = isLast && at % 8 < 4 ? 5 + (at % 8) : (at + week) % 2;
          const fever = isLast ? 12 + at : 3 + ((at + week) % 3);
          const cholera = isLast && code === 'C06' ? 1 : 0;
          return [
            `${label},${code},measles,${measles}`,
            `${label},${code},fever,${fever}`,
            `${label},${code},cholera,${cholera}`,
          ];
        }),
      );
      await takeIn(office, 'reports', ['period,place,indicator,value', ...lines].join('\n'));
    };
    const weeks = Array.from({ length: 15 }, (_, back) => shiftPeriod(lastWeek, back - 14)).map((week) => ({
      start: startOf(week),
      label: week.label,
    }));
    // As in an ordinary year, nothing is said about weeks long past.
    await report(clinics, weeks.slice(0, 14), false);
    await stage.house.jobs.drain(stage.house);
    await report(
      clinics.filter((code) => !silent.includes(code) && !late.includes(code)),
      weeks.slice(14),
      true,
    );
    clock.set(friday);
    await report(late, weeks.slice(14), true);
    await stage.house.jobs.drain(stage.house);
  });
  afterAll(async () => stage[Symbol.asyncDispose]());

  it('puts the three silent clinics first, with whom to call, and states completeness and timeliness', async () => {
    const answer = (await stage.as('amina', '/api/reporting')).json() as {
      summary: {
        expected: number;
        received: number;
        onTime: number;
        completeness: number;
        timeliness: number;
        period: { label: string };
      };
      units: readonly { code: string; status: string; contacts: readonly { name: string; phone: string }[] }[];
    };
    expect(answer.summary).toMatchObject({
      period: { label: lastWeek.label },
      expected: 40,
      received: 37,
      onTime: 35,
      completeness: 0.925,
      timeliness: 0.875,
    });
    expect(answer.units.slice(0, 5).map(({ code, status }) => [code, status])).toEqual([
      ['C07', 'silent'],
      ['C19', 'silent'],
      ['C40', 'silent'],
      ['C02', 'late'],
      ['C03', 'late'],
    ]);
    expect(answer.units[0]?.contacts).toMatchObject([{ name: 'Nurse C07', phone: '+99 555 07' }]);
    const page = (await stage.as('amina', '/reporting')).text;
    expect(page).toContain('92.5%');
    expect(page.indexOf('Clinic C07')).toBeLessThan(page.indexOf('Clinic C02'));
  });

  it('shows them to the officer as what waits, before anything else', async () => {
    const start = (await stage.as('amina', '/api')).json() as {
      groups: readonly { code: string; total: number; items: readonly { title: string; detail: string }[] }[];
    };
    expect(start.groups.map(({ code, total }) => [code, total]).slice(0, 2)).toEqual([
      ['silent-weekly', 3],
      ['signals-new', expect.any(Number)],
    ]);
    expect(start.groups[0]?.items[0]).toMatchObject({
      title: 'Clinic C07',
      detail: expect.stringContaining('Nurse C07') as string,
    });
  });

  it('stops the signals at the capacity of the office and counts the overflow; cholera is never cut', async () => {
    const list = async () =>
      (await stage.as('amina', '/api/signals')).json() as {
        overflow: number;
        fresh: readonly { indicator: { code: string }; place: { code: string } }[];
      };
    const all = await list();
    expect(all.overflow).toBe(0);
    expect(all.fresh[0]).toMatchObject({ indicator: { code: 'cholera' }, place: { code: 'D6' } });
    // Fever in all eight districts is one signal of the country, and so is measles in four of them; one case of cholera is its district's.
    expect(all.fresh.map(({ indicator, place }) => `${indicator.code} ${place.code}`).toSorted()).toEqual([
      'cholera D6',
      'fever AA',
      'measles AA',
    ]);
    await stage.as('amina', '/signals/capacity', { form: { perWeek: '2' } });
    const two = await list();
    expect([two.fresh.length, two.overflow]).toEqual([2, 1]);
    await stage.as('amina', '/signals/capacity', { form: { perWeek: '0' } });
    const none = await list();
    expect([none.fresh.map(({ indicator }) => indicator.code), none.overflow]).toEqual([['cholera'], 2]);
    expect((await stage.as('amina', '/signals')).text).toContain('2 more stand beyond that.');
  });

  it('drafts the bulletin in French; it is edited and published by forms alone', async () => {
    const drafted = await stage.as('amina', '/bulletins', {
      form: { week: `iso-week ${lastWeek.label}`, locale: 'fr' },
    });
    const path = drafted.headers.location ?? '';
    const page = await stage.as('amina', path);
    expect(page.text).not.toContain('<script');
    expect(page.text).toMatch(/Rapports attendus : 40\. Reçus : 37 \(92,5\s%\)\. Dans les délais : 35 \(87,5\s%\)\./);
    expect(page.text).toMatch(/Rougeole : \d+ \(la semaine précédente : \d+\)\. Rapports reçus : 37 sur 40\./);
    expect(page.text).not.toMatch(/Clinic C|Nurse|\+99/);
    const text = ((await stage.as('amina', `/api${path}`)).json() as { text: string }).text;
    await stage.as('amina', path, {
      form: { base: '1', title: 'Bulletin de la semaine', text: `${text}\n\n# Conseil\n\nLavez-vous les mains.` },
    });
    expect((await stage.as('amina', `${path}/publish`, { form: { revision: '2' } })).status).toBe(303);
    const publicPath = ((await stage.as('amina', `/api${path}`)).json() as { publicPath: string }).publicPath;
    const read = await stage.as('noOne', publicPath);
    expect(read.text).toContain('Lavez-vous les mains.');
    expect(endOf(lastWeek)).toBe('2026-03-01');
  });
});
