import { Command } from 'commander';
import { mailKinds } from '../app.ts';
import { mailLimitBytes } from '../field/mail/incoming.ts';
import { takeInMail } from '../field/mail/taking-in.ts';
import { OperatorError } from '../operator-error.ts';
import { openCommandHouse } from './with-house.ts';

export function mailCommand(): Command {
  return new Command('mail').description('Mail that comes for members of networks hosted here.').addCommand(
    new Command('take-in')
      .description(
        'Take in one mail from standard input, as a mail server pipes it to a program. What is no answer to a mail of this node is left alone.',
      )
      .option('--json', 'print the answer as JSON')
      .action(async ({ json }: { readonly json?: boolean }) => {
        await using command = await openCommandHouse('join');
        if (!command.config.mail)
          throw new OperatorError('This node takes no mail: set RECIPROCA_MAIL_ADDRESS and RECIPROCA_SMTP_URL.');
        const raw = await readBeginning(process.stdin, mailLimitBytes);
        const outcome = await takeInMail(command.house, mailKinds, raw);
        process.stdout.write(json ? `${JSON.stringify({ outcome })}\n` : `${outcome}\n`);
      }),
  );
}

/** A little more than may be, so that what is too large is seen to be; the rest is read away, because a mail server takes a broken pipe for a failure of ours. */
async function readBeginning(input: AsyncIterable<Buffer>, limitBytes: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of input) {
    if (bytes <= limitBytes) pieces.push(piece);
    bytes += piece.length;
  }
  return Buffer.concat(pieces);
}
