/** The command line: `bin/reciproca <command>`. Exit codes: 0 done, 1 could not be done (the message says what to do), 2 asked wrongly. */
import { Command, CommanderError } from 'commander';
import { attestCommand, backupCommand, restoreCommand } from './commands/backup.ts';
import { conformanceCommand } from './commands/conformance.ts';
import { detectCommand } from './commands/detect.ts';
import { demoCommand } from './commands/demo.ts';
import { eraseCommand, keyCommand } from './commands/erase.ts';
import { evaluateCommand } from './commands/evaluate.ts';
import { importCommand } from './commands/import.ts';
import { opinionCommand } from './commands/opinion.ts';
import { mailCommand } from './commands/mail.ts';
import { partyCommand } from './commands/party.ts';
import { personCommand, signCommand } from './commands/person.ts';
import { serveCommand } from './commands/serve.ts';
import { tokenCommand } from './commands/token.ts';
import { migrateCommand, replayCommand } from './commands/upkeep.ts';
import { verifyLogCommand } from './commands/verify-log.ts';
import { OperatorError, UsageError } from './operator-error.ts';
import { Problem } from './problem.ts';
import { findText, isMessageKey } from './ui/locales.ts';

const program = new Command('reciproca')
  .description('Parties cooperating on digital health: deliberate, agree, exchange, warn, deliver, account.')
  .exitOverride()
  .showHelpAfterError('(reciproca --help lists the commands)');

const commands = [
  serveCommand(),
  demoCommand(),
  partyCommand(),
  importCommand(),
  detectCommand(),
  personCommand(),
  signCommand(),
  tokenCommand(),
  mailCommand(),
  eraseCommand(),
  keyCommand(),
  backupCommand(),
  restoreCommand(),
  attestCommand(),
  replayCommand(),
  verifyLogCommand(),
  migrateCommand(),
  conformanceCommand(),
  opinionCommand(),
  evaluateCommand(),
];
for (const command of commands) program.addCommand(command);
endByThrowing(program);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else if (error instanceof UsageError) fail(error.message, 2);
  else if (error instanceof OperatorError) fail(error.message);
  else if (error instanceof Problem) fail(wordsOf(error));
  else throw error;
}

/** Subcommands do not inherit it where they are added to a command that has it. */
function endByThrowing(command: Command): void {
  command.exitOverride();
  for (const inner of command.commands) endByThrowing(inner);
}

function fail(message: string, exitCode = 1): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = exitCode;
}

function wordsOf(problem: Problem): string {
  const key = `problems.${problem.code}`;
  const words = isMessageKey(key) ? findText('en', key) : problem.code;
  return words.replace(/\{([a-zA-Z]+)\}/g, (_, name: string) => textOf(problem.details[name])) + ` (${problem.code})`;
}

function textOf(detail: unknown): string {
  return typeof detail === 'string' ? detail : (JSON.stringify(detail) ?? '');
}
