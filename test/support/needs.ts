import { describe } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** What this machine lacks; the closing report counts skipped tests by it. */
    skipReason?: string;
  }
}

type Describe = (name: string, define: () => void) => void;

/**
 * A `describe` for tests that need something which not every machine has: `needs(browserAvailable, 'a browser')('a signed-out visitor', ...)`.
 * Where it is missing they are skipped, and counted under the reason; in CI a skipped test is a failure.
 */
export function needs(available: boolean, what: string): Describe {
  // oxlint-disable-next-line vitest/valid-title, vitest/valid-describe-callback -- the rules take this choice of a function for a suite
  const skipping = describe.skipIf(!available);
  const meta = { skipReason: `needs ${what}` };
  return (name, define) => void skipping(name, { meta }, define);
}
