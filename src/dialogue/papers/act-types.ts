/** What others must be able to rely on: a paper as it was adopted, a joint statement with the organisations that signed it. */
import { z } from 'zod';
import { partyKinds } from '../../acts/spine-types.ts';
import { actType } from '../../acts/protocol.ts';
import { clauseKindSchema, longestClause, mostClauses } from '../../text/event.ts';
import { paperKinds } from './paper.ts';

const title = z.string().min(1).max(300);
const language = z.string().regex(/^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})?$/);
const clauses = z
  .array(z.strictObject({ kind: clauseKindSchema, text: z.string().min(1).max(longestClause) }))
  .min(1)
  .max(mostClauses);
/** SHA-256, in hexadecimal, of the plain text as it can be downloaded. */
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const published = {
  sequenced: false,
  admission: 'open',
  restrictive: false,
  assurance: 'node',
  audience: 'public',
} as const;

export const adoptPaper = actType({
  ...published,
  name: 'paper.adopt/1',
  summary: z.strictObject({ kind: z.enum(paperKinds), sha256 }),
  body: z.strictObject({ title, language, clauses }),
});

/** Persons who signed are counted and not named: their names can be erased, an act cannot. */
export const statementClosed = actType({
  ...published,
  name: 'joint-statement.close/1',
  summary: z.strictObject({ sha256, organisations: z.int().min(0), persons: z.int().min(0) }),
  body: z.strictObject({
    title,
    language,
    clauses,
    signatories: z
      .array(
        z.strictObject({
          name: z.string().min(1).max(200),
          kind: z.enum(partyKinds),
          country: z
            .string()
            .regex(/^[A-Z]{2}$/)
            .nullable(),
          did: z.string().max(400).nullable(),
        }),
      )
      .max(10_000),
  }),
});

export const paperTypes = [adoptPaper, statementClosed];
