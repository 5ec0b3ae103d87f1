import type { Generated, Selectable } from 'kysely';
import type { Reader, Tx } from '../../db/database.ts';
import type { AccountId, PartyId } from '../../ids.ts';

declare const brand: unique symbol;
export type AnalysisId = string & { readonly [brand]: 'AnalysisId' };

export type AnalysisKind = 'comparison' | 'clusters' | 'rules';

interface AnalysesTable {
  id: AnalysisId;
  party_id: PartyId;
  kind: AnalysisKind;
  indicator_id: number | null;
  settings: unknown;
  steps_done: Generated<number>;
  steps_total: number | null;
  result: unknown;
  asked_by: AccountId | null;
  asked_at: Date;
  finished_at: Date | null;
}

declare module '../../db/schema.ts' {
  interface Tables {
    analyses: AnalysesTable;
    analysis_steps: { analysis_id: AnalysisId; step: number; party_id: PartyId; found: unknown };
  }
}

export interface Analysis {
  readonly id: AnalysisId;
  readonly kind: AnalysisKind;
  readonly indicatorId: number | undefined;
  /** Parsed by whoever owns the kind. */
  readonly settings: unknown;
  readonly stepsDone: number;
  /** Undefined: not begun. */
  readonly stepsTotal: number | undefined;
  /** Undefined until it is finished. */
  readonly result: unknown;
  readonly askedAt: Date;
}

const toAnalysis = (row: Selectable<AnalysesTable>): Analysis => ({
  id: row.id,
  kind: row.kind,
  indicatorId: row.indicator_id ?? undefined,
  settings: row.settings,
  stepsDone: row.steps_done,
  stepsTotal: row.steps_total ?? undefined,
  result: row.result ?? undefined,
  askedAt: row.asked_at,
});

export async function insertAnalysis(
  tx: Tx,
  party: PartyId,
  analysis: Pick<Analysis, 'id' | 'kind' | 'indicatorId' | 'settings' | 'result'>,
): Promise<void> {
  const { id, kind, indicatorId, settings, result } = analysis;
  await tx.db
    .insertInto('analyses')
    .values({
      id,
      party_id: party,
      kind,
      indicator_id: indicatorId ?? null,
      settings: JSON.stringify(settings),
      steps_total: null,
      result: result === undefined ? null : JSON.stringify(result),
      asked_by: 'account' in tx.actor ? tx.actor.account : null,
      asked_at: tx.now,
      finished_at: result === undefined ? null : tx.now,
    })
    .execute();
}

export async function findAnalysis(reader: Reader, kind: AnalysisKind, id: AnalysisId): Promise<Analysis | undefined> {
  const row = await reader
    .selectFrom('analyses')
    .selectAll()
    .where('id', '=', id)
    .where('kind', '=', kind)
    .executeTakeFirst();
  return row && toAnalysis(row);
}

/** Latest first. */
export async function listAnalyses(reader: Reader, kind: AnalysisKind, limit: number): Promise<readonly Analysis[]> {
  const rows = await reader
    .selectFrom('analyses')
    .selectAll()
    .where('kind', '=', kind)
    .orderBy('asked_at', 'desc')
    .limit(limit)
    .execute();
  return rows.map(toAnalysis);
}

/** How many steps there are, once this is known. */
export async function beginAnalysis(tx: Tx, id: AnalysisId, steps: number): Promise<void> {
  await tx.db
    .updateTable('analyses')
    .set({ steps_total: steps })
    .where('id', '=', id)
    .where('result', 'is', null)
    .execute();
}

/** A step done twice, by two processes or after a crash, is kept once. */
export async function saveStep(tx: Tx, party: PartyId, id: AnalysisId, step: number, found: unknown): Promise<void> {
  await tx.db
    .insertInto('analysis_steps')
    .values({ analysis_id: id, step, party_id: party, found: JSON.stringify(found) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await tx.db
    .updateTable('analyses')
    .set(({ selectFrom, fn }) => ({
      steps_done: selectFrom('analysis_steps').select(fn.countAll<number>().as('count')).where('analysis_id', '=', id),
    }))
    .where('id', '=', id)
    .execute();
}

export async function listStepsDone(reader: Reader, id: AnalysisId): Promise<ReadonlySet<number>> {
  const rows = await reader.selectFrom('analysis_steps').select('step').where('analysis_id', '=', id).execute();
  return new Set(rows.map(({ step }) => step));
}

/** In the order of the steps. */
export async function listFound(reader: Reader, id: AnalysisId): Promise<readonly unknown[]> {
  const rows = await reader
    .selectFrom('analysis_steps')
    .select('found')
    .where('analysis_id', '=', id)
    .orderBy('step')
    .execute();
  return rows.map(({ found }) => found);
}

export async function finishAnalysis(tx: Tx, id: AnalysisId, result: unknown): Promise<void> {
  await tx.db
    .updateTable('analyses')
    .set({ result: JSON.stringify(result), finished_at: tx.now })
    .where('id', '=', id)
    .where('result', 'is', null)
    .execute();
  await tx.db.deleteFrom('analysis_steps').where('analysis_id', '=', id).execute();
}
