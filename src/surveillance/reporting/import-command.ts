/**
 * `bin/reciproca import places|neighbours|units|indicators|reports FILE [--map ROLE=COLUMN,...] [--column HEADER=CODE] [--encoding latin-1]
 * [--separator ;] [--party SLUG] [--dry-run] [--rejected FILE] [--json]`: what the browser does in several steps, in one. Exit code 0: the file was
 * read, and what could be taken in was; rejected values are counted, and written with their reasons.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { work, type House, type Work } from '../../house.ts';
import type { PartyId } from '../../ids.ts';
import { OperatorError, UsageError } from '../../operator-error.ts';
import { Problem } from '../../problem.ts';
import { translator, type Locale, type MessageKey } from '../../ui/locales.ts';
import { separators, type Separator } from './import/csv.ts';
import { contents, guessColumns, type Content, type Mapping } from './import/mapping.ts';
import { readFileHeader } from './import/file-header.ts';
import { encodings, type EncodingChoice } from './import/text-stream.ts';
import type { Counts } from './import/take-in-reports.ts';
import { asProblem, attachmentsOf, readSubmission, receiveFile, type ReadingResult } from './submissions/actions.ts';
import type { Attachments } from './submissions/attachments.ts';
import { findHostedParty, listHostedSlugs } from './submissions/parties.ts';
import { findSubmission } from './submissions/store.ts';

export interface ImportOptions {
  readonly content: string;
  readonly file: string;
  /** `ROLE=COLUMN` pairs; roles that are not named are guessed from the header. */
  readonly map: readonly string[];
  /** `HEADER=CODE` pairs for a file with one column for each place or indicator; an empty code leaves the column out. */
  readonly column: readonly string[];
  readonly encoding?: string | undefined;
  readonly separator?: string | undefined;
  /** Undefined: the party that runs the node. */
  readonly party?: string | undefined;
  readonly dryRun: boolean;
  /** Where rejected values go; default: beside where the command runs, named after the file. */
  readonly rejected?: string | undefined;
  readonly json: boolean;
  readonly locale?: Locale | undefined;
}

export interface ImportOutput {
  /** Result, to standard output. */
  write(text: string): void;
  /** Progress, to standard error. */
  progress(text: string): void;
}

/** Returns the exit code. */
export async function importCommand(house: House, options: ImportOptions, output: ImportOutput): Promise<number> {
  const content = contents.find((known) => known === options.content);
  if (!content)
    throw new UsageError(`There is nothing called ${options.content} to import. Say one of: ${contents.join(', ')}.`);
  const party = await chooseParty(house, options.party);
  const file = path.resolve(options.file);
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    throw new OperatorError(
      error.code === 'ENOENT' ? `${options.file} does not exist.` : `${options.file} cannot be read: ${error.message}.`,
    );
  });
  if (found.isDirectory()) throw new OperatorError(`${options.file} is a directory. Name a file in it.`);
  const mapping = await chooseMapping(content, file, options);
  const { result, submission } = await (options.dryRun ? tryOut : takeIn)(house, party, {
    content,
    file,
    mapping,
    options,
    output,
  });
  const { counts, rejectedFile } = result;
  if (options.json)
    output.write(`${JSON.stringify({ submission, ...counts, rejectedFile, dryRun: options.dryRun })}\n`);
  else output.write(formatResult(path.basename(file), counts, rejectedFile, options.dryRun));
  return 0;
}

interface Task {
  readonly content: Content;
  readonly file: string;
  readonly mapping: Mapping;
  readonly options: ImportOptions;
  readonly output: ImportOutput;
}

interface Result {
  readonly submission: number | null;
  readonly result: { readonly counts: Counts; readonly rejectedFile: string | null };
}

/** In a scratch directory until the transaction is about to be committed: a file that is refused, however large, leaves nothing behind. */
async function takeIn(house: House, party: PartyId, task: Task): Promise<Result> {
  const attachments = attachmentsOf(house, party);
  await using scratch = await attachments.openScratch();
  const done = await inTransaction(house, party, async (w) => {
    const submission = await receive(w, task, scratch.attachments);
    const read = await readFile(w, submission, task, scratch.attachments);
    const kept = await findSubmission(w.tx.db, submission);
    for (const sha256 of [kept?.sha256, read.rejectionsSha256]) if (sha256) await scratch.handOver(sha256);
    return { submission, ...read };
  });
  const rejectedFile = await writeRejected(done, attachments, task);
  return { submission: done.submission, result: { counts: done.counts, rejectedFile } };
}

/** Everything as it would be, in a transaction that is taken back. */
async function tryOut(house: House, party: PartyId, task: Task): Promise<Result> {
  await using scratch = await attachmentsOf(house, party).openScratch();
  let done: ReadingResult | undefined;
  const takenBack = new Error('the trial is over');
  await inTransaction(house, party, async (w) => {
    done = await readFile(w, await receive(w, task, scratch.attachments), task, scratch.attachments);
    throw takenBack;
  }).catch((error: unknown) => {
    if (error !== takenBack) throw error;
  });
  if (!done) throw takenBack;
  return {
    submission: null,
    result: { counts: done.counts, rejectedFile: await writeRejected(done, scratch.attachments, task) },
  };
}

