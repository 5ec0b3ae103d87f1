/**
 * From a text to a published paper. Whatever was proposed and not adopted has its reason first; then the text is closed, kept byte by byte, and stated
 * by an act of the party that convened it. A joint statement collects sign-ons in between.
 */
import { bySession, byNode, declare } from '../../acts/declare.ts';
import { getHostedParty } from '../../acts/store.ts';
import type { Reader } from '../../db/database.ts';
import type { Work } from '../../house.ts';
import type { Did, PaperId, SubjectId } from '../../ids.ts';
import { requireParty } from '../../network/members/party.ts';
import { problem } from '../../problem.ts';
import { currentVersion, standingClauses, type Proposal, type TextState } from '../../text/state.ts';
import { isLocale, translator, type Locale } from '../../ui/locales.ts';
import { cslSchema, type Csl } from '../programme/references/csl.ts';
import { listReferences } from '../programme/references/store.ts';
import { deliverOutput } from '../programme/spaces/actions.ts';
import { findSpace } from '../programme/spaces/store.ts';
import { adoptPaper, statementClosed } from './act-types.ts';
import type { At } from './actions.ts';
import { composeDocument, formatPlainText, hashOfText, type PaperDocument } from './document.ts';
import { closeSigningJob } from './jobs.ts';
import { labelOf } from './names.ts';
import type { Paper } from './paper.ts';
import { listPenHolders, office, requirePen } from './speaker.ts';
import * as store from './store.ts';
import { addToText, givePen, openText, readText } from './text.ts';

/** What its proposer took back needs no answer; everything else that was not adopted does. */
export function unadopted(state: TextState): readonly Proposal[] {
  return state.proposals.filter(({ status }) => status === 'declined' || status === 'parked' || status === 'fallen');
}

/** By proposal: what is said now, else what was said when it was set aside. */
export function answersTo(state: TextState, given: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const answers: Record<string, string> = {};
  const missing: string[] = [];
  for (const { id, answer } of unadopted(state)) {
    const said = given[id]?.trim() ?? '';
    const reason = said === '' ? answer : said;
    if (reason === null) missing.push(id);
    else answers[id] = reason;
  }
  if (missing.length > 0)
    throw problem.reasonsMissing({
      for: missing.map(labelOf).join(', '),
      fields: missing.map((id) => ({ path: `answers.${id}`, code: 'required', message: 'required' })),
    });
  return answers;
}

/** After a decision of the group; the decision lets the text go. */
export async function publishPaper(work: Work, at: At, given: Readonly<Record<string, string>>): Promise<void> {
  const { paper, space, speaker } = at;
  const { state } = await closeText(work, at);
  const answers = answersTo(state, given);
  const document = await documentOf(work.tx.db, paper, state, []);
  const text = Buffer.from(formatPlainText(document));
  const party = await getHostedParty(work.tx.db, requireParty(work));
  const subject = subjectOf(party.did, paper.id);
  const act = await declare(work, {
    type: adoptPaper,
    party,
    subject,
    summary: { kind: paper.kind, sha256: hashOfText(text) },
    body: bodyOf(paper, state),
    assurance: speaker.account ? bySession(work.house, speaker.account, subject) : byNode,
  });
  await store.setPublished(work.tx, paper.id, { text, act, answers });
  await deliverOutput(work, space, { id: paper.id, kind: paper.kind });
  await work.tx.audit('paper.publish', { paper: paper.id, act });
}

async function closeText(work: Work, { paper, space, speaker }: At): Promise<{ readonly state: TextState }> {
  const pen = requirePen(speaker);
  const text = await givePen(work, await openText(work, paper.id), office, await listPenHolders(work.tx.db, space));
  return addToText(work, text, pen, { type: 'adopted' });
}

