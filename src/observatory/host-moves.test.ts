/** Who keeps the order of an agreement, as an auditor finds it: the same rules as acts/host-move.ts and acts/entries.ts, from the logs alone. */
import { beforeEach, describe, expect, it } from 'vitest';
import { protocol } from '../app.ts';
import { generateSigningKey } from '../acts/keys.ts';
import { recoveryHashOf } from '../acts/signer.ts';
import { newSubjectId, type ActId, type SubjectId } from '../ids.ts';
import { documentWith, weeklyTable } from '../../test/support/instruments.ts';
import { openHandLog, type HandLog, type Stated } from '../../test/support/logs.ts';
import { auditLogs } from './audit.ts';

const dayS = 86_400;
const startS = Date.UTC(2026, 2, 2) / 1000;
const byNode = { method: 'node', signer: null } as const;

describe('an agreement whose host has fallen silent', () => {
  let ambria: HandLog;
  let sorell: HandLog;
  let tarn: HandLog;
  let instrument: SubjectId;
  let opening: Stated;
  let signature: Stated;

  const number = async (host: HandLog, n: number, act: ActId, prevHead: ActId | null) =>
    host.state({
      type: 'sequenced/1',
      subject: instrument,
      assurance: byNode,
      summary: { n, act, prevHead },
    });

  const move = (waiting: ActId, first: string, silent: string) =>
    sorell.state({
      type: 'host.move/2',
      subject: instrument,
      summary: { n: 1, head: opening.id, to: sorell.did, waiting, first, silent },
    });

  const audit = async (...logs: readonly HandLog[]) => {
    const report = await auditLogs(
      protocol,
      logs.map((log) => log.source()),
      { nowMs: (startS + 30 * dayS) * 1000 },
    );
    return { ...report.instruments[0], kinds: report.questions.map(({ kind }) => kind) };
  };

  beforeEach(async () => {
    [ambria, sorell, tarn] = [
      await openHandLog('ambria'),
      await openHandLog('sorell', 'government', 'SO'),
      await openHandLog('tarn', 'civil-society', null),
    ];
    instrument = newSubjectId(ambria.did);
    const keepers = [ambria, sorell, tarn].map(({ did, cosignerVkey }) => ({ operator: did, vkey: cosignerVkey }));
    opening = await ambria.state({
      type: 'agreement.propose/1',
      subject: instrument,
      body: documentWith([weeklyTable], { parties: [ambria.did, sorell.did], copyKeepers: { keepers, k: 1 } }),
    });
    await number(ambria, 1, opening.id, null);
    signature = await sorell.state({
      type: 'agreement.sign/1',
      subject: instrument,
      summary: { version: opening.id, consent: 'definitive' },
    });
  });

  it('continues with the other party, when keepers have seen nothing of the host for seven days', async () => {
    await move(signature.id, sorell.checkpoint([[tarn, startS]]), ambria.checkpoint([[tarn, startS + 8 * dayS]]));
    await number(sorell, 2, signature.id, opening.id);
    for (const logs of [
      [ambria, sorell, tarn],
      [sorell, tarn, ambria],
    ])
      expect(await audit(...logs)).toMatchObject({ host: sorell.did, n: 2, kinds: [] });
  });

  it('takes back what the old host numbers afterwards: that is no contradiction, and does not count', async () => {
    const silent = ambria.checkpoint([[tarn, startS + 8 * dayS]]);
    await move(signature.id, sorell.checkpoint([[tarn, startS]]), silent);
    const late = await ambria.state({
      type: 'agreement.sign/1',
      subject: instrument,
      summary: { version: opening.id, consent: 'definitive' },
    });
    await number(ambria, 2, late.id, opening.id);
    await number(sorell, 2, signature.id, opening.id);
    await number(sorell, 3, late.id, signature.id);
    for (const logs of [
      [ambria, sorell, tarn],
      [sorell, tarn, ambria],
    ])
      expect(await audit(...logs)).toMatchObject({ host: sorell.did, n: 3, stopped: undefined, kinds: [] });
  });

  const stays: readonly (readonly [string, () => Promise<unknown>])[] = [
    [
      'less than seven days',
      () => move(signature.id, sorell.checkpoint([[tarn, startS]]), ambria.checkpoint([[tarn, startS + 6 * dayS]])),
    ],
    [
      'only the other party itself says so',
      () => move(signature.id, sorell.checkpoint([[tarn, startS]]), ambria.checkpoint([[sorell, startS + 8 * dayS]])),
    ],
    [
      'the host had decided by then',
      async () => {
        const first = sorell.checkpoint([[tarn, startS]]);
        await number(ambria, 2, signature.id, opening.id);
        await move(signature.id, first, ambria.checkpoint([[tarn, startS + 8 * dayS]]));
      },
    ],
    [
      'what waits is an act that no host can take up: its predecessor does not exist',
      async () => {
        const junk = await sorell.state({
          type: 'agreement.withdraw/1',
          subject: instrument,
          prev: 'Z'.repeat(43) as ActId,
        });
        await move(junk.id, sorell.checkpoint([[tarn, startS]]), ambria.checkpoint([[tarn, startS + 8 * dayS]]));
      },
    ],
    [
      'what waits is no step of the agreement',
      async () => {
        const entry = await sorell.state({
          type: 'erase/1',
          subject: instrument,
          summary: { commitment: 'A'.repeat(43) },
        });
        await move(entry.id, sorell.checkpoint([[tarn, startS]]), ambria.checkpoint([[tarn, startS + 8 * dayS]]));
      },
    ],
  ];

  it.each(stays)('stays where it is when %s', async (_name, tamper) => {
    await tamper();
    expect(await audit(ambria, sorell, tarn)).toMatchObject({ host: ambria.did });
  });

  it('passes over a number that its host gave to what an old host of the party had signed', async () => {
    const [oldKey, newKey] = [generateSigningKey(), generateSigningKey()];
    const did = `${sorell.did}:p:village` as typeof sorell.did;
    const subject = newSubjectId(did);
    const recovery = sorell.recoveryKey;
    const opened = await sorell.state({
      type: 'party.open/1',
      party: did,
      subject,
      key: oldKey,
      assurance: byNode,
      summary: { key: oldKey.x, recovery: recoveryHashOf(recovery.x), kind: 'community', country: 'SO' },
      body: { name: 'Village', languages: ['en'] },
    });
    const agreed = newSubjectId(ambria.did);
    const text = await ambria.state({
      type: 'agreement.propose/1',
      subject: agreed,
      body: documentWith([], {
        parties: [ambria.did, did],
        copyKeepers: { keepers: [{ operator: tarn.did, vkey: tarn.cosignerVkey }], k: 1 },
      }),
    });
    const sign = { type: 'agreement.sign/1', subject: agreed, summary: { version: text.id, consent: 'definitive' } };
    await tarn.state({
      type: 'party.move/1',
      party: did,
      subject,
      prev: opened.id,
      key: recovery,
      assurance: byNode,
      summary: { recoveryKey: recovery.x, key: newKey.x, from: sorell.origin, fromSize: sorell.size, to: tarn.origin },
    });
    const forged = await sorell.state({ ...sign, party: did, key: oldKey, prev: null });
    const own = await ambria.state(sign);
    let head: ActId | null = null;
    for (const [n, { id }] of [text, forged, own].entries()) {
      await ambria.state({
        type: 'sequenced/1',
        subject: agreed,
        assurance: byNode,
        summary: { n: n + 1, act: id, prevHead: head },
      });
      head = id;
    }
    for (const logs of [
      [ambria, sorell, tarn],
      [tarn, sorell, ambria],
    ]) {
      const report = await auditLogs(
        protocol,
        logs.map((log) => log.source()),
        { nowMs: (startS + dayS) * 1000 },
      );
      expect(report.instruments.find(({ id }) => id === agreed)).toMatchObject({
        n: 3,
        stopped: undefined,
        status: 'negotiation',
      });
      expect(report.questions.map(({ kind }) => kind)).toEqual(['signed-after-move']);
    }
  });
});
