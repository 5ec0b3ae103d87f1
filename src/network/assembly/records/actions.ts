/** Strategy, budget and annual report: published once, and corrected only by a next version that says what changed. */
import { randomUUID } from 'node:crypto';
import type { Caller } from '../../../http/caller.ts';
import type { Work } from '../../../house.ts';
import { problem } from '../../../problem.ts';
import { requireSecretariat } from '../../members/member.ts';
import { requireParty } from '../../members/party.ts';
import { readBudget } from './budget.ts';
import * as store from './store.ts';

export interface RecordGiven {
  readonly kind: store.RecordKind;
  readonly year: number;
  readonly title: string;
  readonly language: string;
  readonly words: string;
  /** A table: heading, income, expenditure. */
  readonly table: string;
  readonly currency: string | undefined;
  readonly whatChanged: string | undefined;
}

const refuseField = (path: string, code: string) => problem.inputInvalid({ fields: [{ path, code, message: code }] });

const currencies = new Set(Intl.supportedValuesOf('currency'));

export async function publishRecord(work: Work & Caller, given: RecordGiven): Promise<string> {
  const account = requireSecretariat(work);
  const hasTable = given.table.trim() !== '';
  if (given.kind === 'budget' && !hasTable) throw refuseField('table', 'required');
  if (!hasTable && given.words.trim() === '') throw refuseField('words', 'required');
  if (hasTable && (given.currency === undefined || !currencies.has(given.currency)))
    throw refuseField('currency', 'assembly.currency-unknown');
  const lines = hasTable ? await readBudget(given.table) : null;
  const [last] = await store.listVersions(work.tx.db, given.kind, given.year);
  if (last && given.whatChanged === undefined) throw refuseField('whatChanged', 'required');
  const id = randomUUID();
  await store.insertRecord(work.tx, requireParty(work), {
    id,
    kind: given.kind,
    year: given.year,
    version: (last?.version ?? 0) + 1,
    title: given.title,
    language: given.language,
    words: given.words,
    currency: hasTable ? (given.currency ?? null) : null,
    lines,
    what_changed: last ? (given.whatChanged ?? null) : null,
    published_at: work.tx.now,
    published_by: account,
  });
  await work.tx.audit('record.publish', { record: id, kind: given.kind, year: given.year });
  return id;
}
