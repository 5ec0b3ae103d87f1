import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { protocol } from '../app.ts';
import { generateSigningKey, keyIdOf } from '../acts/keys.ts';
import type { InstrumentDocument, Term } from '../agreement/document.ts';
import { recoveryHashOf } from '../acts/signer.ts';
import { receivedHash } from '../exchange/receipt-proof.ts';
import { newSubjectId, type SubjectId } from '../ids.ts';
import { documentWith, weeklyTable } from '../../test/support/instruments.ts';
import { openHandLog, type HandLog, type Stated } from '../../test/support/logs.ts';
import { auditLogs, type AuditReport } from './audit.ts';
import { isOpenAt, questionKinds, type QuestionKind } from './questions.ts';

const dayS = 86_400;
const startS = Date.UTC(2026, 2, 2) / 1000;
const byNode = { method: 'node', signer: null } as const;

/** Ambria and Sorell in agreement; Tarn keeps copies. Every number has its legal time, one second after the other. */
interface Treaty {
  readonly ambria: HandLog;
  readonly sorell: HandLog;
  readonly tarn: HandLog;
  readonly instrument: SubjectId;
  /** Ambria, the host, counts an act as the next number and dates it. */
  count(
    stated: Stated,
    change?: { readonly n?: number; readonly prevHead?: string | null; readonly timed?: false | string },
  ): Promise<void>;
  sign(log: HandLog): Promise<Stated>;
  readonly seconds: { now: number };
}

async function openTreaty(terms: readonly Term[] = [weeklyTable], { signed = true } = {}): Promise<Treaty> {
  const [ambria, sorell, tarn] = [
    await openHandLog('ambria'),
    await openHandLog('sorell', 'government', 'SO'),
    await openHandLog('tarn', 'civil-society', null),
  ];
  const instrument = newSubjectId(ambria.did);
  const document: InstrumentDocument = documentWith(terms, {
    copyKeepers: { keepers: [{ operator: tarn.did, vkey: tarn.cosignerVkey }], k: 1 },
  });
  const seconds = { now: startS };
  let head: string | null = null;
  let n = 0;
  const treaty: Treaty = {
    ambria,
    sorell,
    tarn,
    instrument,
    seconds,
    async count(stated, { n: given, prevHead, timed } = {}) {
      n = given ?? n + 1;
      await ambria.state({
        type: 'sequenced/1',
        subject: instrument,
        assurance: byNode,
        summary: { n, act: stated.id, prevHead: prevHead === undefined ? head : prevHead },
      });
      head = stated.id;
      if (timed === false) return;
      const checkpoint = timed ?? ambria.checkpoint([[tarn, ++seconds.now]]);
      await ambria.state({ type: 'timed/1', subject: instrument, assurance: byNode, summary: { n, checkpoint } });
    },
    sign: (log) =>
      log.state({
        type: 'agreement.sign/1',
        subject: instrument,
        summary: { version: opening.id, consent: 'definitive' },
      }),
  };
  const opening = await ambria.state({
    type: 'agreement.propose/1',
    subject: instrument,
    body: document,
  });
  await treaty.count(opening);
  if (signed) {
    await treaty.count(await treaty.sign(ambria));
    await treaty.count(await treaty.sign(sorell));
  }
  return treaty;
}

interface Sent {
  readonly indicator?: string;
  readonly level?: number;
  readonly values?: readonly (number | null | 'withheld')[];
  readonly purposes?: readonly string[];
  readonly releaseOn?: string;
  readonly n?: number;
}

