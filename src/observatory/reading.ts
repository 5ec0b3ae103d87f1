/** The observatory's findings, as whoever looks may see them. */
import { z } from 'zod';
import { parseBody } from '../acts/body.ts';
import { namesOf } from '../acts/store.ts';
import { boundFrom, boundUntil, statusAt } from '../agreement/entry-into-force.ts';
import { currentText, instrumentProcedure, partiesOf, type InstrumentState } from '../agreement/instrument.ts';
import type { Reader } from '../db/database.ts';
import type { Caller } from '../http/caller.ts';
import type { Reading } from '../house.ts';
import type { ActId, Did, SubjectId } from '../ids.ts';
import { problem } from '../problem.ts';
import { questionAnswer } from './act-types.ts';
import type { FlowsAnswer, FlowSummary, ObservatoryAnswer, QuestionAnswerShape, QuestionSummary } from './answers.ts';
import { listConfirmations } from './log/store.ts';
import { entryPath, logPath } from './paths.ts';
import { isQuestionKind, questionKinds } from './questions.ts';
import * as store from './store.ts';

/** For whom a question concerns, to answer it before it stands in public. */
export const publicationDelayMs = 72 * 3_600_000;
const listed = 100;
const flowsOnOverview = 15;
const flowsPerPage = 50;

type Visit = Reading & Caller;

export interface Onlooker {
  readonly did: Did | undefined;
  readonly isOperator: boolean;
}

/** The party somebody works for, and whether it is the one that runs this node. */
export async function findOnlooker({ reader, viewer }: Visit): Promise<Onlooker> {
  const party =
    viewer.party &&
    (await reader
      .selectFrom('parties')
      .select(['did', 'is_operator'])
      .where('id', '=', viewer.party.id)
      .executeTakeFirst());
  return { did: party?.did, isOperator: party?.is_operator ?? false };
}

const speaks = ({ viewer }: Visit): boolean =>
  ['administrator', 'officer', 'delegate', 'observer'].some((role) => [...viewer.roles].some((held) => held === role));

/** Unpublished questions are for the parties they concern, and for the people of the node that asks. */
function maySee(visit: Visit, onlooker: Onlooker, question: store.QuestionRow): boolean {
  if (isPublished(question, visit.house.clock.now())) return true;
  return (
    speaks(visit) && (onlooker.isOperator || (onlooker.did !== undefined && question.parties.includes(onlooker.did)))
  );
}

const publicationOf = ({ found_at: foundAt }: Pick<store.QuestionRow, 'found_at'>): Date =>
  new Date(foundAt.getTime() + publicationDelayMs);

/** What was settled before its hour never stands in public. */
function isPublished(question: store.QuestionRow, now: Date): boolean {
  return publicationOf(question) <= (question.settled_at ?? now);
}

export async function readObservatory(visit: Visit): Promise<ObservatoryAnswer> {
  const { reader, house, viewer } = visit;
  const now = house.clock.now();
  const onlooker = await findOnlooker(visit);
  const [open, settled] = [
    await store.listQuestions(reader, { settled: false, limit: 1_000 }),
    await store.listQuestions(reader, { settled: true, limit: listed }),
  ];
  const flows = await readFlows(reader, flowsOnOverview + 1, {});
  return {
    mayObserve: onlooker.isOperator && viewer.roles.has('administrator'),
    logs: await readLogs(
      reader,
      open.filter((question) => isPublished(question, now)),
    ),
    agreements: await readAgreements(reader, now),
    flows: flows.slice(0, flowsOnOverview),
    hasMoreFlows: flows.length > flowsOnOverview,
    questions: await describeQuestions(
      reader,
      now,
      open.filter((question) => maySee(visit, onlooker, question)).slice(0, listed),
    ),
    settled: await describeQuestions(
      reader,
      now,
      settled.filter((question) => maySee(visit, onlooker, question)),
    ),
  };
}

async function readLogs(reader: Reader, published: readonly store.QuestionRow[]): Promise<ObservatoryAnswer['logs']> {
  const logs = await store.listLogs(reader);
  const names = await namesOf(
    reader,
    logs.map(({ operator }) => operator),
  );
  const observed = new Map((await store.listObservedLogs(reader)).map((row) => [row.log_id, row]));
  return Promise.all(
    logs.map(async (log) => {
      const place = { origin: log.origin, isOwn: log.is_own };
      const checked = observed.get(log.id);
      return {
        ...place,
        path: logPath(place),
        name: names.get(log.operator) ?? log.origin,
        held: log.proven_size,
        checked: checked ? { size: checked.size, at: checked.checked_at.toISOString() } : null,
        closedReason: log.closed_reason,
        confirmations: (await listConfirmations(reader, log.id, 'latest')).map(({ keeper, size, at }) => ({
          keeper,
          size,
          at,
        })),
        questions: published.filter(({ origin }) => origin === log.origin).length,
      };
    }),
  );
}

async function readAgreements(reader: Reader, now: Date): Promise<ObservatoryAnswer['agreements']> {
  const rows = await store.listStates(reader, instrumentProcedure.kind);
  // Written by the fold of this kind of subject alone; the audit recomputes it from the logs.
  const instruments = rows.map(({ id, state }) => ({ id, state: state as InstrumentState }));
  const names = await namesOf(
    reader,
    instruments.flatMap(({ state }) => partiesOf(state)),
  );
  return instruments.map(({ id, state }) => ({
    id,
    path: `/agreements/${id.slice(id.lastIndexOf('/') + 1)}`,
    title: currentText(state).document.title,
    status: statusAt(state, now),
    parties: partiesOf(state).map((did) => ({
      did,
      name: names.get(did) ?? did,
      boundFrom: boundFrom(state, did)?.toISOString() ?? null,
      boundUntil: boundUntil(state, did)?.toISOString() ?? null,
    })),
  }));
}

