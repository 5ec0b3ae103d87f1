/** What the pages and the JSON of papers say. */
import { z } from 'zod';
import { partyKinds } from '../../acts/spine-types.ts';
import { networkFacts } from '../../network/members/answers.ts';
import { networkPath } from '../../network/members/section.tsx';
import { clauseKinds, markings } from '../../text/event.ts';
import { proposalStatuses } from '../../text/state.ts';
import { saidSchema } from '../texts.ts';
import { paperKinds, paperStates } from './paper.ts';

const papersPath = (party: string): string => `${networkPath(party)}/papers`;
export const paperPath = (party: string, slug: string): string => `${papersPath(party)}/${slug}`;

/** Whose words or steps: a member, the secretariat, or somebody whose name was erased. */
const authorAnswer = z.object({
  kind: z.enum(['member', 'secretariat', 'former']),
  name: z.string().nullable(),
  onBehalfOf: z.string().nullable(),
});
export type AuthorAnswer = z.output<typeof authorAnswer>;

export const paperSummary = z.object({
  path: z.string(),
  kind: z.enum(paperKinds),
  title: saidSchema,
  state: z.enum(paperStates),
  /** The decision that has the text before the group. */
  heldBy: z.string().nullable(),
  signingUntil: z.iso.datetime().nullable(),
  publishedAt: z.iso.datetime().nullable(),
  act: z.string().nullable(),
});
export type PaperSummary = z.output<typeof paperSummary>;

const place = {
  network: networkFacts,
  space: z.object({ title: saidSchema, path: z.string() }),
  /** Below which the reader acts: of the paper for whoever is signed in, of the key for whoever came by mail. */
  base: z.string(),
  paper: paperSummary,
};

const own = z.object({
  mayContribute: z.boolean(),
  holdsPen: z.boolean(),
  speaksFor: z.array(z.object({ id: z.string(), name: z.string() })),
});

const piece = z.union([z.string(), z.object({ reference: z.int() })]);

const clauseAnswer = z.object({
  id: z.string(),
  label: z.string(),
  kind: z.enum(clauseKinds),
  /** In the published text. */
  number: z.int().nullable(),
  pieces: z.array(piece),
  marking: z.enum(markings),
  /** Whose words it carries, the most first. */
  authors: z.array(authorAnswer),
  /** Proposals to change it, not yet settled. */
  open: z.int(),
  /** New clauses proposed behind it. */
  additions: z.int(),
});
export type ClauseAnswer = z.output<typeof clauseAnswer>;

const signatoryAnswer = z.object({
  id: z.string(),
  /** Null: a person whose name was erased. */
  name: z.string().nullable(),
  /** Of an organisation. */
  kind: z.enum(partyKinds).nullable(),
  country: z.string().nullable(),
  /** The reader may take it back. */
  isOwn: z.boolean(),
});
export type SignatoryAnswer = z.output<typeof signatoryAnswer>;

export const paperAnswer = z.object({
  ...place,
  settling: z.union([
    z.object({ by: z.literal('editors') }),
    z.object({ by: z.literal('support'), supporters: z.int(), objectionsAtMost: z.int() }),
  ]),
  revision: z.int(),
  clauses: z.array(clauseAnswer),
  additionsAtStart: z.int(),
  credit: z.array(z.object({ author: authorAnswer, source: z.string().nullable(), words: z.number() })),
  /** People whose words are in it, by constituency; null: fewer than five, or others could be worked out from it. */
  uptake: z.array(z.object({ constituency: z.enum(partyKinds), people: z.int().nullable() })),
  references: z.array(z.object({ text: z.string(), link: z.string().nullable() })),
  organisations: z.array(signatoryAnswer),
  persons: z.array(signatoryAnswer),
  sha256: z.string().nullable(),
  own: own.extend({ maySign: z.boolean(), hasSigned: z.boolean() }),
});
export type PaperAnswer = z.output<typeof paperAnswer>;

const comparisonPiece = z.object({ change: z.enum(['kept', 'removed', 'added']), text: z.string() });

const proposalAnswer = z.object({
  id: z.string(),
  label: z.string(),
  op: z.enum(['add', 'change', 'delete', 'move', 'keep']),
  author: authorAnswer,
  at: z.iso.datetime(),
  reason: z.string(),
  status: z.enum(proposalStatuses),
  answer: z.string().nullable(),
  /** Against the version its author worked from; of a new clause all is added. */
  comparison: z.array(comparisonPiece),
  /** The words as proposed. */
  text: z.string().nullable(),
  support: z.int(),
  objections: z.int(),
  path: z.string(),
});
export type ProposalAnswer = z.output<typeof proposalAnswer>;

export const clausePageAnswer = z.object({
  ...place,
  /** Null: the place before the first clause. */
  clause: z
    .object({
      id: z.string(),
      label: z.string(),
      kind: z.enum(clauseKinds),
      text: z.string().nullable(),
      version: z.int(),
      marking: z.enum(markings),
    })
    .nullable(),
  path: z.string(),
  proposals: z.array(proposalAnswer),
  versions: z.array(
    z.object({
      at: z.iso.datetime(),
      author: authorAnswer,
      proposals: z.array(z.string()),
      comparison: z.array(comparisonPiece),
    }),
  ),
  own,
});
export type ClausePageAnswer = z.output<typeof clausePageAnswer>;

export const proposalPageAnswer = z.object({
  ...place,
  proposal: proposalAnswer,
  clausePath: z.string(),
  positions: z.array(
    z.object({
      author: authorAnswer,
      position: z.enum(['support', 'flexible', 'reserve', 'object']),
      reason: z.string().nullable(),
      at: z.iso.datetime(),
    }),
  ),
  own: own.extend({
    isProposer: z.boolean(),
    /** Joins the text as it is: nobody changed the same words since. */
    mayTakeUp: z.boolean(),
  }),
});
export type ProposalPageAnswer = z.output<typeof proposalPageAnswer>;

/** Taking proposals up, in words that join them. */
export const joinAnswer = z.object({
  ...place,
  clause: z.string(),
  clausePath: z.string(),
  /** Which of the clause's open proposals. */
  chosen: z.array(z.string()),
  proposals: z.array(proposalAnswer),
  /** As the clause reads now, and which version that is. */
  current: z.string().nullable(),
  version: z.int().nullable(),
  /** The words suggested: all proposals joined, where they do not meet. */
  suggestion: z.string(),
  /** Where two made different things of the same words. */
  conflicts: z.array(z.object({ base: z.string(), current: z.string(), proposed: z.string() })),
});
export type JoinAnswer = z.output<typeof joinAnswer>;

export const comparePageAnswer = z.object({
  ...place,
  from: z.int(),
  to: z.int(),
  revisions: z.array(z.object({ revision: z.int(), at: z.iso.datetime() })),
  clauses: z.array(z.object({ label: z.string(), comparison: z.array(comparisonPiece), isChanged: z.boolean() })),
});
export type ComparePageAnswer = z.output<typeof comparePageAnswer>;
