/** Writing statements, looking at them, translating them. Nothing is deleted: what is taken out stays in the log with the reason. */
import { randomUUID } from 'node:crypto';
import type { Reader } from '../../../db/database.ts';
import type { Caller } from '../../../http/caller.ts';
import type { Work } from '../../../house.ts';
import { newStatementId, type MemberId } from '../../../ids.ts';
import { requireParty } from '../../../network/members/party.ts';
import type { Member } from '../../../network/members/member.ts';
import { problem } from '../../../problem.ts';
import { explainPriority } from '@reciproca/opinion/routing';
import { requireConvenor } from '../../programme/spaces/actions.ts';
import { requirePhase } from '../inquiries/actions.ts';
import type { Inquiry } from '../inquiries/inquiry.ts';
import { isEligible, lockInquiry } from '../inquiries/store.ts';
import { computeRequest } from '../results/request.ts';
import {
  fingerprintOf,
  longestStatement,
  mostStatements,
  tidy,
  type Reason,
  type Refusal,
  type Statement,
  type StatementState,
} from './statement.ts';
import * as store from './store.ts';

export interface StatementGiven {
  readonly text: string;
  readonly language: string;
  /** As its author says: it is then looked at before anybody else sees it. */
  readonly namesPerson: boolean;
}

/** Undefined author: whoever convenes, who may write as many as there is room for. */
export async function findRefusal(
  reader: Reader,
  inquiry: Inquiry,
  author: MemberId | undefined,
  { text, language }: StatementGiven,
): Promise<Refusal | undefined> {
  const tidied = tidy(text);
  if (tidied === '') return 'empty';
  if (tidied.length > longestStatement) return 'too-long';
  if (!inquiry.languages.includes(language)) return 'language';
  if (await store.findByFingerprint(reader, inquiry.id, fingerprintOf(tidied))) return 'said-already';
  const counts = await store.countStatements(reader, inquiry.id, author);
  if (counts.all >= mostStatements) return 'full';
  return author !== undefined && counts.own >= inquiry.statementsEach ? 'enough' : undefined;
}

/** Polis begins so as well: what nobody has seen comes soon. */
const firstPriority = explainPriority({
  count: { agrees: 0, disagrees: 0, seen: 0 },
  extremity: 0,
  isMeta: false,
}).value;

interface Written {
  readonly number: number;
  readonly state: StatementState;
}

/** By a member. Who may vote may also write. */
export async function submitStatement(
  work: Work,
  inquiry: Inquiry,
  author: Member,
  given: StatementGiven,
  source: 'web' | 'mail',
): Promise<Written> {
  requirePhase(inquiry, work.tx.now, 'submit');
  if (!(await isEligible(work.tx.db, inquiry, author.id))) throw problem.notAllowed({ needs: 'voter' });
  await lockOpen(work, inquiry);
  await refuse(work.tx.db, inquiry, author.id, given);
  const state = given.namesPerson || inquiry.moderation === 'before' ? 'held' : 'shown';
  return write(work, inquiry, { given, author: author.id, state, source });
}

/** By whoever convenes: something to begin with. Shown as theirs. */
export async function seedStatement(work: Work & Caller, inquiry: Inquiry, given: StatementGiven): Promise<Written> {
  await requireConvenor(work, inquiry.space);
  if (inquiry.state !== 'draft') requirePhase(inquiry, work.tx.now, 'submit');
  await lockOpen(work, inquiry);
  await refuse(work.tx.db, inquiry, undefined, given);
  return write(work, inquiry, { given, author: undefined, state: given.namesPerson ? 'held' : 'shown', source: 'web' });
}

async function lockOpen(work: Work, inquiry: Inquiry): Promise<void> {
  if ((await lockInquiry(work.tx, inquiry.id, 'alone')) === 'closed')
    throw problem.stepNotAllowed({ step: 'submit', status: 'closed' });
}

async function refuse(
  reader: Reader,
  inquiry: Inquiry,
  author: MemberId | undefined,
  given: StatementGiven,
): Promise<void> {
  const refusal = await findRefusal(reader, inquiry, author, given);
  if (refusal === undefined) return;
  const path = refusal === 'language' ? 'language' : 'text';
  throw problem.inputInvalid({ fields: [{ path, code: `statements.refused-${refusal}`, message: refusal }] });
}

