import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { Reader } from '../../../db/database.ts';
import type { Work } from '../../../house.ts';
import { problem } from '../../../problem.ts';
import { requireParty } from '../../person.ts';
import { addDetector } from '../../signals/actions.ts';
import { suits } from '../../signals/method.ts';
import * as reported from '../../signals/reported/store.ts';
import { listDetectors } from '../../signals/reading.ts';
import { findAnalysis, insertAnalysis, type AnalysisId } from '../analysis-store.ts';
import { isSame } from '../comparison.ts';
import { isFor, rulesResult, type RulesResult } from './package.ts';

/** Keeps what a file says, so that somebody can look at it; nothing is watched by it yet. */
export async function keepRules(work: Work, read: z.input<typeof rulesResult>): Promise<AnalysisId> {
  const id = randomUUID() as AnalysisId;
  await insertAnalysis(work.tx, requireParty(work), {
    id,
    kind: 'rules',
    indicatorId: undefined,
    settings: { sha256: read.sha256 },
    result: read,
  });
  await work.tx.audit('rules.read', { analysis: id, sha256: read.sha256 });
  return id;
}

export async function getRules(reader: Reader, id: AnalysisId): Promise<RulesResult> {
  const analysis = await findAnalysis(reader, 'rules', id);
  if (!analysis) throw problem.notFound({ what: 'rules' });
  return rulesResult.parse(analysis.result);
}

/** Which rule of the file, by its position, for which indicator. */
export interface Adoption {
  readonly rule: number;
  readonly indicator: number;
}

/** Adds the rules to what indicators are watched by; one that is there already is not added again. Answers how many are new. */
export async function adoptRules(work: Work, id: AnalysisId, adoptions: readonly Adoption[]): Promise<number> {
  // An officer, or whoever runs the node at its own machine.
  const { actor } = work.tx;
  if (!('account' in actor) && actor.system !== 'command-line') throw problem.personNeeded({});
  const { rules } = await getRules(work.tx.db, id);
  const indicators = await reported.listIndicators(work.tx.db, [
    ...new Set(adoptions.map(({ indicator }) => indicator)),
  ]);
  let added = 0;
  for (const { rule: position, indicator: indicatorId } of adoptions) {
    const rule = rules[position];
    const indicator = indicators.get(indicatorId);
    const path = `rules.${position}`;
    if (!rule || !indicator)
      throw problem.inputInvalid({ fields: [{ path, code: 'not-a-choice', message: 'not-a-choice' }] });
    if (!isFor(rule, indicator) || !suits(rule.method, indicator.periodKind))
      throw problem.inputInvalid({ fields: [{ path, code: 'rules.other-periods', message: 'rules.other-periods' }] });
    const known = await listDetectors(work.tx.db, [indicatorId]);
    if (known.some(({ method, isActive }) => isActive && isSame(method, rule.method))) continue;
    const detector = await addDetector(work, indicatorId, rule.method);
    await work.tx.audit('rules.adopt', { analysis: id, source: rule.source.id, indicator: indicatorId, detector });
    added++;
  }
  return added;
}
