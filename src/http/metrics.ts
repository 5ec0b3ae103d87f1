/** Prometheus text format 0.0.4. Sixty lines rather than a library: six counters, no registry that anybody could forget to clear. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { House } from '../house.ts';

export interface Answered {
  readonly method: string;
  /** The declared path, never the address itself: addresses hold tokens and identifiers. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

export interface Metrics {
  observe(answered: Answered): void;
  format(): string;
}

const bucketsSeconds = [0.01, 0.05, 0.1, 0.5, 1, 5, 30];

interface Durations {
  readonly counts: number[];
  sum: number;
  count: number;
}

export function openMetrics(house: House): Metrics {
  const requests = new Map<string, number>();
  const durations = new Map<string, Durations>();
  const delay = monitorEventLoopDelay();
  delay.enable();
  return {
    observe({ method, route, status, seconds }) {
      const key = labels({ method, route, status: String(status) });
      requests.set(key, (requests.get(key) ?? 0) + 1);
      const at = labels({ route });
      const found = durations.get(at) ?? { counts: bucketsSeconds.map(() => 0), sum: 0, count: 0 };
      for (const [position, limit] of bucketsSeconds.entries())
        if (seconds <= limit) found.counts[position] = (found.counts[position] ?? 0) + 1;
      found.sum += seconds;
      found.count++;
      durations.set(at, found);
    },
    format() {
      const { pool } = house.database;
      const { user, system } = process.cpuUsage();
      const connections = [
        ['idle', pool.idleCount],
        ['busy', pool.totalCount - pool.idleCount],
      ] as const;
      return [
        ...family('reciproca_requests_total', 'counter', 'Answers by method, declared path and status.', [...requests]),
        ...histogram('reciproca_request_seconds', 'From request to answer, after COMMIT.', durations),
        ...family(
          'reciproca_database_connections',
          'gauge',
          'Connections of this process.',
          connections.map(([state, count]) => [labels({ state }), count]),
        ),
        ...family('reciproca_database_waiting', 'gauge', 'Requests that wait for a connection.', [
          ['', pool.waitingCount],
        ]),
        ...family('reciproca_event_loop_delay_seconds', 'gauge', '99th percentile since the start.', [
          ['', delay.percentile(99) / 1e9],
        ]),
        ...family('process_cpu_seconds_total', 'counter', 'User and system.', [['', (user + system) / 1e6]]),
        ...family('process_resident_memory_bytes', 'gauge', 'Resident set.', [['', process.memoryUsage.rss()]]),
        ...family('process_start_time_seconds', 'gauge', 'Unix time.', [
          ['', Math.round(Date.now() / 1000 - process.uptime())],
        ]),
        '',
      ].join('\n');
    },
  };
}

function labels(values: Readonly<Record<string, string>>): string {
  const escape = (text: string): string =>
    text.replace(/[\\"\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`));
  return `{${Object.entries(values)
    .map(([name, value]) => `${name}="${escape(value)}"`)
    .join(',')}}`;
}

function family(
  name: string,
  type: string,
  help: string,
  samples: readonly (readonly [string, number])[],
): readonly string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...samples.map(([at, value]) => `${name}${at} ${value}`)];
}

function histogram(name: string, help: string, durations: ReadonlyMap<string, Durations>): readonly string[] {
  const samples = [...durations].flatMap(([at, { counts, sum, count }]) => {
    const bucket = (limit: string, value: number): string =>
      `${name}_bucket${at.replace('}', `,le="${limit}"}`)} ${value}`;
    return [
      ...bucketsSeconds.map((limit, position) => bucket(String(limit), counts[position] ?? 0)),
      bucket('+Inf', count),
      `${name}_sum${at} ${sum}`,
      `${name}_count${at} ${count}`,
    ];
  });
  return [`# HELP ${name} ${help}`, `# TYPE ${name} histogram`, ...samples];
}
