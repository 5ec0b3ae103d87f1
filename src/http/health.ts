/** What a supervisor and a monitor ask. Neither tells a stranger anything that helps an attack. */
import type { House } from '../house.ts';
import { problem } from '../problem.ts';
import { raw, type Endpoint } from './endpoint.ts';
import type { Metrics } from './metrics.ts';

/** Written as a log tile is written: it fails when the next act could not be logged. */
const probe = new TextEncoder().encode('reciproca\n');

/** A log that waits or is closed is answered 200: starting the process again would mend nothing, and reading goes on. */
function statusOf({ journal }: House): { status: string; log: string; reason?: string } {
  const condition = journal.condition();
  switch (condition.is) {
    case 'closed':
      return { status: 'read-only', log: 'closed', reason: condition.reason };
    case 'waiting':
      return { status: 'ok', log: 'waits-for-peers' };
    default:
      return { status: 'ok', log: 'ok' };
  }
}

export function healthEndpoints(metrics: Metrics): readonly Endpoint[] {
  const health = raw({
    path: '/healthz',
    summary: 'Whether this process can answer, reach its database and write its log; 503 when not.',
    for: 'anyone',
    scope: 'node',
    limit: 'none',
    timeoutMs: 5000,
    contentTypes: ['application/json'],
    // That a handler runs at all says that the database answered: the transaction is open.
    handle: async ({ house }) => {
      try {
        await house.journal.files.write('.health', probe);
        return { contentType: 'application/json', body: JSON.stringify({ ...statusOf(house), database: 'ok' }) };
      } catch (error) {
        house.log.error('the log cannot be written', { error });
        const body = JSON.stringify({ status: 'failing', database: 'ok', log: 'not-writable' });
        return { contentType: 'application/json', body, status: 503 };
      }
    },
  });
  const numbers = raw({
    path: '/metrics',
    summary: 'Numbers for Prometheus: from this machine itself, or with an administrator’s API token.',
    for: 'anyone',
    scope: 'node',
    limit: 'none',
    contentTypes: ['text/plain'],
    handle: async ({ isLocal, viewer }) => {
      if (!isLocal && !viewer.roles.has('administrator')) throw problem.notAllowed({ needs: 'administrator' });
      return { contentType: 'text/plain; version=0.0.4; charset=utf-8', body: metrics.format() };
    },
  });
  return [health, numbers];
}
