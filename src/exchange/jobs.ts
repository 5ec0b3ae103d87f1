/** What flows by itself: tables when their period is over, publication when its date has come. Each table is a job of its own, tried again alone. */
import { z } from 'zod';
import { subjectIdSchema, didSchema } from '../acts/payload.ts';
import { boundFrom, isBoundAt, statusAt } from '../agreement/entry-into-force.ts';
import { partiesOf, type InstrumentState } from '../agreement/instrument.ts';
import { listStandingInstruments } from '../agreement/standing.ts';
import { termsOf } from '../agreement/terms.ts';
import { work as doWork, type House } from '../house.ts';
import type { Did, PartyId } from '../ids.ts';
import type { Job } from '../jobs.ts';
import { periodKinds, plainDateAt, type PeriodKind, type PlainDate } from '../period.ts';
import { periodSchema } from './act-types.ts';
import { releaseDue, sendDueSignals, sendTable, type TableOrder } from './actions.ts';
import { listCountedIndicators } from './counts.ts';
import { parseStoredPeriod } from './ledger.ts';
import { retryHeldFlows } from './receivers.ts';
import { duePeriods, isCountedEvery } from './schedule.ts';

const tableRequest = z.object({
  party: z.uuid().transform((id) => id as PartyId),
  instrument: subjectIdSchema,
  article: z.string(),
  term: z.int().min(0),
  to: didSchema,
  period: periodSchema,
});

export const sendTableJob: Job<z.output<typeof tableRequest>> = {
  name: 'exchange-table',
  data: tableRequest,
  async run(house, { party, period, ...order }) {
    const stored = parseStoredPeriod(period.kind, period.label);
    const act = await doWork(house, { party }, { system: 'jobs' }, (work) =>
      sendTable(work, { ...order, period: stored }),
    );
    if (act !== undefined) house.log.info('a table was dispatched', { party, act });
  },
};

/** Looks for what is due and gives each its job. Finding the same twice is harmless: nothing is sent twice. */
export const exchangeRound: Job = {
  name: 'exchange-round',
  data: z.object({}),
  schedule: '*/10 * * * *',
  async run(house) {
    const parties = await house.database.read('node', (reader) =>
      reader.selectFrom('parties').select(['id', 'did']).where('is_hosted', '=', true).orderBy('did').execute(),
    );
    for (const { id, did } of parties) {
      const orders = await listDueTables(house, { id, did });
      await doWork(house, { party: id }, { system: 'jobs' }, async ({ tx }) => {
        for (const order of orders) {
          const period = { kind: order.period.kind, label: order.period.label };
          await house.jobs.enqueue(
            tx,
            sendTableJob,
            { ...order, party: id, period },
            { key: [id, order.instrument, order.article, order.term, order.to, period.kind, period.label].join(' ') },
          );
        }
      });
      await doWork(house, { party: id }, { system: 'jobs' }, sendDueSignals);
      await doWork(house, { party: id }, { system: 'jobs' }, releaseDue);
    }
    await doWork(house, 'node', { system: 'federation' }, retryHeldFlows);
  },
};

export async function listDueTables(
  house: House,
  giver: { readonly id: PartyId; readonly did: Did },
): Promise<TableOrder[]> {
  const now = house.clock.now();
  const today = plainDateAt(now, 'UTC');
  return house.database.read({ party: giver.id }, async (reader) => {
    const counted = await listCountedIndicators(reader);
    const orders: TableOrder[] = [];
    for (const { id, state } of await listStandingInstruments(reader, house.journal.protocol, giver.did)) {
      if (statusAt(state, now) !== 'in-force' || !isBoundAt(state, giver.did, now)) continue;
      const position = new Map<string, number>();
      for (const { article, term } of termsOf(state, now)) {
        const at = position.get(article) ?? 0;
        position.set(article, at + 1);
        const { every } = term;
        if (
          term.effect !== 'permit' ||
          term.content !== 'table' ||
          every === null ||
          (term.from ?? giver.did) !== giver.did
        )
          continue;
        const kinds = periodKinds.filter(
          (kind: PeriodKind) =>
            isCountedEvery(kind, every) &&
            counted.some(({ code, periodKind }) => periodKind === kind && (term.indicators?.includes(code) ?? true)),
        );
        const receivers = partiesOf(state).filter(
          (party) => party !== giver.did && (term.to ?? party) === party && isBoundAt(state, party, now),
        );
        for (const kind of kinds)
          for (const to of receivers)
            for (const period of duePeriods(kind, today, boundDay(state, giver.did, to)))
              orders.push({ instrument: id, article, term: at, to, period });
      }
    }
    return orders;
  });
}

/** The day from which both are bound: who joins later is given nothing from before (Vienna Convention 1969, Article 28). */
function boundDay(state: InstrumentState, giver: Did, to: Did): PlainDate {
  const from = [giver, to].map((party) => boundFrom(state, party)?.getTime() ?? Infinity);
  return plainDateAt(new Date(Math.max(...from)), 'UTC');
}

export const exchangeJobs: readonly Job[] = [exchangeRound, sendTableJob];
