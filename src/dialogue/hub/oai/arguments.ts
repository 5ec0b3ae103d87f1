/** OAI-PMH 2.0, section 3.2 and 4: what a request may ask. Every refusal is one of the protocol's own error codes. */
import { z } from 'zod';

export const verbs = [
  'Identify',
  'ListMetadataFormats',
  'ListSets',
  'ListIdentifiers',
  'ListRecords',
  'GetRecord',
] as const;
export type Verb = (typeof verbs)[number];

export type OaiErrorCode =
  | 'badVerb'
  | 'badArgument'
  | 'badResumptionToken'
  | 'cannotDisseminateFormat'
  | 'idDoesNotExist'
  | 'noRecordsMatch'
  | 'noMetadataFormats';

export class OaiError extends Error {
  override readonly name = 'OaiError';
  readonly code: OaiErrorCode;
  constructor(code: OaiErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

export type Arguments = Readonly<Record<string, string>>;

const allowed: Readonly<Record<Verb, { readonly required: readonly string[]; readonly optional: readonly string[] }>> =
  {
    Identify: { required: [], optional: [] },
    ListMetadataFormats: { required: [], optional: ['identifier'] },
    ListSets: { required: [], optional: ['resumptionToken'] },
    ListIdentifiers: { required: ['metadataPrefix'], optional: ['from', 'until', 'set'] },
    ListRecords: { required: ['metadataPrefix'], optional: ['from', 'until', 'set'] },
    GetRecord: { required: ['identifier', 'metadataPrefix'], optional: [] },
  };

export function parseArguments(pairs: readonly (readonly [string, string])[]): { verb: Verb; given: Arguments } {
  const asked = pairs.filter(([name]) => name === 'verb').map(([, value]) => value);
  const verb = verbs.find((known) => asked.length === 1 && known === asked[0]);
  if (!verb) throw new OaiError('badVerb', 'The verb is missing, unknown or repeated.');
  const others = pairs.filter(([name]) => name !== 'verb');
  const given = Object.fromEntries(others);
  if (Object.keys(given).length !== others.length) throw new OaiError('badArgument', 'An argument is repeated.');
  // Exclusive: it carries all the others.
  if ('resumptionToken' in given && (verb === 'ListIdentifiers' || verb === 'ListRecords')) {
    if (others.length > 1) throw new OaiError('badArgument', 'resumptionToken stands alone.');
    return { verb, given };
  }
  const { required, optional } = allowed[verb];
  const missing = required.find((name) => !(name in given));
  if (missing !== undefined) throw new OaiError('badArgument', `${missing} is missing.`);
  const unknown = Object.keys(given).find((name) => !required.includes(name) && !optional.includes(name));
  if (unknown !== undefined) throw new OaiError('badArgument', 'There is an argument that this verb does not have.');
  if (!namePattern.test(given['metadataPrefix'] ?? metadataPrefix) || !setPattern.test(given['set'] ?? 'any'))
    throw new OaiError('badArgument', 'An argument is not in its form.');
  return { verb, given };
}

// The protocol's schema, metadataPrefixType and setSpecType.
const namePattern = /^[A-Za-z0-9\-_.!~*'()]+$/;
const setPattern = /^[A-Za-z0-9\-_.!~*'()]+(?::[A-Za-z0-9\-_.!~*'()]+)*$/;

export const metadataPrefix = 'oai_dc';

/** What of a list is still to come. It is the whole state: nothing is kept between two requests, so a token does not end. */
export interface Selection {
  readonly from: Date | undefined;
  /** Before this instant. */
  readonly before: Date | undefined;
  readonly set: string | undefined;
  readonly after: { readonly stamp: string; readonly id: string } | undefined;
  /** How many came before. */
  readonly cursor: number;
}

export function parseSelection(given: Arguments): Selection {
  if (given['resumptionToken'] !== undefined) return parseToken(given['resumptionToken']);
  if (given['metadataPrefix'] !== metadataPrefix)
    throw new OaiError('cannotDisseminateFormat', `Only ${metadataPrefix} is given.`);
  const from = given['from'] === undefined ? undefined : parseStamp(given['from']);
  const until = given['until'] === undefined ? undefined : parseStamp(given['until']);
  if (from && until && from.unitMs !== until.unitMs)
    throw new OaiError('badArgument', 'from and until differ in granularity.');
  if (from && until && from.at > until.at) throw new OaiError('badArgument', 'from is after until.');
  return {
    from: from?.at,
    before: until && new Date(until.at.getTime() + until.unitMs),
    set: given['set'],
    after: undefined,
    cursor: 0,
  };
}

const stampForm = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}:\d{2}Z)?$/;

/** Section 3.3: a day, or a second, of UTC. */
function parseStamp(text: string): { readonly at: Date; readonly unitMs: number } {
  const [, day, time] = stampForm.exec(text) ?? [];
  const at = new Date(`${day}${time ?? 'T00:00:00Z'}`);
  if (day === undefined || Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== day)
    throw new OaiError('badArgument', 'Dates are YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ.');
  return { at, unitMs: time === undefined ? 86_400_000 : 1000 };
}

export const formatStamp = (at: Date): string => `${at.toISOString().slice(0, 19)}Z`;

const tokenSchema = z.tuple([
  z.iso.datetime().nullable(),
  z.iso.datetime().nullable(),
  z.string().max(80).nullable(),
  z.iso.datetime({ local: true }),
  z.uuid(),
  z.int().min(1).max(1_000_000_000),
]);

export function formatToken(selection: Selection, after: NonNullable<Selection['after']>, cursor: number): string {
  const { from, before, set } = selection;
  const state = [
    from?.toISOString() ?? null,
    before?.toISOString() ?? null,
    set ?? null,
    after.stamp,
    after.id,
    cursor,
  ];
  return Buffer.from(JSON.stringify(state)).toString('base64url');
}

function parseToken(text: string): Selection {
  try {
    const [from, before, set, stamp, id, cursor] = tokenSchema.parse(
      JSON.parse(Buffer.from(text.slice(0, 2000), 'base64url').toString('utf8')),
    );
    return {
      from: from === null ? undefined : new Date(from),
      before: before === null ? undefined : new Date(before),
      set: set ?? undefined,
      after: { stamp, id },
      cursor,
    };
  } catch (error) {
    throw new OaiError('badResumptionToken', error instanceof SyntaxError ? 'Not a token.' : 'Not a token of ours.');
  }
}
