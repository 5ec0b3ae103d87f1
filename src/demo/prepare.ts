/**
 * One node of the demonstration before it is served: its parties, its people, its places, five years of reports. Through the same actions as set-up,
 * invitations and `import` use; only the clock is set back for reports, so that each week arrives in its week.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { systemClock } from '../clock.ts';
import { openCommandHouse } from '../commands/with-house.ts';
import type { Config } from '../config.ts';
import { work, type House, type Work } from '../house.ts';
import { nobody, signedOut, type Caller } from '../http/caller.ts';
import type { PartyId } from '../ids.ts';
import {
  acceptInvitation,
  appointFirstAdministrator,
  beginSession,
  createFirstAdministrator,
  invite,
} from '../network/people/actions.ts';
import { openHostedParty, setUpNode } from '../network/set-up.ts';
import { OperatorError } from '../operator-error.ts';
import { endOf, startOf, shiftPeriod } from '../period.ts';
import { importCommand } from '../surveillance/reporting/import-command.ts';
import { detectCommand } from '../surveillance/signals/detect-command.ts';
import { cast, demoPassword, emailOf, members, type Member, type NodePlan } from './cast.ts';
import { placesGeojson, unitsCsv, type Country } from './countries.ts';
import { indicatorsCsv } from './diseases.ts';
import { reportsCsv, simulatedWeeks, type Reports, type Span } from './simulation.ts';

export interface NodeData {
  readonly country: Country;
  readonly reports: Reports;
  readonly span: Span;
}

/** Session tokens of its people, by name: they stay in this process. */
export type Sessions = ReadonlyMap<Member, string>;

export async function prepareNode(plan: NodePlan, config: Config, data: NodeData | undefined): Promise<Sessions> {
  let setBack: Date | undefined;
  const clock = { now: () => setBack ?? systemClock.now() };
  await using command = await openCommandHouse('join', config, clock);
  const { house } = command;
  const parties = await openParties(house, plan);
  const sessions = await letIn(house, plan, parties);
  if (data) {
    await takeIn(house, config.dataDir, data, (now) => (setBack = now));
    setBack = undefined;
    await detectCommand(house, { party: 'operator', all: false, json: false }, { write: () => {}, progress: () => {} });
  }
  return sessions;
}

async function openParties(house: House, { operator, hosted }: NodePlan): Promise<ReadonlyMap<string, PartyId>> {
  const parties = new Map<string, PartyId>();
  const opened = await work(house, 'node', { system: 'set-up' }, (w) => setUpNode(w, operator));
  parties.set(operator.slug, opened.id);
  for (const party of hosted) {
    const { id } = await work(house, 'node', { system: 'set-up' }, (w) => openHostedParty(w, party));
    parties.set(party.slug, id);
  }
  await house.journal.run();
  return parties;
}

async function letIn(house: House, { name }: NodePlan, parties: ReadonlyMap<string, PartyId>): Promise<Sessions> {
  const sessions = new Map<Member, string>();
  const inParty = <T>(party: PartyId, run: (w: Work) => Promise<T>): Promise<T> =>
    work(house, { party }, { system: 'set-up' }, run);
  const partyOf = (slug: string): PartyId => {
    const party = parties.get(slug);
    if (party === undefined) throw new Error(`no party ${slug} on ${name}`);
    return party;
  };
  for (const who of members.filter((member) => cast[member].node === name)) {
    const person = { name: cast[who].name, email: emailOf(who), password: demoPassword, language: null };
    let caller = strangerAs;
    for (const { slug, roles } of cast[who].parties) {
      const party = partyOf(slug);
      const session = await inParty(party, async (w) => {
        if (sessions.size === 0) {
          const account = await createFirstAdministrator(w, person);
          if (account === undefined) throw new Error('the node has accounts already');
          await appointFirstAdministrator(w, party);
          return beginSession(strangerAs(w), account, party);
        }
        const link = await invite(w, party, { roles, note: '' });
        return acceptInvitation(
          caller(w),
          link.slice('/invitations/'.length),
          caller === strangerAs ? person : undefined,
        );
      });
      if (!sessions.has(who)) sessions.set(who, session.token);
      const { id, email } = await inParty(party, (w) =>
        w.tx.db
          .selectFrom('accounts')
          .select(['id', 'email'])
          .where('email', '=', person.email)
          .executeTakeFirstOrThrow(),
      );
      caller = (w) => ({ ...strangerAs(w), viewer: { ...signedOut, account: { id, email, name: person.name } } });
    }
  }
  return sessions;
}

/** Somebody at a browser of this machine, not yet known. */
const strangerAs = (w: Work): Work & Caller => ({
  ...w,
  viewer: signedOut,
  credential: nobody.credential,
  locale: 'en',
  requestId: 'demo',
  isLocal: true,
  userAgent: '',
  party: undefined,
});

const hourMs = 3_600_000;

async function takeIn(
  house: House,
  dataDir: string,
  { country, reports, span }: NodeData,
  setClock: (now: Date) => void,
): Promise<void> {
  const folder = path.join(dataDir, 'simulated');
  mkdirSync(folder, { recursive: true });
  const take = async (content: string, name: string, text: string, map: readonly string[] = []): Promise<void> => {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    const options = { content, file, map, column: [], dryRun: false, json: true, rejected: `${file}.rejected.csv` };
    let said = '';
    await importCommand(house, options, { write: (line) => void (said += line), progress: () => {} });
    const { rejected } = JSON.parse(said) as { rejected: number };
    if (rejected > 0)
      throw new OperatorError(
        `${rejected} values of ${file} were refused; ${file}.rejected.csv says why. This is a fault of the demonstration.`,
      );
  };
  const reportColumns = ['period=week,place=facility,indicator=disease,value=cases'];
  const firstWeek = shiftPeriod(span.lastWhole, 1 - simulatedWeeks);
  const afterWeek = (week: Parameters<typeof endOf>[0], hours: number): Date =>
    new Date(Date.parse(`${endOf(week)}T00:00:00Z`) + (24 + hours) * hourMs);
  const [firstRecent] = reports.recent;
  if (firstRecent) setClock(afterWeek(shiftPeriod(firstRecent.week, -1), 50));
  await take('places', 'places.geojson', placesGeojson(country));
  await take('indicators', 'indicators.csv', indicatorsCsv());
  await take('units', 'units.csv', unitsCsv(country, startOf(firstWeek)));
  await take('reports', 'history.csv', reportsCsv(reports.history), reportColumns);
  const now = systemClock.now();
  for (const { week, onTime, late } of reports.recent)
    for (const [rows, hours, name] of [
      [onTime, 30, 'on-time'],
      [late, 110, 'late'],
    ] as const) {
      if (rows.length === 0) continue;
      const at = afterWeek(week, hours);
      // What came after the deadline of the latest week has come by now.
      setClock(at < now ? at : now);
      await take('reports', `${week.label}-${name}.csv`, reportsCsv(rows), reportColumns);
    }
}
