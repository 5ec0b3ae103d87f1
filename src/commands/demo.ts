import path from 'node:path';
import { Command } from 'commander';
import { cast, emailOf, members } from '../demo/cast.ts';
import { runDemo } from '../demo/run.ts';
import { valuesFor, type Story } from '../demo/story.tsx';
import { OperatorError, UsageError } from '../operator-error.ts';
import { translator } from '../ui/locales.ts';

export function demoCommand(): Command {
  return new Command('demo')
    .description('Two invented countries and an observatory on this machine, with a story of one minute.')
    .option('--port <number>', 'the first of three ports that follow one another', '4000')
    .option('--fresh', 'remove the former demonstration and make a new one, for this week')
    .addHelpText('after', '\nIts data are in ./data/demo, or where RECIPROCA_DATA says.\n')
    .action(async ({ port, fresh }: { port: string; fresh?: boolean }) => {
      const firstPort = Number(port);
      if (!Number.isInteger(firstPort) || firstPort < 1024 || firstPort > 65_533)
        throw new UsageError('--port takes a number from 1024 to 65533.');
      const startedMs = performance.now();
      const demo = await runDemo({
        dir: path.resolve(process.env['RECIPROCA_DATA'] || 'data/demo'),
        firstPort,
        isFresh: fresh ?? false,
        say: (words) =>
          void process.stdout.write(
            `${String(Math.round((performance.now() - startedMs) / 1000)).padStart(3)} s  ${words}\n`,
          ),
      });
      process.stdout.write(`\n${formatStory(demo.story)}\nCtrl-C stops the three nodes; their data stay.\n`);
      const ended = await Promise.race([demo.ended, stopSignal()]);
      process.stdout.write('\nStopping.\n');
      await demo.stop();
      if (ended !== undefined)
        throw new OperatorError(
          `The node ${ended} ended by itself. Its log says why: ${demo.nodes.find(({ name }) => name === ended)?.logFile ?? ''}`,
        );
    });
}

export function formatStory({ nodes, steps, password }: Story): string {
  const t = translator('en');
  const people = members.map((who) => `  ${emailOf(who).padEnd(24)} ${cast[who].name}, ${cast[who].what}`);
  return [
    t('demo.title'),
    '',
    ...steps.flatMap((told, at) => {
      const { step, url, as } = told;
      return [
        `${at + 1}. ${t(`demo.step-${step}`)}. ${t(`demo.tell-${step}`, valuesFor({ locale: 'en', t }, told))}`,
        `   ${url}  ${as ? `(as ${as.email})` : '(no account)'}`,
      ];
    }),
    '',
    'The nodes; the story is on their start pages too:',
    ...nodes.map(({ name, url }) => `  ${url}  ${name}`),
    '',
    `Everybody signs in with the password: ${password}`,
    ...people,
    '',
  ].join('\n');
}

function stopSignal(): Promise<undefined> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve(undefined));
    process.once('SIGTERM', () => resolve(undefined));
  });
}
