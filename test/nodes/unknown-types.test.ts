import { describe, expect, it, vi } from 'vitest';
import * as agreement from '../../src/agreement/actions.ts';
import { findInstrument } from '../../src/agreement/store.ts';
import { sendTable } from '../../src/exchange/actions.ts';
import { listFlows } from '../../src/exchange/store.ts';
import { logByHand, payloadBy, standingOf } from '../support/acts.ts';
import { by, drawCountry, order, propose, report, signAll, treaty, week, weekly } from '../support/exchange.ts';
import { converge, openTestNode, pair } from '../support/node.ts';

vi.setConfig({ testTimeout: 180_000 });

describe('a host of a newer release', () => {
  it('counts an act of its own that older nodes do not know: there nothing new is permitted, and leaving goes on', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await pair(a, b);
    await drawCountry(b);
    await report(b, 'measles', week('2026-W09'), { AA11: 30, AA21: 9 });
    const id = await propose([a, b], await treaty([a, b], [[weekly]]));
    await signAll([a, b], id);
    const at = (node: typeof a) => node.house.database.read('node', (reader) => findInstrument(reader, id));
    const { headN, head, headAct } = await a.house.database.read('node', async (reader) => {
      const rows = reader.selectFrom('act_heads').select('act').where('subject', '=', id);
      const last = await rows.where('party', '=', a.operator.did).executeTakeFirstOrThrow();
      const subject = await reader.selectFrom('subjects').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
      return { headN: subject.head_n, headAct: subject.head_act, head: last.act };
    });
    const suspend = await logByHand(a, payloadBy(a, { type: 'agreement.suspend/9', subject: id, prev: head }));
    const entry = payloadBy(a, {
      type: 'sequenced/1',
      subject: id,
      prev: suspend,
      summary: { n: headN + 1, act: suspend, prevHead: headAct },
      assurance: { method: 'node', signer: null },
    });
    await logByHand(a, entry);
    await converge(a, b);

    expect(await standingOf(b, suspend)).toBe('held: type-unknown');
    expect((await at(b))?.frozenReason).toBe('type-unknown');
    expect(await b.act((work) => sendTable(work, order(id, a, week('2026-W09'))))).toBeUndefined();
    const [flow] = await b.house.database.read({ party: b.operator.id }, (reader) => listFlows(reader, { limit: 1 }));
    expect(flow?.refusal?.reason).toBe('frozen');

    await b.act((work) => agreement.withdrawFromInstrument(work, by(b), id));
    const withdrawn = await b.house.database.read('node', (reader) =>
      reader.selectFrom('acts').select('standing').where('type', '=', 'agreement.withdraw/1').executeTakeFirstOrThrow(),
    );
    expect(withdrawn.standing).toBe('accepted');
  });
});
