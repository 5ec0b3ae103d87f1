import { defineConfig } from 'vitest/config';
import { ClosingLine } from './test/support/closing-line.ts';

const common = {
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  oxc: { jsx: { runtime: 'automatic', importSource: 'hono/jsx' } },
} as const;

export default defineConfig({
  ...common,
  test: {
    reporters: ['default', new ClosingLine()],
    maxWorkers: 2,
    // A test that passes at the second try is reported as flaky; on a shared machine it is mostly the machine.
    retry: process.env['CI'] ? 2 : 0,
    projects: [
      {
        ...common,
        test: {
          name: 'packages',
          include: ['packages/*/src/**/*.test.ts'],
          testTimeout: 30_000,
        },
      },
      {
        ...common,
        test: {
          name: 'app',
          include: ['src/**/*.test.{ts,tsx}', 'test/**/*.test.{ts,tsx}'],
          globalSetup: ['test/support/test-cluster.ts'],
          pool: 'forks',
          testTimeout: 90_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
});
