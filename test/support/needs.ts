import { describe } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** What this machine lacks; the closing report counts skipped tests by it. */
    skipReason?: string;
  }
}

/**
 * A `describe` for tests that need something which not every machine has: `needs(browserAvailable, 'a browser')('a signed-out visitor', ...)`.
 * Where it is missing they are skipped, and counted under the reason; in CI a skipped test is a failure.
 */
export function needs(available: boolean, what: string): (name: string, define: () => void) => void {
  return (name, define) => {
    if (available) describe(name, define);
    else describe.skip(name, { meta: { skipReason: `needs ${what}` } }, define);
  };
}
