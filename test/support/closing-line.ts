import * as fs from 'node:fs';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

// The last line of a test run is `N passed, N failed, N skipped`, whatever else is printed; before it stands why tests were
// skipped. Where CI is set, everything that tests need is to be installed, so a skipped test is a failure.
// A class, because Vitest makes reporters with `new`.

export class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string): number => tests.filter((test) => test.result().state === state).length;
    const skipped = tests.filter((test) => test.result().state === 'skipped');
    // A file that cannot be loaded has no tests, and an error outside of any test belongs to none.
    const broken = modules.filter((module) => module.errors().length > 0).length + errors.length;
    const lines: string[] = [];
    const byReason = Map.groupBy(skipped, findReason);
    for (const [reason, cases] of byReason) lines.push(`skipped ${cases.length}: ${reason}`);
    if (skipped.length > 0 && process.env['CI']) {
      lines.push('CI is set: a skipped test is a failure');
      process.exitCode = 1;
    }
    lines.push(`${count('passed')} passed, ${count('failed') + broken} failed, ${skipped.length} skipped`);
    // Other reporters and the teardown still print; nothing does after 'exit'.
    process.once('exit', () => fs.writeSync(1, `${lines.join('\n')}\n`));
  }
}

function findReason(test: TestCase): string {
  const result = test.result();
  if (result.state === 'skipped' && result.note !== undefined) return result.note;
  const meta = test.meta();
  if (meta.skipReason !== undefined) return meta.skipReason;
  // Of nested suites the outermost skipped one is the cause.
  let cause: string = test.fullName;
  for (let parent = test.parent; parent.type === 'suite'; parent = parent.parent) {
    const reason = parent.meta().skipReason;
    if (reason !== undefined) return reason;
    if (parent.options.mode === 'skip') cause = parent.fullName;
  }
  return cause;
}
