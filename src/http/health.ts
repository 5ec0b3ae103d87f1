/** What a supervisor and a monitor ask. Neither tells a stranger anything that helps an attack. */
import { findOwnLog, isOperator } from '../acts/store.ts';
import type { Reader } from '../db/database.ts';
import type { House } from '../house.ts';
import { problem } from '../problem.ts';
import { raw, type Endpoint } from './endpoint.ts';
import type { Metrics } from './metrics.ts';
import type { Viewer } from '../ui/view.ts';

/** Written as a log tile is written: it fails when the next act could not be logged. */
const probe = new TextEncoder().encode('reciproca\n');
const probeEveryMs = 5_000;

/** However many ask, and anybody may: one write in five seconds. */
function openProbe(): (house: House) => Promise<void> {
  let last: { readonly atMs: number; readonly written: Promise<void> } | undefined;
  return ({ clock, journal }) => {
    const nowMs = clock.now().getTime();
    if (!last || Math.abs(nowMs - last.atMs) >= probeEveryMs)
      last = { atMs: nowMs, written: journal.files.write('.health', probe) };
    return last.written;
  };
}

/** A log that waits or is closed is answered 200: starting the process again would mend nothing, and reading goes on. */
async function statusOf(house: House, reader: Reader): Promise<{ status: string; log: string; reason?: string }> {
  const own = await findOwnLog(reader);
  // Another process of this node may have closed it.
  const condition =
    own?.closedReason == null ? house.journal.condition() : { is: 'closed' as const, reason: own.closedReason };
  switch (condition.is) {
    case 'closed':
      return { status: 'read-only', log: 'closed', reason: condition.reason };
    case 'waiting':
      return { status: 'ok', log: 'waits-for-peers' };
    default:
      return { status: 'ok', log: 'ok' };
  }
}

/** An account for the monitor needs no more than to observe for the party that runs the node. */
async function requireOperatorsOwn(reader: Reader, { party, roles }: Viewer): Promise<void> {
  const isOwn = party !== undefined && (await isOperator(reader, party.id));
  if (!isOwn || !(roles.has('administrator') || roles.has('observer'))) throw problem.notAllowed({ needs: 'operator' });
}

export function healthEndpoints(metrics: Metrics): readonly Endpoint[] {
  const probeLog = openProbe();
  const health = raw({
    path: '/healthz',
    summary: 'Whether this process can answer, reach its database and write its log; 503 when not.',
    for: 'anyone',
    scope: 'node',
    limit: 'none',
    timeoutMs: 5000,
    contentTypes: ['application/json'],
    // That a handler runs at all says that the database answered: the transaction is open.
    handle: async ({ house, reader }) => {
      try {
        await probeLog(house);
        const status = await statusOf(house, reader);
        return { contentType: 'application/json', body: JSON.stringify({ ...status, database: 'ok' }) };
      } catch (error) {
        house.log.error('the log cannot be written', { error });
        const body = JSON.stringify({ status: 'failing', database: 'ok', log: 'not-writable' });
        return { contentType: 'application/json', body, status: 503 };
      }
    },
  });
  const numbers = raw({
    path: '/metrics',
    summary:
      'Numbers for Prometheus: from this machine itself, or with an API token of an administrator or observer of the party that runs the node.',
    for: 'anyone',
    scope: 'node',
    contentTypes: ['text/plain'],
    handle: async ({ isLocal, viewer, reader }) => {
      if (!isLocal) await requireOperatorsOwn(reader, viewer);
      return { contentType: 'text/plain; version=0.0.4; charset=utf-8', body: metrics.format() };
    },
  });
  return [health, numbers];
}