/** A week's table from Ambria to Sorell, confirmed by Tarn; published at once when `isReleased`. */
async function dispatch(
  treaty: Treaty,
  {
    indicator = 'measles',
    level = 1,
    values = [12],
    purposes = ['public-health-surveillance'],
    releaseOn = '2026-04-01',
    n = 3,
  }: Sent = {},
  isReleased = false,
): Promise<Stated> {
  const { ambria, sorell, tarn, instrument, seconds } = treaty;
  const subject = newSubjectId(ambria.did);
  const body = {
    content: 'table',
    to: sorell.did,
    article: 'art-1',
    purposes: [...purposes],
    level,
    minimumCount: 5,
    period: { kind: 'iso-week', label: '2026-W09' },
    places: values.map((_, at) => ({ code: `AA${at}`, name: `Place ${at}` })),
    columns: [{ indicator, values: [...values] }],
  };
  const stated = await ambria.state({
    type: 'dispatch/1',
    subject,
    assurance: byNode,
    summary: { instrument, releaseOn },
    under: { instrument, n },
    body,
    isPublic: isReleased,
  });
  if (isReleased)
    await ambria.state({ type: 'release/1', subject, assurance: byNode, summary: { act: stated.id, on: releaseOn } });
  seconds.now += 60;
  await ambria.prove(stated, ambria.checkpoint([[tarn, seconds.now]]));
  return stated;
}

const acknowledge = (
  treaty: Treaty,
  stated: Stated,
  received = receivedHash(treaty.sorell.did, stated.id, stated.opened),
): Promise<Stated> =>
  treaty.sorell.state({
    type: 'receipt/2',
    subject: stated.subject,
    assurance: byNode,
    summary: { act: stated.id, received },
  });

async function audit(logs: readonly HandLog[], nowS = startS + dayS): Promise<AuditReport> {
  return auditLogs(
    protocol,
    logs.map((log) => log.source()),
    { nowMs: nowS * 1000 },
  );
}

const openKinds = (report: AuditReport, nowS = startS + dayS): QuestionKind[] =>
  report.questions.filter((question) => isOpenAt(question, nowS * 1000)).map(({ kind }) => kind);

const kindsIn = async ({ ambria, sorell, tarn }: Treaty, nowS?: number) =>
  openKinds(await audit([ambria, sorell, tarn], nowS), nowS);

describe('an audit of sound logs', () => {
  it('finds the agreement in force, the table permitted by its published article and received, and asks nothing', async () => {
    const treaty = await openTreaty();
    await acknowledge(treaty, await dispatch(treaty, {}, true));
    const report = await audit([treaty.ambria, treaty.sorell, treaty.tarn]);
    expect(openKinds(report)).toEqual([]);
    expect(report.instruments).toMatchObject([{ status: 'in-force', n: 3, stopped: undefined }]);
    expect(report.flows).toMatchObject([
      { inForce: 'yes', terms: { state: 'permitted', article: 'art-1' }, answers: [{ kind: 'receipt' }] },
    ]);
    expect(report.unread).toEqual([]);
  });

  it('lets no stranger speak for the receiver: a receipt of somebody else is none', async () => {
    const treaty = await openTreaty();
    const stated = await dispatch(treaty);
    await treaty.tarn.state({
      type: 'receipt/2',
      subject: stated.subject,
      assurance: byNode,
      summary: { act: stated.id, received: 'X'.repeat(43) },
    });
    expect(await kindsIn(treaty)).toEqual([]);
    expect(await kindsIn(treaty, startS + 4 * dayS)).toEqual(['receipt-missing']);
  });

  it('says of a sealed table when it was in force, and no more', async () => {
    const treaty = await openTreaty();
    await acknowledge(treaty, await dispatch(treaty));
    const { flows } = await audit([treaty.ambria, treaty.sorell, treaty.tarn]);
    expect(flows).toMatchObject([{ inForce: 'yes', terms: { state: 'sealed' } }]);
  });

  it('says whose log it lacks, instead of doubting what it could not read', async () => {
    const treaty = await openTreaty();
    await dispatch(treaty);
    const report = await audit([treaty.ambria], startS + 30 * dayS);
    expect(openKinds(report, startS + 4 * dayS)).toEqual([]);
    expect(report.unread).toEqual([treaty.sorell.did]);
  });

  it('follows a party that has moved here with its recovery key, in whatever order the logs are read', async () => {
    const host = await openHandLog('host');
    const home = await openHandLog('home', 'community');
    const { did, newKey } = await moveVillage(host, home);
    await home.state({
      type: 'community.answer/1',
      party: did,
      subject: newSubjectId(did),
      prev: null,
      key: newKey,
      summary: { purpose: 'research', answer: 'refused' },
    });
    for (const logs of [
      [host, home],
      [home, host],
    ])
      expect(openKinds(await audit(logs))).toEqual([]);
    const alone = await audit([home]);
    expect(openKinds(alone)).toEqual([]);
    expect(alone.unread).toEqual([did]);
  });
});

