import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { OpinionError } from '@reciproca/opinion/opinion-error';
import { readStatements, readVotes } from '@reciproca/opinion/polis-export';
import { type Engine, report } from '@reciproca/opinion/report';
import { Command, Option } from 'commander';
import { OperatorError } from '../operator-error.ts';
import { describeReport } from './opinion-text.ts';

interface Flags {
  readonly comments?: string;
  readonly engine: Engine;
  readonly json?: boolean;
}

const defaultOutput = { write: (text: string): void => void process.stdout.write(text) };

export function opinionCommand(out: { write(text: string): void } = defaultOutput): Command {
  return new Command('opinion')
    .description('Find groups of people who vote alike, and the statements that all groups agree with.')
    .argument('<votes>', 'votes as Polis exports them: CSV with voter-id, comment-id, vote (1, 0, -1), timestamp')
    .option('--comments <file>', 'the statements: CSV with comment-id, moderated (-1, 0, 1), is-meta, comment-body')
    .addOption(
      new Option(
        '--engine <engine>',
        'robust: groups only where they would be found again, nothing about fewer than five people; compat: exactly as Polis',
      )
        .choices(['compat', 'robust'])
        .default('robust'),
    )
    .option('--json', 'print everything as JSON; "meaning" says what each number is')
    .addHelpText(
      'after',
      `
Participants are listed with their place and group, for whoever holds the votes: do not publish that list.

Exit codes: 0 done ("no stable groups" is an answer), 1 a file cannot be read or understood (the message names
file, line and what to do, its code in brackets), 2 asked wrongly.`,
    )
    .action(async (file: string, { comments, engine, json }: Flags) => {
      const statements = comments === undefined ? [] : await read(comments, readStatements);
      const matrix = await read(file, (input) => readVotes(input, { statements }));
      const found = report(engine, { matrix, statements });
      out.write(json ? `${JSON.stringify(found)}\n` : describeReport(found));
    });
}

async function read<T>(file: string, parse: (input: Readable) => Promise<T>): Promise<T> {
  try {
    return await parse(createReadStream(file));
  } catch (error) {
    if (error instanceof OpinionError) throw new OperatorError(`${file}, ${error.message} (${error.code})`);
    if (error instanceof Error && 'code' in error && 'syscall' in error)
      throw new OperatorError(
        `${file} cannot be read: ${error.message}; check the name and your rights (file-unreadable)`,
      );
    throw error;
  }
}