async function inTransaction<T>(house: House, party: PartyId, run: (w: Work) => Promise<T>): Promise<T> {
  try {
    return await work(house, { party }, { system: 'command-line' }, run);
  } catch (error) {
    throw explain(asProblem(error));
  }
}

const receive = (w: Work, { content, file }: Task, attachments: Attachments): Promise<number> =>
  receiveFile(
    w,
    { path: file, how: 'copy', content, fileName: path.basename(file), source: 'command-line' },
    attachments,
  );

const progressIntervalMs = 2000;

async function readFile(
  w: Work,
  submission: number,
  { mapping, options, output }: Task,
  attachments: Attachments,
): Promise<ReadingResult> {
  let told = Date.now();
  return readSubmission(
    w,
    submission,
    {
      mapping,
      t: translator(options.locale ?? 'en'),
      isTrial: false,
      onProgress(values) {
        if (Date.now() - told < progressIntervalMs) return;
        told = Date.now();
        output.progress(`${values} values read\n`);
      },
    },
    attachments,
  );
}

async function writeRejected(
  { rejectionsSha256 }: ReadingResult,
  attachments: Attachments,
  { file, options }: Task,
): Promise<string | null> {
  if (!rejectionsSha256) return null;
  const target = options.rejected ?? `${path.basename(file, path.extname(file))}.rejected.csv`;
  await pipeline(attachments.read(rejectionsSha256), createWriteStream(target)).catch((error: Error) => {
    throw new OperatorError(
      `The rejected values could not be written to ${target}: ${error.message}. Name another file with --rejected.`,
    );
  });
  return target;
}

async function chooseParty(house: House, slug: string | undefined): Promise<PartyId> {
  const found = await house.database.read('node', (reader) => findHostedParty(reader, slug));
  if (found) return found;
  if (slug === undefined)
    throw new OperatorError('This node has no party yet. Set it up first: bin/reciproca party set-up --help');
  const slugs = await house.database.read('node', listHostedSlugs);
  throw new OperatorError(`This node hosts no party called ${slug}. It hosts: ${slugs.join(', ')}`);
}

async function chooseMapping(content: Content, file: string, options: ImportOptions): Promise<Mapping> {
  const encoding = choose('--encoding', options.encoding ?? 'utf-8', encodings) satisfies EncodingChoice;
  const separator: Separator | undefined =
    options.separator === undefined
      ? undefined
      : choose('--separator', options.separator === 'tab' ? '\t' : options.separator, separators);
  const said = Object.fromEntries(
    options.map.flatMap((list) => list.split(',')).map((pair) => splitPair('--map', pair)),
  );
  const headers = Object.fromEntries(options.column.map((pair) => splitPair('--column', pair)));
  try {
    const { header } = await readFileHeader(() => createReadStream(file), { encoding, separator });
    return { columns: guessColumns(content, header, said), headers, encoding, ...(separator && { separator }) };
  } catch (error) {
    throw explain(asProblem(error));
  }
}

function choose<T extends string>(option: string, given: string, known: readonly T[]): T {
  const found = known.find((each) => each === given);
  if (found === undefined)
    throw new UsageError(`${option} takes one of: ${known.map((each) => (each === '\t' ? 'tab' : each)).join(' ')}`);
  return found;
}

function splitPair(option: string, pair: string): readonly [string, string] {
  const at = pair.indexOf('=');
  if (at < 1) throw new UsageError(`${option} takes pairs such as period=week, not ${JSON.stringify(pair)}.`);
  return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
}

function formatResult(name: string, counts: Counts, rejectedFile: string | null, isTrial: boolean): string {
  const { accepted, changed, unchanged, empty, rejected } = counts;
  return (
    `${name}: accepted ${accepted}, changed ${changed}, unchanged ${unchanged}, empty ${empty}, rejected ${rejected}\n` +
    (rejectedFile === null ? '' : `What was rejected, and why: ${rejectedFile}\n`) +
    (isTrial ? 'This was a trial: nothing was kept.\n' : '')
  );
}

/** The refusal of a whole file says which row or columns, and what to do: on a terminal there is no page beside it. */
function explain(error: unknown): unknown {
  if (!(error instanceof Problem)) return error;
  const { reason, row, names } = error.details;
  if (error.code === 'file-unreadable') {
    const where = typeof row === 'number' ? ` (row ${row})` : '';
    return new OperatorError(`${translator('en')(`reporting.file-${String(reason)}` as MessageKey)}${where}`, {
      cause: error,
    });
  }
  if (error.code === 'columns-unfit')
    return new OperatorError(
      `${translator('en')(`reporting.mapping-${String(reason)}` as MessageKey)} ${Array.isArray(names) ? names.join(', ') : ''}`.trim(),
      {
        cause: error,
      },
    );
  return error;
}