/** A community opened in one log continues in another with its recovery key; the key its old host keeps is the old one. */
async function moveVillage(host: HandLog, home: HandLog) {
  const [oldKey, newKey] = [generateSigningKey(), generateSigningKey()];
  const did = `${host.did}:p:village` as typeof host.did;
  const subject = newSubjectId(did);
  const recovery = host.recoveryKey;
  const opening = await host.state({
    type: 'party.open/1',
    party: did,
    subject,
    key: oldKey,
    assurance: byNode,
    summary: { key: oldKey.x, recovery: recoveryHashOf(recovery.x), kind: 'community', country: 'AA' },
    body: { name: 'Village', languages: ['en'] },
  });
  await home.state({
    type: 'party.move/1',
    party: did,
    subject,
    prev: opening.id,
    key: recovery,
    assurance: byNode,
    summary: { recoveryKey: recovery.x, key: newKey.x, from: host.origin, fromSize: host.size, to: home.origin },
  });
  return { did, oldKey, newKey };
}

type Tampering = readonly [QuestionKind, string, (treaty: Treaty) => Promise<unknown>, number?];

const tamperings: readonly Tampering[] = [
  ['entry-unreadable', 'an entry that is no act', async ({ ambria }) => ambria.append(Buffer.from('not an act'))],
  [
    'signature-not-valid',
    'an act whose bytes were changed',
    async ({ ambria }) => {
      const { jws } = await ambria.state({
        type: 'key.add/1',
        summary: { key: generateSigningKey().x },
        unlogged: true,
      });
      const damaged = Uint8Array.from(jws);
      damaged[damaged.length - 20] = damaged[damaged.length - 20] === 0x41 ? 0x42 : 0x41;
      ambria.append(damaged);
    },
  ],
  [
    'signature-not-valid',
    'an act signed with a key that the log does not name',
    ({ ambria }) =>
      ambria.state({
        type: 'erase/1',
        subject: newSubjectId(ambria.did),
        summary: { commitment: 'A'.repeat(43) },
        key: generateSigningKey(),
      }),
  ],
  [
    'signature-not-valid',
    'an act of a party that lives in another log',
    ({ ambria, sorell }) =>
      ambria.state({
        type: 'erase/1',
        party: sorell.did,
        subject: newSubjectId(sorell.did),
        summary: { commitment: 'A'.repeat(43) },
      }),
  ],
  [
    'signature-not-valid',
    'an act signed with a key from the index on at which it was revoked',
    async ({ ambria }) => {
      const key = generateSigningKey();
      await ambria.state({ type: 'key.add/1', summary: { key: key.x } });
      await ambria.state({ type: 'key.revoke/1', summary: { kid: keyIdOf(key.x), fromIndex: ambria.size } });
      await ambria.state({
        type: 'erase/1',
        subject: newSubjectId(ambria.did),
        summary: { commitment: 'A'.repeat(43) },
        key,
      });
    },
  ],
  [
    'key-revoked-later',
    'a revocation that reaches back over acts',
    async ({ ambria }) => {
      const key = generateSigningKey();
      await ambria.state({ type: 'key.add/1', summary: { key: key.x } });
      const at = ambria.size;
      await ambria.state({
        type: 'erase/1',
        subject: newSubjectId(ambria.did),
        summary: { commitment: 'A'.repeat(43) },
        key,
      });
      await ambria.state({ type: 'key.revoke/1', summary: { kid: keyIdOf(key.x), fromIndex: at } });
    },
  ],
  [
    'act-malformed',
    'free text in a summary',
    ({ ambria }) =>
      ambria.state({
        type: 'erase/1',
        subject: newSubjectId(ambria.did),
        summary: { commitment: 'A'.repeat(43), note: 'Jane Doe' },
      }),
  ],
  [
    'act-malformed',
    'an act that nobody stands behind, where a person must',
    ({ ambria }) =>
      ambria.state({
        type: 'erase/1',
        subject: newSubjectId(ambria.did),
        summary: { commitment: 'A'.repeat(43) },
        assurance: byNode,
      }),
  ],
  [
    'type-unknown',
    'a type that this release does not know',
    ({ ambria }) => ambria.state({ type: 'treaty.dance/7', subject: newSubjectId(ambria.did) }),
  ],
  [
    'predecessor-missing',
    'an act after one that was never published',
    ({ ambria }) =>
      ambria.state({
        type: 'erase/1',
        subject: newSubjectId(ambria.did),
        prev: 'M'.repeat(43) as never,
        summary: { commitment: 'A'.repeat(43) },
      }),
  ],
  [
    'equivocation',
    'two acts in one place',
    async ({ ambria }) => {
      const subject = newSubjectId(ambria.did);
      for (const letter of ['A', 'B'])
        await ambria.state({ type: 'erase/1', subject, prev: null, summary: { commitment: letter.repeat(43) } });
    },
  ],
  [
    'opened-by-another',
    'an agreement opened under another party’s name',
    ({ ambria, sorell }) =>
      sorell.state({
        type: 'agreement.propose/1',
        subject: newSubjectId(ambria.did),
        body: documentWith([weeklyTable]),
      }),
  ],
  [
    'numbering',
    'a gap in the numbers',
    async (treaty) =>
      treaty.count(await treaty.sorell.state({ type: 'agreement.withdraw/1', subject: treaty.instrument }), { n: 5 }),
  ],
  [
    'numbering',
    'a number given twice',
    async (treaty) =>
      treaty.count(await treaty.sorell.state({ type: 'agreement.withdraw/1', subject: treaty.instrument }), {
        n: 3,
        timed: false,
      }),
  ],
  [
    'numbering',
    'an order kept by somebody else than the host',
    async ({ ambria, sorell, instrument }) => {
      const { id } = await ambria.state({ type: 'agreement.withdraw/1', subject: instrument });
      await sorell.state({
        type: 'sequenced/1',
        subject: instrument,
        assurance: byNode,
        summary: { n: 4, act: id, prevHead: null },
      });
    },
  ],
  [
    'admission-differs',
    'a second signature of the same party, counted',
    async (treaty) => treaty.count(await treaty.sign(treaty.sorell)),
  ],
  [
    'refusal-differs',
    'a withdrawal that the host refuses',
    async ({ ambria, sorell, instrument }) => {
      const { id } = await sorell.state({ type: 'agreement.withdraw/1', subject: instrument });
      await ambria.state({
        type: 'refused/1',
        subject: instrument,
        assurance: byNode,
        summary: { act: id, reason: 'not-welcome' },
      });
    },
  ],
  [
    'act-missing',
    'an act counted that is in no log',
    async (treaty) =>
      treaty.count(
        await treaty.sorell.state({ type: 'agreement.withdraw/1', subject: treaty.instrument, unlogged: true }),
      ),
  ],
  [
    'time-not-proven',
    'a time that no copy-keeper has given',
    async (treaty) => {
      const withdrawal = await treaty.sorell.state({ type: 'agreement.withdraw/1', subject: treaty.instrument });
      await treaty.count(withdrawal, { timed: treaty.ambria.checkpoint([[treaty.sorell, startS]]) });
    },
  ],
  [
    'time-not-proven',
    'a time given by a state from before the act',
    async (treaty) => {
      const before = treaty.ambria.checkpoint([[treaty.tarn, startS]]);
      await treaty.count(await treaty.sorell.state({ type: 'agreement.withdraw/1', subject: treaty.instrument }), {
        timed: before,
      });
    },
  ],
  [
    'body-missing',
    'a text that is not given',
    async ({ ambria }) => {
      const subject = newSubjectId(ambria.did);
      const { id } = await ambria.state({
        type: 'agreement.propose/1',
        subject,
        isPublic: false,
        body: documentWith([weeklyTable]),
      });
      await ambria.state({
        type: 'sequenced/1',
        subject,
        assurance: byNode,
        summary: { n: 1, act: id, prevHead: null },
      });
    },
  ],
  [
    'body-missing',
    'a published table that is not given',
    async (treaty) => {
      const stated = await dispatch(treaty, {}, true);
      treaty.ambria.bodies.delete(stated.commitment);
      await acknowledge(treaty, stated);
    },
  ],
  [
    'flow-erased',
    'a published table that its author has erased before anybody could judge it',
    async (treaty) => {
      const stated = await dispatch(treaty, {}, true);
      treaty.ambria.bodies.set(stated.commitment, { state: 'erased' });
      await acknowledge(treaty, stated);
    },
  ],
  [
    'flow-not-in-force',
    'a table after the end, by who knew of it',
    async (treaty) => {
      await treaty.count(await treaty.sorell.state({ type: 'agreement.withdraw/1', subject: treaty.instrument }));
      treaty.seconds.now += 3600;
      await acknowledge(treaty, await dispatch(treaty, { n: 4 }));
    },
  ],
  [
    'flow-after-withdrawal',
    'a table that crossed a withdrawal on its way',
    async (treaty) => {
      await treaty.count(await treaty.sorell.state({ type: 'agreement.withdraw/1', subject: treaty.instrument }));
      treaty.seconds.now += 3600;
      await acknowledge(treaty, await dispatch(treaty, { n: 3 }));
    },
  ],
  [
    'flow-not-permitted',
    'another indicator than agreed',
    async (treaty) => acknowledge(treaty, await dispatch(treaty, { indicator: 'cholera' }, true)),
  ],
  [
    'flow-not-permitted',
    'another purpose than agreed',
    async (treaty) =>
      acknowledge(treaty, await dispatch(treaty, { purposes: ['public-health-surveillance', 'insurance'] }, true)),
  ],
  [
    'flow-too-fine',
    'a finer level than agreed',
    async (treaty) => acknowledge(treaty, await dispatch(treaty, { level: 2 }, true)),
  ],
  [
    'flow-withheld-too-little',
    'a count that should have been withheld',
    async (treaty) => acknowledge(treaty, await dispatch(treaty, { values: [12, 3] }, true)),
  ],
  ['receipt-missing', 'a table that nobody has received', dispatch, startS + 4 * dayS],
  [
    'receipt-missing',
    'a receipt that repeats what the public leaf says',
    async (treaty) => {
      const stated = await dispatch(treaty);
      await treaty.sorell.state({
        type: 'receipt/1',
        subject: stated.subject,
        assurance: byNode,
        summary: { act: stated.id, received: stated.commitment },
      });
    },
    startS + 4 * dayS,
  ],
  [
    'receipt-missing',
    'a receipt on another subject than what was sent',
    async (treaty) => {
      const stated = await dispatch(treaty);
      await acknowledge(treaty, { ...stated, subject: newSubjectId(treaty.sorell.did) });
    },
    startS + 4 * dayS,
  ],
  [
    'receipt-differs',
    'a receipt for something else',
    async (treaty) => acknowledge(treaty, await dispatch(treaty, {}, true), 'X'.repeat(43)),
  ],
  [
    'proof-not-valid',
    'a proof from another state than the log shows',
    async (treaty) => {
      const stated = await dispatch(treaty);
      const other = await openHandLog('ambria');
      await treaty.ambria.prove(stated, treaty.ambria.checkpoint([[treaty.tarn, treaty.seconds.now]]));
      treaty.ambria.proofs.set(
        stated.id,
        (treaty.ambria.proofs.get(stated.id) ?? '').replace(/\n\n[^]*/, `\n\n${other.checkpoint([])}`),
      );
      await acknowledge(treaty, stated);
    },
  ],
  [
    'proof-missing',
    'a table that later states of the log cover, and no proof',
    async (treaty) => {
      const stated = await dispatch(treaty);
      treaty.ambria.proofs.delete(stated.id);
      await acknowledge(treaty, await dispatch(treaty));
      await acknowledge(treaty, stated);
    },
    startS + 2 * dayS,
  ],
  [
    'proof-missing',
    'a table whose proof is never given and that nothing dates',
    async (treaty) => {
      const stated = await dispatch(treaty);
      treaty.ambria.proofs.delete(stated.id);
      await acknowledge(treaty, stated);
    },
    startS + 2 * dayS,
  ],
  [
    'signed-after-move',
    'an act in the name of a party that has moved away, in the log it left',
    async ({ ambria, tarn }) => {
      const { did, oldKey } = await moveVillage(ambria, tarn);
      await ambria.state({
        type: 'community.answer/1',
        party: did,
        subject: newSubjectId(did),
        prev: null,
        key: oldKey,
        summary: { purpose: 'model-training', answer: 'agreed' },
      });
    },
  ],
  [
    'admission-differs',
    'a text that names somebody’s key as somebody else’s',
    async ({ ambria, tarn }) => {
      const subject = newSubjectId(ambria.did);
      const { id } = await ambria.state({
        type: 'agreement.propose/1',
        subject,
        body: documentWith([weeklyTable], {
          copyKeepers: { keepers: [{ operator: tarn.did, vkey: ambria.cosignerVkey }], k: 1 },
        }),
      });
      await ambria.state({
        type: 'sequenced/1',
        subject,
        assurance: byNode,
        summary: { n: 1, act: id, prevHead: null },
      });
    },
  ],
  [
    'time-not-proven',
    'a time before that of a lower number',
    async (treaty) => {
      const withdrawal = await treaty.sorell.state({ type: 'agreement.withdraw/1', subject: treaty.instrument });
      treaty.seconds.now -= 3600;
      await treaty.count(withdrawal);
    },
  ],
  [
    'time-not-proven',
    'a time that has not come',
    async (treaty) => {
      const withdrawal = await treaty.sorell.state({ type: 'agreement.withdraw/1', subject: treaty.instrument });
      treaty.seconds.now += 365 * dayS;
      await treaty.count(withdrawal);
    },
  ],
  [
    'release-overdue',
    'a seal that was not lifted on its date',
    async (treaty) => acknowledge(treaty, await dispatch(treaty, { releaseOn: '2026-03-03' })),
    startS + 5 * dayS,
  ],
  ['schedule-silent', 'weeks without the weekly table', async () => {}, startS + 22 * dayS],
];