const storedAnswers = z.array(z.object({ kind: z.enum(['receipt', 'refusal']), act: z.string(), party: z.string() }));

async function readFlows(
  reader: Reader,
  limit: number,
  choice: { readonly instrument?: SubjectId | undefined; readonly after?: ActId | undefined },
): Promise<FlowSummary[]> {
  const rows = (await store.listFlows(reader, limit, choice)).map((row) => ({
    ...row,
    answers: storedAnswers.parse(row.answers) as { kind: 'receipt' | 'refusal'; act: ActId; party: Did }[],
  }));
  const names = await namesOf(
    reader,
    rows.flatMap(({ party, answers }) => [party, ...answers.map((answer) => answer.party)]),
  );
  const places = await store.findPlaces(
    reader,
    rows.flatMap(({ answers }) => answers.map(({ act }) => act)),
  );
  const titles = await titlesOf(reader);
  const pathOf = (act: ActId): string | null => {
    const place = places.get(act);
    return place?.index == null ? null : entryPath(place, place.index);
  };
  return rows.map((row) => ({
    act: row.act,
    path: entryPath({ origin: row.origin, isOwn: row.is_own }, row.log_index),
    kind: row.kind,
    party: { did: row.party, name: names.get(row.party) ?? row.party },
    instrument: row.instrument,
    instrumentTitle: row.instrument === null ? null : (titles.get(row.instrument) ?? null),
    at: row.confirmed_at === null ? null : new Date(row.confirmed_at * 1000).toISOString(),
    inForce: row.in_force,
    terms: row.terms,
    article: row.article,
    reason: row.reason,
    releaseOn: row.release_on,
    answers: row.answers.map(({ kind, act, party }) => ({ kind, party: names.get(party) ?? party, path: pathOf(act) })),
  }));
}

async function titlesOf(reader: Reader): Promise<ReadonlyMap<SubjectId, string>> {
  const rows = await store.listStates(reader, instrumentProcedure.kind);
  return new Map(rows.map(({ id, state }) => [id, currentText(state as InstrumentState).document.title]));
}

export async function readFlowsPage(
  { reader }: Visit,
  choice: { readonly instrument?: SubjectId | undefined; readonly after?: ActId | undefined },
): Promise<FlowsAnswer> {
  const flows = await readFlows(reader, flowsPerPage + 1, choice);
  return {
    flows: flows.slice(0, flowsPerPage),
    next: flows.length > flowsPerPage ? (flows[flowsPerPage - 1]?.act ?? null) : null,
  };
}

async function describeQuestions(
  reader: Reader,
  now: Date,
  rows: readonly store.QuestionRow[],
): Promise<QuestionSummary[]> {
  const names = await namesOf(
    reader,
    rows.flatMap(({ parties }) => parties),
  );
  // Kinds of a later release, after a step back, have no words here.
  return rows.flatMap((row) =>
    isQuestionKind(row.kind)
      ? [
          {
            id: row.id,
            kind: row.kind,
            weight: questionKinds[row.kind],
            details: row.details as QuestionSummary['details'],
            origin: row.origin,
            parties: row.parties.map((did) => ({ did, name: names.get(did) ?? did })),
            foundAt: row.found_at.toISOString(),
            publishedAt: publicationOf(row).toISOString(),
            isPublished: isPublished(row, now),
            settledAt: row.settled_at?.toISOString() ?? null,
          },
        ]
      : [],
  );
}

export async function readQuestion(visit: Visit, id: string): Promise<QuestionAnswerShape> {
  const { reader, house } = visit;
  const onlooker = await findOnlooker(visit);
  const row = await store.findQuestion(reader, id);
  const [question] =
    row && maySee(visit, onlooker, row) ? await describeQuestions(reader, house.clock.now(), [row]) : [];
  if (!row || !question) throw problem.notFound({ what: 'question' });
  const answers = (await store.listAnswers(reader, id)).filter(({ party }) => row.parties.includes(party));
  const places = await store.findPlaces(reader, row.acts);
  const names = await namesOf(reader, [
    ...answers.map(({ party }) => party),
    ...[...places.values()].map(({ party }) => party),
  ]);
  return {
    question,
    acts: row.acts.map((act) => {
      const place = places.get(act);
      return {
        id: act,
        type: place?.type ?? null,
        party: place ? (names.get(place.party) ?? place.party) : null,
        path: place?.index == null ? null : entryPath(place, place.index),
      };
    }),
    answers: answers.map(({ act, party, body, index, origin, isOwn, at }) => ({
      act,
      party: names.get(party) ?? party,
      at: at.toISOString(),
      path: index === null ? null : entryPath({ origin, isOwn }, index),
      text: textIn(body),
    })),
    mayAnswer:
      row.settled_at === null && mayAnswer(visit) && onlooker.did !== undefined && row.parties.includes(onlooker.did),
  };
}

/** Those who speak for a party elsewhere do so here. */
export const answeringRoles = ['administrator', 'officer', 'delegate'] as const;
const mayAnswer = ({ viewer }: Visit): boolean => answeringRoles.some((role) => viewer.roles.has(role));

function textIn(body: Buffer | null): string | null {
  if (body === null) return null;
  const parsed = questionAnswer.body.safeParse(parseBody(body));
  return parsed.success ? parsed.data.text : null;
}
