import { Command } from 'commander';
import { contents } from '../surveillance/reporting/import/mapping.ts';
import { importCommand as runImport, type ImportOptions } from '../surveillance/reporting/import-command.ts';
import { importRules } from '../surveillance/workbench/rules/import-command.ts';
import { openCommandHouse } from './with-house.ts';

const gather = (value: string, before: readonly string[]): readonly string[] => [...before, value];

export function importCommand(): Command {
  return new Command('import')
    .description(
      'Take a file in: places, neighbours, reporting units, indicators, reports, or rules of a DHIS2 package.',
    )
    .argument('<content>', `what the file is about: ${[...contents, 'rules'].join(', ')}`)
    .argument('<file>', 'CSV, or GeoJSON for places, or JSON for rules')
    .option(
      '--map <pairs>',
      'ROLE=COLUMN,...: which column is what; for reports place=* or indicator=* where each column is one, and :CODE where the file is about one; for rules ELEMENT=INDICATOR',
      gather,
      [],
    )
    .option('--column <pair>', 'HEADER=CODE: what a column under * stands for; HEADER= leaves it out', gather, [])
    .option('--encoding <name>', 'latin-1, when the file is neither UTF-8 nor marked UTF-16')
    .option('--separator <character>', 'between the columns: , ; | or tab; otherwise as the header shows')
    .option('--party <slug>', 'for which party of this node; otherwise the one that runs it')
    .option('--dry-run', 'say what would happen, and keep nothing', false)
    .option('--rejected <file>', 'where to write what was rejected, with the reasons')
    .option('--json', 'print the answer as JSON', false)
    .addHelpText(
      'after',
      '\nReports may be of any size: they are read piece by piece. Other files end at 50 MB. What is refused leaves nothing behind.\n\nFor example:\n  reciproca import reports weekly.csv --map period=week,place=district,indicator=disease,value=cases --dry-run\n  reciproca import rules metadata.json --dry-run\n  reciproca import rules metadata.json --map ELEMENT=measles\n',
    )
    .action(async (content: string, file: string, options: Omit<ImportOptions, 'content' | 'file'>) => {
      await using command = await openCommandHouse('join');
      if (content === 'rules') {
        process.exitCode = await importRules(
          command.house,
          { ...options, file },
          (text) => void process.stdout.write(text),
        );
        return;
      }
      process.exitCode = await runImport(
        command.house,
        { ...options, content, file },
        { write: (text) => void process.stdout.write(text), progress: (text) => void process.stderr.write(text) },
      );
    });
}
