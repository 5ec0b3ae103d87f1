/**
 * Reads the files in which Polis publishes a conversation, votes.csv and comments.csv, as a stream and with limits. Columns are found by
 * name, in any order; others are ignored. A row that cannot be understood ends the reading: a result from half the votes is none.
 */
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { type Limits, defaultLimits } from './limits.ts';
import { OpinionError } from './opinion-error.ts';
import { type Vote, VoteCollector, type VoteMatrix } from './vote-matrix.ts';

export interface Statement {
  readonly id: string;
  /** -1 moderated out, 0 not looked at, 1 let in. */
  readonly moderation: -1 | 0 | 1;
  /** Asks about the voter (her region, her age) instead of stating an opinion. */
  readonly isMeta: boolean;
  readonly text: string | undefined;
}

const names = {
  participant: ['voter-id', 'participant-id', 'participant', 'voter'],
  statement: ['comment-id', 'statement-id', 'comment', 'statement'],
  vote: ['vote'],
  time: ['timestamp', 'modified'],
  moderation: ['moderated', 'moderation'],
  meta: ['is-meta'],
  text: ['comment-body', 'text', 'comment-text'],
} as const;

type Field = keyof typeof names;

/** `statements` puts statements without votes into the matrix too. */
export async function readVotes(
  input: Readable,
  {
    limits = defaultLimits,
    statements = [],
  }: { readonly limits?: Limits; readonly statements?: readonly Statement[] } = {},
): Promise<VoteMatrix> {
  const collector = new VoteCollector(limits);
  for (const { id } of statements) collector.addStatement(id);
  let lastTime = Number.NEGATIVE_INFINITY;
  await readRows(input, limits, ['participant', 'statement', 'vote'], (row, line) => {
    lastTime = parseTime(row('time'), line) ?? lastTime;
    collector.add({
      participant: parseId(row('participant'), 'participant', line),
      statement: parseId(row('statement'), 'statement', line),
      vote: parseVote(row('vote'), line),
      time: lastTime,
    });
  });
  if (collector.size === 0)
    throw new OpinionError('no-votes', 'the file has a header and no votes; export the votes again');
  return collector.finish();
}

export async function readStatements(input: Readable, limits: Limits = defaultLimits): Promise<readonly Statement[]> {
  const found = new Map<string, Statement>();
  await readRows(input, limits, ['statement'], (row, line) => {
    const id = parseId(row('statement'), 'statement', line);
    if (found.has(id))
      throw new OpinionError('statement-duplicate', `statement ${id} stands here a second time; keep one`, line);
    if (found.size === limits.statements)
      throw new OpinionError('too-many-statements', `there are more than ${limits.statements} statements`, line);
    found.set(id, {
      id,
      moderation: parseModeration(row('moderation'), line),
      isMeta: parseFlag(row('meta'), line),
      text: row('text'),
    });
  });
  return [...found.values()];
}

type Row = (field: Field) => string | undefined;

async function readRows(
  input: Readable,
  limits: Limits,
  required: readonly Field[],
  take: (row: Row, line: number) => void,
): Promise<void> {
  let places: ReadonlyMap<Field, number> | undefined;
  const parser = parse({
    bom: true,
    skip_empty_lines: true,
    max_record_size: 16 * limits.fieldCharacters,
    on_record: (fields: readonly string[], { lines }): null => {
      const line = lines - fields.reduce((count, field) => count + countBreaks(field), 0);
      if (places === undefined) {
        places = findPlaces(fields, required);
        return null;
      }
      const known = places;
      const row: Row = (field) => {
        const place = known.get(field);
        const text = place === undefined ? undefined : fields[place];
        if (text !== undefined && text.length > limits.fieldCharacters)
          throw new OpinionError('field-too-long', `a field has more than ${limits.fieldCharacters} characters`, line);
        return text;
      };
      takeAt(take, row, line);
      return null;
    },
  });
  try {
    // Nothing comes out of the parser: each row is taken up as it is read.
    await pipeline(input, parser.resume());
  } catch (error) {
    throw explain(error, parser.info.lines);
  }
  if (places === undefined) throw new OpinionError('column-missing', 'the file is empty; export it again');
}

