import { z } from 'zod';
import { didSchema, subjectIdSchema } from '../../acts/payload.ts';
import { raw, read, type Endpoint } from '../../http/endpoint.ts';
import { entryAnswer, logAnswer } from './answers.ts';
import { entryPage, logPage } from './pages.tsx';
import { bytesOf, describeEntry, describeLog, getEntry, getLog, proveEntry } from './reading.ts';

const query = z.object({
  type: z.string().max(80).or(z.literal('')).optional(),
  party: didSchema.or(z.literal('')).optional(),
  subject: subjectIdSchema.or(z.literal('')).optional(),
  before: z.int().min(0).optional(),
});

/** An empty field of a search form asks for nothing. */
const given = <T extends string>(value: T | '' | undefined): T | undefined => (value === '' ? undefined : value);

const choiceOf = ({ type, party, subject, before }: z.output<typeof query>) => ({
  type: given(type),
  party: given(party),
  subject: given(subject),
  before,
});

const index = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);
const origin = z.string().max(300);

const anyone = { for: 'anyone', scope: 'node' } as const;

/** Our own log is at /log, what we hold of another one at /log/of/ORIGIN; both are shown alike. */
const ofOwn = { path: '/log', params: z.object({}), entryParams: z.object({ index }) };
const ofOther = { path: '/log/of/:origin', params: z.object({ origin }), entryParams: z.object({ origin, index }) };

const originIn = (params: object): string | undefined =>
  'origin' in params && typeof params.origin === 'string' ? params.origin : undefined;

const endpointsOf = ({ path, params, entryParams }: typeof ofOwn | typeof ofOther): readonly Endpoint[] => [
  read({
    ...anyone,
    path,
    summary:
      'A log: its key and latest signed state, who confirms it, and its entries, latest first, by kind, party or subject',
    params: z.object(params.shape),
    query,
    answer: logAnswer,
    handle: async (reading, input) =>
      describeLog(reading, await getLog(reading.reader, originIn(input.params)), choiceOf(input.query)),
    page: (answer, view, input) => logPage(answer, view, choiceOf(input.query)),
  }),
  read({
    ...anyone,
    path: `${path}/:index`,
    summary: 'One entry of a log: what it states, what it means, who confirms it, and its public content',
    params: z.object(entryParams.shape),
    answer: entryAnswer,
    handle: async (reading, input) =>
      describeEntry(reading, await getLog(reading.reader, originIn(input.params)), input.params['index']),
    page: entryPage,
  }),
  raw({
    ...anyone,
    path: `${path}/:index/act`,
    summary: 'The entry, byte for byte: a compact JWS where it is an act',
    params: z.object(entryParams.shape),
    contentTypes: ['application/jose', 'application/octet-stream'],
    async handle({ reader }, input) {
      const at = input.params['index'];
      const row = await getEntry(reader, await getLog(reader, originIn(input.params)), at);
      const contentType = row.id === null ? 'application/octet-stream' : 'application/jose';
      return {
        contentType,
        body: bytesOf(row),
        fileName: `entry-${at}.${row.id === null ? 'bin' : 'jws'}`,
        cache: 'shared',
      };
    },
  }),
  raw({
    ...anyone,
    path: `${path}/:index/proof`,
    summary:
      'That the entry is in the log: a C2SP tlog-proof with a signed and, where there is one, confirmed checkpoint',
    params: z.object(entryParams.shape),
    contentTypes: ['text/plain; charset=utf-8'],
    async handle(reading, input) {
      const at = input.params['index'];
      const body = await proveEntry(reading, await getLog(reading.reader, originIn(input.params)), at);
      return { contentType: 'text/plain; charset=utf-8', body, fileName: `entry-${at}.tlog-proof`, cache: 'shared' };
    },
  }),
];

export const logPageEndpoints: readonly Endpoint[] = [...endpointsOf(ofOwn), ...endpointsOf(ofOther)];
