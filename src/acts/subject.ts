/** One subject: its acts in their order, the state they fold to, and who takes part. */
import type { Reader } from '../db/database.ts';
import type { Work } from '../house.ts';
import type { ActId, Did, SubjectId } from '../ids.ts';
import { parseBody } from './body.ts';
import { parseAct } from './jws.ts';
import { fold, type AnyProcedure, type FoldAct, type Protocol, type Step } from './protocol.ts';
import * as store from './store.ts';

export async function participantsOf(work: Work, subject: SubjectId): Promise<readonly Did[]> {
  const row = await store.findSubject(work.tx.db, subject);
  const procedure = row && work.house.journal.protocol.findProcedure(row.kind);
  return row && procedure && row.state !== null ? procedure.participants(row.state) : [];
}

/** Undefined while a public body that the fold must read has not arrived. An erased body is not waited for. */
export async function loadFoldAct(reader: Reader, protocol: Protocol, id: ActId): Promise<FoldAct | undefined> {
  const row = await store.findAct(reader, id);
  if (!row) return undefined;
  const { payload } = parseAct(row.jws);
  const type = protocol.findType(payload.type);
  if (!type) return undefined;
  const foldAct = {
    id,
    type: payload.type,
    party: payload.party,
    summary: payload.summary,
    assurance: payload.assurance.method,
  };
  if (type.audience !== 'public') return { ...foldAct, publicBody: undefined };
  const body = await store.findBody(reader, id);
  if (body?.body) return { ...foldAct, publicBody: parseBody(body.body) };
  if (body || (await store.isErased(reader, id))) return { ...foldAct, publicBody: undefined };
  return undefined;
}

/** The steps of a subject as the fold takes them: what was refused or only moved is not part of the state. */
export async function loadSteps(
  reader: Reader,
  protocol: Protocol,
  subject: SubjectId,
  counts: (step: store.SubjectStep) => boolean = () => true,
): Promise<Step[]> {
  const steps: Step[] = [];
  for (const row of (await store.listSteps(reader, subject)).filter(counts)) {
    if (row.kind === 'timed' && row.legal_time !== null)
      steps.push({ kind: 'timed', n: row.n, unixSeconds: row.legal_time });
    // A number given to what turned out to be nobody's stands, and changes nothing.
    if (row.kind !== 'act' || (await store.findAct(reader, row.act))?.standing_reason === 'moved-away') continue;
    const act = await loadFoldAct(reader, protocol, row.act);
    if (!act) throw new Error(`the act ${row.act} that counts as number ${row.n} of ${subject} is not here`);
    steps.push({ kind: 'act', n: row.n, act });
  }
  return steps;
}

export async function refold(
  reader: Reader,
  protocol: Protocol,
  procedure: AnyProcedure,
  subject: SubjectId,
  counts?: (step: store.SubjectStep) => boolean,
): Promise<unknown> {
  return fold(procedure, await loadSteps(reader, protocol, subject, counts));
}