async function write(
  work: Work,
  inquiry: Inquiry,
  written: {
    readonly given: StatementGiven;
    readonly author: MemberId | undefined;
    readonly state: 'held' | 'shown';
    readonly source: 'web' | 'mail';
  },
): Promise<Written> {
  const { given, author, state, source } = written;
  const id = newStatementId();
  const text = tidy(given.text);
  const number = await store.insertStatement(work.tx, requireParty(work), {
    id,
    inquiry: inquiry.id,
    isChathamHouse: inquiry.isChathamHouse,
    text,
    language: given.language,
    fingerprint: fingerprintOf(text),
    author: inquiry.isChathamHouse ? undefined : author,
    isByConvenor: author === undefined,
    source,
    state,
    priority: firstPriority,
  });
  if (given.namesPerson)
    await store.insertDecision(work.tx, {
      id: randomUUID(),
      party_id: requireParty(work),
      statement_id: id,
      state: 'held',
      reason: 'names-a-person',
      note: null,
      decided_by: null,
      at: work.tx.now,
    });
  // Under the Chatham House Rule not even the audit says which statement was whose.
  await work.tx.audit('statement.write', {
    inquiry: inquiry.id,
    ...(!inquiry.isChathamHouse && { statement: id, state }),
  });
  return { number, state };
}

export interface DecisionGiven {
  readonly state: StatementState;
  readonly reason: Reason | undefined;
  readonly note: string | undefined;
}

/** Holding, taking out and letting in, each with its row in the public log. Votes on what is taken out are kept and not counted. */
export async function moderateStatement(
  work: Work & Caller,
  inquiry: Inquiry,
  statement: Statement,
  { state, reason, note }: DecisionGiven,
): Promise<void> {
  await requireConvenor(work, inquiry.space);
  const { account } = work.viewer;
  if (!account) throw problem.notSignedIn({});
  if ((await lockInquiry(work.tx, inquiry.id, 'alone')) === 'closed')
    throw problem.stepNotAllowed({ step: 'moderate', status: 'closed' });
  if (state === statement.state) throw problem.stepNotAllowed({ step: 'moderate', status: state });
  if (state !== 'shown' && reason === undefined)
    throw problem.inputInvalid({ fields: [{ path: 'reason', code: 'required', message: 'required' }] });
  await store.setStatementState(work.tx, statement.id, state);
  await store.insertDecision(work.tx, {
    id: randomUUID(),
    party_id: requireParty(work),
    statement_id: statement.id,
    state,
    reason: state === 'shown' ? null : (reason ?? null),
    note: note ?? null,
    decided_by: account.id,
    at: work.tx.now,
  });
  await work.tx.audit('statement.moderate', { statement: statement.id, state, reason: reason ?? null });
  if (statement.state === 'shown' || state === 'shown') await computeRequest(work, inquiry.id);
}

export interface TranslationGiven {
  readonly language: string;
  readonly text: string;
  /** What the machine is called; undefined: a person translated. */
  readonly machine: string | undefined;
}

/** A courtesy beside the original, which alone was said. */
export async function translateStatement(
  work: Work & Caller,
  inquiry: Inquiry,
  statement: Statement,
  given: TranslationGiven,
): Promise<void> {
  await requireConvenor(work, inquiry.space);
  const { account } = work.viewer;
  if (!account) throw problem.notSignedIn({});
  const text = tidy(given.text);
  if (text === '') throw problem.inputInvalid({ fields: [{ path: 'text', code: 'required', message: 'required' }] });
  if (given.language === statement.language)
    throw problem.inputInvalid({
      fields: [{ path: 'language', code: 'statements.refused-own-language', message: given.language }],
    });
  const id = randomUUID();
  await store.insertTranslation(work.tx, {
    id,
    party_id: requireParty(work),
    statement_id: statement.id,
    language: given.language,
    text,
    machine: given.machine ?? null,
    brought_by: account.id,
    at: work.tx.now,
  });
  await work.tx.audit('statement.translate', { statement: statement.id, translation: id, language: given.language });
}
