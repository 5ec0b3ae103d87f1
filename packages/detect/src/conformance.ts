/**
 * Runs reference cases computed with R against this package and says how far apart the two are. One case is one JSON file
 * that holds its whole input. Deterministic values have to agree within 1e-6 of each other and alarms exactly; what R draws
 * at random or optimises numerically has the tolerance its adapter states.
 */
import { type Adapter, adapters } from './conformance/adapters.ts';
import { type Comparison, measure } from './conformance/compare.ts';
import { type GoldenCase, parseGoldenCase } from './conformance/case.ts';
import { listUnknownSettings } from './conformance/settings.ts';

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

/** A case that cannot be read at all, as a failed line. */
export function reportUnreadable(name: string, cause: unknown): CaseReport {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return { name, passed: false, line: `FAIL ${name} ${reason.replaceAll('\n', ' ')}` };
}

function runCase(name: string, text: string): CaseReport {
  try {
    const golden = parseGoldenCase(text);
    const comparisons = findAdapter(golden)(golden);
    const unknown = listUnknownSettings(golden).map((setting) => `setting ${setting} not known, left out`);
    return describe(name, comparisons, unknown);
  } catch (cause) {
    return reportUnreadable(name, cause);
  }
}

function describe(name: string, comparisons: readonly Comparison[], remarks: readonly string[]): CaseReport {
  const measured = comparisons.map((comparison) => ({ comparison, found: measure(comparison) }));
  const failures = measured.filter(({ found }) => !found.passed);
  const largest = Math.max(0, ...measured.map(({ found }) => found.difference));
  const notes = [...new Set([...measured.flatMap(({ found }) => found.notes), ...remarks])];
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
  if (adapter === undefined)
    throw new Error(`no such method: ${golden.algorithm}; known: ${Object.keys(adapters).join(', ')}`);
  return adapter;
}