/** Whoever signs a joint statement says so for himself: no decision of others is needed, a closed text is. */
export async function openForSignatures(
  work: Work,
  at: At,
  until: Date,
  given: Readonly<Record<string, string>>,
): Promise<void> {
  const { paper } = at;
  requirePen(at.speaker);
  if (paper.kind !== 'joint-statement')
    throw problem.stepNotAllowed({ step: 'open-for-signatures', status: paper.kind });
  if (until <= work.tx.now)
    throw problem.inputInvalid({ fields: [{ path: 'date', code: 'papers.deadline-past', message: 'past' }] });
  const { state } = await closeText(work, at);
  await store.setSigning(work.tx, paper.id, until, answersTo(state, given));
  await work.tx.audit('joint-statement.open', { paper: paper.id, until: until.toISOString() });
  await work.house.jobs.enqueue(
    work.tx,
    closeSigningJob,
    { party: requireParty(work), paper: paper.id },
    { key: paper.id, after: until },
  );
}

/** At its deadline and not before, once. */
export async function closeStatement(work: Work, id: PaperId): Promise<void> {
  const { tx } = work;
  const paper = await store.lockPaper(tx, id);
  if (!paper || paper.state !== 'signing' || paper.signingUntil === undefined || tx.now < paper.signingUntil) return;
  const space = await findSpace(tx.db, paper.space);
  if (!space) throw new RangeError(`the paper ${id} has no space`);
  const state = await readText(tx.db, id);
  const signatures = await store.listSignatures(tx.db, id);
  const organisations = signatures.flatMap(({ organisation }) => organisation ?? []);
  const document = await documentOf(
    tx.db,
    paper,
    state,
    organisations.map(({ name }) => name),
  );
  const text = Buffer.from(formatPlainText(document));
  const party = await getHostedParty(tx.db, requireParty(work));
  const act = await declare(work, {
    type: statementClosed,
    party,
    subject: subjectOf(party.did, id),
    summary: {
      sha256: hashOfText(text),
      organisations: organisations.length,
      persons: signatures.length - organisations.length,
    },
    body: {
      ...bodyOf(paper, state),
      signatories: organisations.map(({ name, kind, country, did }) => ({ name, kind, country, did })),
    },
    assurance: byNode,
  });
  await store.setPublished(tx, id, { text, act, answers: paper.answers });
  await deliverOutput(work, space, { id, kind: paper.kind });
  await tx.audit('joint-statement.close', { paper: id, act });
}

const bodyOf = ({ title, language }: Paper, state: TextState) => ({
  title,
  language,
  clauses: standingClauses(state).map((clause) => ({ kind: clause.kind, text: currentVersion(clause).text ?? '' })),
});

/** One chain of acts for each paper. */
const subjectOf = (did: Did, paper: PaperId): SubjectId =>
  `${did}/${Buffer.from(paper.replaceAll('-', ''), 'hex').toString('base64url')}` as SubjectId;

export async function documentOf(
  reader: Reader,
  paper: Paper,
  state: TextState,
  signatories: readonly string[],
): Promise<PaperDocument> {
  const t = translator(localeOfText(paper));
  return composeDocument(
    {
      title: paper.title,
      language: paper.language,
      signatories,
      headings: { references: t('papers.references'), signatories: t('papers.signatories') },
    },
    standingClauses(state).map((clause) => ({ kind: clause.kind, text: currentVersion(clause).text ?? '' })),
    await readKnownReferences(reader, paper),
  );
}

const localeOfText = ({ language }: Paper): Locale => {
  const [base = ''] = language.split('-');
  return isLocale(base) ? base : 'en';
};

/** More references than any paper has. */
const referencesLimit = 2000;

/** What the references of the space are, by their keys. */
async function readKnownReferences(reader: Reader, paper: Paper): Promise<ReadonlyMap<string, Csl>> {
  const references = await listReferences(reader, {
    space: paper.space,
    states: ['accepted'],
    limit: referencesLimit,
    offset: 0,
  });
  return new Map(
    references.flatMap(({ key, csl }) => {
      const read = cslSchema.safeParse(csl);
      return read.success ? [[key, read.data] as const] : [];
    }),
  );
}
