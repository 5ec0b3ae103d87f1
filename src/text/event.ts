/**
 * What happens to a text that many people write: the only thing that is kept. Everything else - the text, what is open, who supports what,
 * whose words were adopted - is folded from it (fold.ts). An event may stand in a table of ours or in an act of a party.
 */
import { z } from 'zod';

/** Enough for the longest article of a treaty, and little enough to compare while a page is drawn. */
export const longestClause = 10_000;
export const mostClauses = 400;
export const mostProposals = 5_000;

const id = z.string().regex(/^[A-Za-z0-9_-]{1,43}$/);
/** Opaque to the engine: a member's or a party's identifier. */
const author = z.string().min(1).max(423);
const words = z.string().trim().min(1).max(longestClause);
const reason = z.string().trim().min(1).max(2_000);

export const clauseKinds = ['heading', 'recital', 'paragraph', 'point'] as const;
export const clauseKindSchema = z.enum(clauseKinds);

/**
 * W, Y, G of negotiations: not agreed; agreed in the group that works on it; agreed in plenary. `ad-referendum`: agreed at the
 * table, to be confirmed by those the speakers answer to.
 */
export const markings = ['open', 'agreed-in-group', 'ad-referendum', 'agreed'] as const;
export type Marking = (typeof markings)[number];

/** Where words come from that were not first written here: a statement, a meeting, another text. */
const origin = z.strictObject({ by: author, source: z.string().max(200).nullable() });

/** Who may take proposals up: those who hold the pen, or anybody once enough support them and few enough object. */
const settling = z.union([
  z.strictObject({ by: z.literal('editors') }),
  z.strictObject({
    by: z.literal('support'),
    supporters: z.int().min(1).max(10_000),
    objectionsAtMost: z.int().min(0).max(10_000),
  }),
]);

const clauseText = z.strictObject({ id, kind: clauseKindSchema, text: words });

const outcomes = ['taken-up', 'merged', 'declined', 'parked'] as const;

const change = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('opened'),
    editors: z.array(author).min(1).max(50),
    settling,
    clauses: z
      .array(z.strictObject({ ...clauseText.shape, origins: z.array(origin).max(50) }))
      .min(1)
      .max(mostClauses),
  }),
  /** The pen goes to others; convening rotates. */
  z.strictObject({ type: z.literal('handed-over'), editors: z.array(author).min(1).max(50) }),
  z.strictObject({
    type: z.literal('proposed'),
    proposal: id,
    /** ITU's vocabulary: ADD, MOD, SUP, ADD*\/SUP* (move), NOC (keep as it is, with the reason). */
    what: z.discriminatedUnion('op', [
      z.strictObject({ op: z.literal('add'), after: id.nullable(), kind: clauseKindSchema, text: words }),
      /** `version`: the one that its author worked from. */
      z.strictObject({ op: z.literal('change'), clause: id, version: z.int().min(0), text: words }),
      z.strictObject({ op: z.literal('delete'), clause: id }),
      z.strictObject({ op: z.literal('move'), clause: id, after: id.nullable() }),
      z.strictObject({ op: z.literal('keep'), clause: id }),
    ]),
    /** The organisation it is made for, where that is not the author alone. */
    onBehalfOf: author.nullable(),
    reason,
  }),
  z.strictObject({
    type: z.literal('positioned'),
    proposal: id,
    position: z.enum(['support', 'flexible', 'reserve', 'object']),
    onBehalfOf: author.nullable(),
    /** Objecting and reserving ask for one. */
    reason: reason.nullable(),
  }),
  z.strictObject({ type: z.literal('withdrawn'), proposal: id }),
  /** One proposal or several on the same place become text, as proposed or in words that join them. */
  z.strictObject({
    type: z.literal('taken-up'),
    proposals: z.array(id).min(1).max(50),
    /** The clause as it reads from now on; null for a deletion, a move, or keeping. */
    text: words.nullable(),
    reason: reason.nullable(),
  }),
  z.strictObject({ type: z.literal('declined'), proposal: id, reason }),
  /** Set aside without a decision, for a later round. It is open again as soon as somebody says so. */
  z.strictObject({ type: z.literal('parked'), proposal: id, reason }),
  z.strictObject({ type: z.literal('resumed'), proposal: id }),
  z.strictObject({
    type: z.literal('marked'),
    clause: id,
    marking: z.enum(markings),
    /** Opening what was agreed asks for one. */
    reason: reason.nullable(),
  }),
  /** The text of whoever holds the pen, whole. What it leaves out stays readable, and no open proposal goes unanswered. */
  z.strictObject({
    type: z.literal('revised'),
    clauses: z.array(clauseText).min(1).max(mostClauses),
    answers: z
      .array(
        z.strictObject({ proposal: id, outcome: z.enum(outcomes), clause: id.nullable(), reason: reason.nullable() }),
      )
      .max(mostProposals),
    reason,
  }),
  z.strictObject({ type: z.literal('adopted') }),
]);

export const textEventSchema = z.strictObject({
  by: author,
  /** ISO 8601; told by whoever keeps the events, and decides nothing. */
  at: z.iso.datetime(),
  /** The meeting in which it was said, if any. */
  session: z.string().max(100).nullable(),
  change,
});
export type TextEvent = z.infer<typeof textEventSchema>;
export type TextChange = TextEvent['change'];
export type ProposalChange = Extract<TextChange, { type: 'proposed' }>['what'];
export type Position = Extract<TextChange, { type: 'positioned' }>['position'];
