/** node --conditions=source conformance-main.ts DIR */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CaseReport, reportUnreadable, runConformance, summarise } from './conformance.ts';

const [directory] = process.argv.slice(2);
if (directory === undefined) {
  process.stderr.write('usage: conformance-main.ts DIR\n');
  process.exitCode = 2;
} else {
  const names = readdirSync(directory).filter((name) => name.endsWith('.json'));
  const reports = names.sort().flatMap((name) => {
    const found = runFile(directory, name);
    for (const { line } of found) process.stdout.write(`${line}\n`);
    return found;
  });
  process.stdout.write(`${summarise(reports)}\n`);
  process.exitCode = reports.length > 0 && reports.every(({ passed }) => passed) ? 0 : 1;
}

function runFile(directory: string, name: string): CaseReport[] {
  try {
    return runConformance([{ name, text: readFileSync(join(directory, name), 'utf8') }]);
  } catch (cause) {
    return [reportUnreadable(name, cause)];
  }
}