function takeAt(take: (row: Row, line: number) => void, row: Row, line: number): void {
  try {
    take(row, line);
  } catch (error) {
    if (error instanceof OpinionError && error.line === undefined)
      throw new OpinionError(error.code, error.message, line);
    throw error;
  }
}

function explain(error: unknown, lastLine: number): unknown {
  if (!(error instanceof CsvError)) return error;
  const line = typeof error['lines'] === 'number' ? error['lines'] : lastLine;
  const because: Partial<Record<CsvError['code'], string>> = {
    CSV_RECORD_INCONSISTENT_FIELDS_LENGTH:
      'this row has more or fewer fields than the header; put texts that hold a comma in quotes',
    CSV_QUOTE_NOT_CLOSED: 'a quote that was opened is never closed; write a quote inside a text twice ("")',
    CSV_INVALID_CLOSING_QUOTE: 'something follows a closing quote; write a quote inside a text twice ("")',
    INVALID_OPENING_QUOTE: 'a quote stands inside a field that does not begin with one; put the whole field in quotes',
    CSV_MAX_RECORD_SIZE: 'this row is too long; a quote may never have been closed',
  };
  return new OpinionError('csv-malformed', because[error.code] ?? error.message, line);
}

function findPlaces(header: readonly string[], required: readonly Field[]): ReadonlyMap<Field, number> {
  const columns = header.map((name) =>
    name
      .trim()
      .toLowerCase()
      .replaceAll(/[\s_]+/g, '-'),
  );
  const places = new Map<Field, number>();
  for (const field of Object.keys(names) as Field[]) {
    const matching = names[field].filter((name) => columns.includes(name));
    const [first] = matching;
    if (first === undefined) continue;
    if (columns.indexOf(first) !== columns.lastIndexOf(first))
      throw new OpinionError('column-duplicate', `there are two columns called ${first}; keep one`, 1);
    places.set(field, columns.indexOf(first));
  }
  for (const field of required)
    if (!places.has(field))
      throw new OpinionError(
        'column-missing',
        `there is no column ${names[field][0]}; the header has: ${header.join(', ').slice(0, 200)}`,
        1,
      );
  return places;
}

function countBreaks(field: string): number {
  return field.includes('\n') ? field.split('\n').length - 1 : 0;
}

function parseId(text: string | undefined, field: 'participant' | 'statement', line: number): string {
  const id = text?.trim() ?? '';
  if (id === '') throw new OpinionError('field-empty', `${names[field][0]} is empty; every row needs one`, line);
  return id;
}

function parseVote(text: string | undefined, line: number): Vote {
  switch (text?.trim()) {
    case '1':
      return 1;
    case '0':
      return 0;
    case '-1':
      return -1;
    default:
      throw new OpinionError(
        'vote-unknown',
        `${quote(text)} is no vote; write 1 (agree), -1 (disagree) or 0 (pass)`,
        line,
      );
  }
}

function parseTime(text: string | undefined, line: number): number | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const time = Number(text);
  if (Number.isFinite(time)) return time;
  throw new OpinionError(
    'number-malformed',
    `${quote(text)} is no timestamp; write milliseconds, or leave the column out`,
    line,
  );
}

function parseModeration(text: string | undefined, line: number): Statement['moderation'] {
  switch (text?.trim() ?? '') {
    case '1':
      return 1;
    case '0':
    case '':
      return 0;
    case '-1':
      return -1;
    default:
      throw new OpinionError('moderation-unknown', `${quote(text)} in moderated; write -1 (out), 0 or 1 (in)`, line);
  }
}

function parseFlag(text: string | undefined, line: number): boolean {
  switch (text?.trim().toLowerCase() ?? '') {
    case 'true':
    case 't':
    case '1':
      return true;
    case 'false':
    case 'f':
    case '0':
    case '':
      return false;
    default:
      throw new OpinionError('flag-unknown', `${quote(text)} in is-meta; write true or false`, line);
  }
}

function quote(text: string | undefined): string {
  return JSON.stringify((text ?? '').slice(0, 40));
}
