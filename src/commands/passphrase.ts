import { readFileSync } from 'node:fs';
import { OperatorError, UsageError } from '../operator-error.ts';

export function readPassphrase({ passphraseFile }: { readonly passphraseFile?: string }): string {
  if (passphraseFile === undefined)
    throw new UsageError('--passphrase-file is missing: the file with the passphrase of the backup.');
  let text;
  try {
    text = readFileSync(passphraseFile, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new OperatorError(`${passphraseFile}: ${(error as Error).message}`);
  }
  if (text.length < 12) throw new OperatorError('The passphrase needs at least 12 characters.');
  return text;
}
