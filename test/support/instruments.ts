import type { AssuranceMethod } from '../../src/acts/payload.ts';
import type { FoldAct, Step } from '../../src/acts/protocol.ts';
import type { ActType } from '../../src/acts/protocol.ts';
import type { InstrumentDocument, Term } from '../../src/agreement/document.ts';
import { propose, sign } from '../../src/agreement/act-types.ts';
import { signInstrument, type Delegate } from '../../src/agreement/actions.ts';
import { bindingText } from '../../src/agreement/instrument.ts';
import { findInstrument } from '../../src/agreement/store.ts';
import type { Work } from '../../src/house.ts';
import type { ActId, Did, SubjectId } from '../../src/ids.ts';

export const ambria = 'did:web:ambria.example' as Did;
export const sorell = 'did:web:sorell.example' as Did;
export const tarn = 'did:web:tarn.example' as Did;

let made = 0;
export const newActId = (): ActId => String(++made).padStart(43, '0') as ActId;

export const weeklyTable: Term = {
  effect: 'permit',
  content: 'table',
  from: null,
  to: null,
  indicators: ['measles'],
  finestLevel: 1,
  minimumCount: 5,
  purposes: ['public-health-surveillance'],
  every: 'week',
  until: null,
};

export function documentWith(terms: readonly Term[], changes: Partial<InstrumentDocument> = {}): InstrumentDocument {
  return {
    title: 'Agreement on early warning',
    language: 'en',
    parties: [ambria, sorell],
    articles: [
      { id: 'art-1', heading: 'Data', text: 'As the terms say.', terms: [...terms] },
      { id: 'art-2', heading: 'Good faith', text: 'Left to people.', terms: [] },
    ],
    entryIntoForce: { rule: { consents: 2 }, delayDays: 0 },
    withdrawalNoticeDays: 0,
    copyKeepers: { keepers: [{ operator: tarn, vkey: `tarn.example/confirm+00000000+${'A'.repeat(44)}` }], k: 1 },
    assurance: 'session',
    ...changes,
  };
}

export function actOf(
  type: ActType,
  party: Did,
  summary: Record<string, unknown> = {},
  publicBody: unknown = {},
  assurance: AssuranceMethod = 'session',
): FoldAct {
  return { id: newActId(), type: type.name, party, summary, publicBody, assurance };
}

/** Proposed by Ambria, signed by both, each number confirmed at `seconds` + its number. */
export function signedSteps(document: InstrumentDocument, seconds: number): Step[] {
  const opening = actOf(propose, ambria, {}, document);
  const acts = [
    opening,
    ...[ambria, sorell].map((party) => actOf(sign, party, { version: opening.id, consent: 'definitive' })),
  ];
  return acts.flatMap((act, index) => [
    { kind: 'act' as const, n: index + 1, act },
    { kind: 'timed' as const, n: index + 1, unixSeconds: seconds + index + 1 },
  ]);
}

/** Signs the text that is on the table now. */
export async function signAsItStands(
  work: Work,
  by: Delegate,
  id: SubjectId,
  consent: 'definitive' | 'subject-to-ratification' = 'definitive',
) {
  const instrument = await findInstrument(work.tx.db, id);
  if (!instrument) throw new Error('no such agreement here');
  return signInstrument(work, by, id, bindingText(instrument.state).act, consent);
}
