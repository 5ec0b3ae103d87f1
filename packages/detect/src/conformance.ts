/**
 * Runs reference cases computed with R against this package and says how far apart the two are. One case is one JSON file
 * that holds its whole input. Deterministic values have to agree within 1e-6 of each other and alarms exactly; what R draws
 * at random or optimises numerically has the tolerance its adapter states.
 */
import { type Adapter, adapters } from './conformance/adapters.ts';
import { type Comparison, measure } from './conformance/compare.ts';
import { type GoldenCase, parseGoldenCase } from './conformance/case.ts';

export interface CaseFile {
  readonly name: string;
  readonly text: string;
}

export interface CaseReport {
  readonly name: string;
  readonly passed: boolean;
  readonly line: string;
}

/** One report a file, in the order given. A file that cannot be read as a case is a failure, not an exception. */
export function runConformance(files: readonly CaseFile[]): CaseReport[] {
  return files.map(({ name, text }) => runCase(name, text));
}

/** The last line of the output. */
export function summarise(reports: readonly CaseReport[]): string {
  const passed = reports.filter((report) => report.passed).length;
  return `${passed} passed, ${reports.length - passed} failed`;
}

function runCase(name: string, text: string): CaseReport {
  let comparisons: readonly Comparison[];
  try {
    const golden = parseGoldenCase(text);
    comparisons = findAdapter(golden)(golden);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return { name, passed: false, line: `FAIL ${name} ${reason}` };
  }
  const measured = comparisons.map((comparison) => ({ comparison, found: measure(comparison) }));
  const failures = measured.filter(({ found }) => !found.passed);
  const largest = Math.max(0, ...measured.map(({ found }) => found.difference));
  const notes = [...new Set(measured.flatMap(({ found }) => found.notes))];
  const suffix = notes.length === 0 ? '' : ` (${notes.join(', ')})`;
  if (comparisons.length > 0 && failures.length === 0)
    return { name, passed: true, line: `ok   ${name} ${largest.toExponential(1)}${suffix}` };
  const what =
    failures
      .map(({ comparison, found }) => `${comparison.what}[${found.at}]: ${found.ours} instead of ${found.theirs}`)
      .join('; ') || 'nothing to compare';
  return { name, passed: false, line: `FAIL ${name} ${largest.toExponential(1)} ${what}${suffix}` };
}

function findAdapter(golden: GoldenCase): Adapter {
  const adapter = adapters[golden.algorithm];
  if (adapter === undefined) throw new Error(`no such method: ${golden.algorithm}`);
  return adapter;
}
