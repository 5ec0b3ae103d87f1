/** node --conditions=source conformance-main.ts DIR */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runConformance, summarise } from './conformance.ts';

const [directory] = process.argv.slice(2);
if (directory === undefined) {
  process.stderr.write('usage: conformance-main.ts DIR\n');
  process.exitCode = 2;
} else {
  const names = readdirSync(directory).filter((name) => name.endsWith('.json'));
  const reports = names.sort().flatMap((name) => {
    const found = runConformance([{ name, text: readFileSync(join(directory, name), 'utf8') }]);
    for (const { line } of found) process.stdout.write(`${line}\n`);
    return found;
  });
  process.stdout.write(`${summarise(reports)}\n`);
  process.exitCode = reports.length > 0 && reports.every(({ passed }) => passed) ? 0 : 1;
}
