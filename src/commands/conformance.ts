import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { type CaseReport, reportUnreadable, runConformance, summarise } from '@reciproca/detect/conformance';
import { OperatorError } from '../operator-error.ts';

export function conformanceCommand(): Command {
  return new Command('conformance')
    .description('Compare this software with reference results computed by others.')
    .addCommand(
      new Command('detect')
        .description('Run every reference case of a directory; one line each, the last line counts.')
        .argument('<directory>', 'case files, *.json')
        .action((directory: string) => {
          const reports = listCases(directory).flatMap((name) => {
            const found = runFile(directory, name);
            for (const { line } of found) process.stdout.write(`${line}\n`);
            return found;
          });
          process.stdout.write(`${summarise(reports)}\n`);
          process.exitCode = reports.length > 0 && reports.every(({ passed }) => passed) ? 0 : 1;
        }),
    );
}

function listCases(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith('.json'))
      .sort();
  } catch (error) {
    throw new OperatorError(`${directory} cannot be read: ${(error as Error).message}`);
  }
}

/** A file that cannot be read is a failed case. */
function runFile(directory: string, name: string): readonly CaseReport[] {
  try {
    return runConformance([{ name, text: readFileSync(join(directory, name), 'utf8') }]);
  } catch (error) {
    return [reportUnreadable(name, error)];
  }
}