describe('an audit asks about', () => {
  it.each(tamperings.map((each) => [`${each[1]}: ${each[0]}`, each] as const))(
    '%s',
    async (_name, [kind, , tamper, nowS]) => {
      const treaty = await openTreaty();
      expect(await kindsIn(treaty, nowS === undefined ? undefined : startS + dayS)).toEqual([]);
      await tamper(treaty);
      const found = await kindsIn(treaty, nowS);
      expect([...new Set(found)].filter((each) => kind === 'schedule-silent' || each !== 'schedule-silent')).toEqual([
        kind,
      ]);
    },
  );

  it('every kind of question there is, in these tests or where two histories are needed', () => {
    const needsMore: QuestionKind[] = ['log-forked', 'too-many'];
    expect(new Set([...tamperings.map(([kind]) => kind), ...needsMore])).toEqual(new Set(Object.keys(questionKinds)));
    const nodes = readFileSync(new URL('../../test/nodes/observatory.test.ts', import.meta.url), 'utf8');
    expect(nodes).toContain('log-forked');
  });
});

describe('when something was sent', () => {
  const early = async (treaty: Treaty, n: number, whenSigned: () => Promise<unknown>) => {
    const { ambria, sorell, tarn, instrument, seconds } = treaty;
    const sent = await ambria.state({
      type: 'dispatch/1',
      assurance: byNode,
      subject: newSubjectId(ambria.did),
      summary: { instrument, releaseOn: '2026-04-01' },
      under: { instrument, n },
      isPublic: false,
    });
    await whenSigned();
    seconds.now += 60;
    await ambria.prove(sent, ambria.checkpoint([[tarn, seconds.now]]));
    await sorell.state({
      type: 'receipt/2',
      subject: sent.subject,
      assurance: byNode,
      summary: { act: sent.id, received: receivedHash(sorell.did, sent.id, sent.opened) },
    });
  };

  it('is when it first shows in anybody’s checkpoint, not when its author asks for a proof', async () => {
    const treaty = await openTreaty([weeklyTable], { signed: false });
    await early(treaty, 3, async () => {
      await treaty.count(await treaty.sign(treaty.ambria));
      treaty.seconds.now += dayS / 4;
      await treaty.count(await treaty.sign(treaty.sorell));
    });
    expect(await kindsIn(treaty)).toEqual(['flow-not-in-force']);
  });

  it('is judged by the number that its author names', async () => {
    const treaty = await openTreaty();
    await early(treaty, 1, async () => {});
    expect(await kindsIn(treaty)).toEqual(['flow-not-in-force']);
  });

  it('is not judged for ever by an old number: a day later its author knows what has been dated since', async () => {
    const treaty = await openTreaty();
    const { sorell, instrument, seconds } = treaty;
    await treaty.count(await sorell.state({ type: 'agreement.withdraw/1', subject: instrument }));
    seconds.now += 3600;
    await acknowledge(treaty, await dispatch(treaty, { n: 3 }));
    expect(await kindsIn(treaty)).toEqual(['flow-after-withdrawal']);
    seconds.now += 2 * dayS;
    await acknowledge(treaty, await dispatch(treaty, { n: 3 }));
    expect(await kindsIn(treaty, startS + 3 * dayS)).toContain('flow-not-in-force');
  });
});

describe('whoever asks, and in whatever order the logs are read', () => {
  let treaties: Treaty[];

  beforeAll(async () => {
    treaties = await Promise.all(
      tamperings.map(async ([, , tamper]) => {
        const treaty = await openTreaty();
        await tamper(treaty);
        return treaty;
      }),
    );
  });

  it('the questions are the same, and have the same names', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: tamperings.length - 1 }),
        fc.shuffledSubarray([0, 1, 2], { minLength: 3 }),
        async (at, order) => {
          const treaty = treaties[at];
          if (!treaty) throw new RangeError('no treaty');
          const logs = [treaty.ambria, treaty.sorell, treaty.tarn];
          const [straight, shuffled] = [
            await audit(logs),
            await audit(order.flatMap((position) => logs[position] ?? [])),
          ];
          const named = (report: AuditReport) =>
            report.questions
              .map(({ id, kind, details }) => ({ id, kind, details }))
              .toSorted((a, b) => a.id.localeCompare(b.id));
          expect(named(shuffled)).toEqual(named(straight));
          expect(shuffled.instruments).toEqual(straight.instruments);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('a log full of one kind of nonsense gives so many questions, and the count of the rest', async () => {
    const ambria = await openHandLog('ambria');
    for (let entry = 0; entry < 1_100; entry++) ambria.append(Buffer.from(`nonsense ${entry}`));
    const { questions } = await audit([ambria]);
    expect(questions.filter(({ kind }) => kind === 'entry-unreadable')).toHaveLength(1_000);
    expect(questions.filter(({ kind }) => kind === 'too-many')).toMatchObject([
      { details: { kind: 'entry-unreadable', count: 100 } },
    ]);
  });
});
