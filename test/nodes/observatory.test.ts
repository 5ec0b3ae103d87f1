import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { sql } from 'kysely';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseProof } from '@reciproca/tlog/proof';
import { verifyInclusion } from '@reciproca/tlog/merkle';
import { leafHash } from '@reciproca/tlog/hash';
import { parseCheckpoint } from '@reciproca/tlog/checkpoint';
import { parseNote } from '@reciproca/tlog/note';
import { generateSigningKey } from '../../src/acts/keys.ts';
import * as agreement from '../../src/agreement/actions.ts';
import { verifyLogCommand, verifyLogs } from '../../src/commands/verify-log.ts';
import { releaseDue, sendTable } from '../../src/exchange/actions.ts';
import { newSubjectId, type ActId, type SubjectId } from '../../src/ids.ts';
import { dial } from '../../src/network/dial.ts';
import { openHostedParty } from '../../src/network/set-up.ts';
import { answerQuestion } from '../../src/observatory/actions.ts';
import { observe } from '../../src/observatory/jobs.ts';
import { openRemoteLog } from '../../src/observatory/remote-log.ts';
import { listFlows, listForks } from '../../src/observatory/store.ts';
import { logByHand, payloadBy } from '../support/acts.ts';
import { by, order, report, week } from '../support/exchange.ts';
import { converge, openTestNode, type TestNode, observe as observeLog } from '../support/node.ts';
import {
  dispatchAnyway,
  entriesOf,
  openObserved,
  questionsAt,
  serveAnswers,
  serveForgedLog,
  stop,
  type Observed,
} from '../support/observatory.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

interface Run {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** The command as a shell runs it, on the test's clock. */
async function verify(
  clock: Observed['clock'],
  nodes: readonly TestNode[],
  options: {
    readonly state?: string;
    readonly json?: boolean;
    readonly key?: string;
    readonly from?: number;
    readonly copies?: number;
  } = {},
): Promise<Run> {
  const [out, err]: [string[], string[]] = [[], []];
  const urls = nodes.map(({ url }) => url);
  const exitCode = await verifyLogs(
    urls,
    { from: 0, copies: 1, ...options },
    { out: { write: (text) => out.push(text) }, err: { write: (text) => err.push(text) }, clock },
  );
  return { exitCode, out: out.join(''), err: err.join('') };
}

async function headOf({ house, operator }: TestNode, subject: SubjectId): Promise<ActId> {
  const row = await house.database.read('node', (reader) =>
    reader
      .selectFrom('act_heads')
      .select('act')
      .where('party', '=', operator.did)
      .where('subject', '=', subject)
      .executeTakeFirstOrThrow(),
  );
  return row.act;
}

const kindsAt = async (node: TestNode): Promise<string[]> => (await questionsAt(node)).map(({ kind }) => kind);

const flowsAt = (node: TestNode) => node.house.database.read('node', (reader) => listFlows(reader, 10));

async function get(node: TestNode, path: string): Promise<{ status: number; text: string }> {
  const { status, body } = await dial(node.url + path);
  return { status, text: Buffer.from(body).toString('utf8') };
}

const jsonAt = async <T>(node: TestNode, path: string): Promise<T> =>
  JSON.parse((await get(node, `/api${path}`)).text) as T;

describe('two ministries and an observatory that follows both', () => {
  let observed: Observed;
  let table: ActId | undefined;

  beforeAll(async () => {
    observed = await openObserved();
    const { a, b, instrument, all } = observed;
    await report(a, 'measles', week('2026-W09'), { AA11: 30, AA21: 9 });
    table = await a.act((work) => sendTable(work, order(instrument, b, week('2026-W09'))));
    await converge(...all);
  });

  afterAll(() => observed[Symbol.asyncDispose]());

  it('all is verified from outside: roots, signatures, the agreement, the table that was in force when sent, its receipt', async () => {
    const { a, b, watcher, clock } = observed;
    const { exitCode, out, err } = await verify(clock, [a, b, watcher]);
    expect(err).toBe('');
    expect(out).toContain(
      'tables: 1; in force when sent 1, permitted by a published article 0, sealed 1, answered by the receiver 1',
    );
    expect(out).toContain(`/log is confirmed by ${new URL(watcher.url).host}/confirm at 2026-03-02T09:00:00.000Z`);
    expect(out).toMatch(/Open questions: none\.\n\nVerified\.\n$/);
    expect(exitCode).toBe(0);
  });

  it('one log alone agrees with itself, which is not called verified: nobody else says that it was shown the same', async () => {
    const { a, b, watcher, clock } = observed;
    const { exitCode, out } = await verify(clock, [a]);
    expect(exitCode).toBe(3);
    expect(out).toContain(`Not judged: what depends on ${b.operator.did}`);
    expect(out).toContain('as it was shown here: 0; asked for: 1.');
    expect(out).toContain('Not confirmed: what was shown here agrees with itself');
    expect(out).not.toContain('Verified.');
    expect((await verify(clock, [a], { copies: 0 })).exitCode).toBe(0);
    expect((await verify(clock, [a, watcher], { copies: 2 })).exitCode).toBe(3);
  });

  it('the same as JSON; and the signatures of what was checked before are not checked again', async () => {
    const { a, b, clock } = observed;
    const { out } = await verify(clock, [a, b], { json: true, from: 5 });
    expect(JSON.parse(out)).toMatchObject({
      verified: true,
      confirmed: true,
      copiesRequired: 1,
      logs: [{ url: a.url }, { url: b.url }],
      instruments: [{ status: 'in-force' }],
      flows: [{ id: table, inForce: 'yes', terms: { state: 'sealed' }, answers: [{ kind: 'receipt' }] }],
      questions: [],
      unread: [],
    });
  });

  it('the observatory finds the same, and says so to anybody', async () => {
    const { a, b, watcher, all } = observed;
    expect(await questionsAt(watcher)).toEqual([]);
    await converge(...all);
    expect(await questionsAt(watcher)).toEqual([]);
    expect(await jsonAt(watcher, '/observatory')).toMatchObject({
      mayObserve: false,
      logs: [{ isOwn: true }, { name: 'Ministry of a', closedReason: null, questions: 0 }, { name: 'Ministry of b' }],
      agreements: [
        { status: 'in-force', parties: [{ did: a.operator.did, boundUntil: null }, { did: b.operator.did }] },
      ],
      flows: [{ act: table, inForce: 'yes', terms: 'sealed', answers: [{ kind: 'receipt', party: 'Ministry of b' }] }],
      questions: [],
    });
    const { text } = await get(watcher, '/observatory');
    for (const words of [
      'leads to the signed root',
      'Agreement on early warning',
      'Receipt of Ministry of b',
      'Sealed until',
    ])
      expect(text).toContain(words);
  });

  it('an entry is shown with its meaning, and its proof and bytes verify offline', async () => {
    const { a, watcher } = observed;
    const [flow] = await flowsAt(watcher);
    const index = flow?.log_index ?? -1;
    const copy = `/log/of/${encodeURIComponent(`${new URL(a.url).host}/log`)}`;
    for (const [node, path] of [
      [a, `/log/${index}`],
      [watcher, `${copy}/${index}`],
    ] as const) {
      const { text } = await get(node, path);
      for (const words of [
        'Data sent',
        'Ministry of a sends data under an agreement',
        'Sealed until',
        'Agreement on early warning',
      ])
        expect(text).toContain(words);
      const act = await get(node, `${path}/act`);
      const proof = parseProof((await get(node, `${path}/proof`)).text);
      const { size, root } = parseCheckpoint(parseNote(proof.note).text);
      verifyInclusion(leafHash(Buffer.from(act.text)), index, { size, root }, proof.path);
      expect(parseNote(proof.note).signatures.length).toBeGreaterThan(1);
    }
    expect((await get(a, '/log/99999')).status).toBe(404);
    expect((await get(a, '/log/of/nobody.example%2Flog')).status).toBe(404);
  });

  it('the log is searched by kind, party and subject', async () => {
    const { a, instrument } = observed;
    type Entries = { entries: { act: { type: string; subject: string } }[] };
    const byType = await jsonAt<Entries>(a, '/log?type=agreement.sign%2F1');
    expect(byType.entries.map(({ act }) => act.type)).toEqual(['agreement.sign/1']);
    const bySubject = await jsonAt<Entries>(a, `/log?subject=${encodeURIComponent(instrument)}`);
    expect(new Set(bySubject.entries.map(({ act }) => act.subject))).toEqual(new Set([instrument]));
    expect((await jsonAt<Entries>(a, '/log?before=1')).entries).toHaveLength(1);
    expect((await jsonAt<Entries>(a, `/log?party=${encodeURIComponent('did:web:nobody.example')}`)).entries).toEqual(
      [],
    );
  });

  it('the whole of a page weighs less than 20 kB', async () => {
    const { a, watcher } = observed;
    for (const [node, path] of [
      [a, '/log'],
      [a, '/log/0'],
      [watcher, '/observatory'],
    ] as const) {
      const page = await dial(node.url + path, { headers: { 'accept-encoding': 'br' } });
      const style = /href="([^"]+\.css)"/.exec((await get(node, path)).text)?.[1] ?? '/none';
      const sheet = await dial(node.url + style, { headers: { 'accept-encoding': 'br' } });
      expect(sheet.status).toBe(200);
      expect(page.body.length + sheet.body.length).toBeLessThan(20_000);
    }
  });

  it('keys are published as did:web documents, a revoked one no longer', async () => {
    const { a } = observed;
    const village = await a.actForNode((work) =>
      openHostedParty(work, { name: 'Village', kind: 'community', country: 'AA', languages: ['en'], slug: 'village' }),
    );
    await a.house.journal.run();
    type Document = {
      id: string;
      verificationMethod: { publicKeyJwk: object }[];
      service: { serviceEndpoint: string }[];
    };
    const own = JSON.parse((await get(a, '/.well-known/did.json')).text) as Document;
    expect(own).toMatchObject({
      id: a.operator.did,
      service: [{ serviceEndpoint: `${a.url}/log` }, { serviceEndpoint: `${a.url}/federation` }],
    });
    const hosted = JSON.parse((await get(a, '/p/village/did.json')).text) as Document;
    expect(hosted.id).toBe(village.did);
    expect(hosted.verificationMethod).toMatchObject([{ publicKeyJwk: { kty: 'OKP', crv: 'Ed25519' } }]);
    expect((await get(a, '/p/nobody/did.json')).status).toBe(404);

    const keysNow = async () =>
      (JSON.parse((await get(a, '/.well-known/did.json')).text) as { assertionMethod: string[] }).assertionMethod;
    const { kid, x } = generateSigningKey();
    const { subject } = a.operator;
    const added = await logByHand(
      a,
      payloadBy(a, { type: 'key.add/1', subject, prev: await headOf(a, subject), summary: { key: x } }),
    );
    expect(await keysNow()).toContain(`${a.operator.did}#${kid}`);
    await logByHand(
      a,
      payloadBy(a, {
        type: 'key.revoke/1',
        subject,
        prev: added,
        summary: { kid, fromIndex: (await entriesOf(a)).length },
      }),
    );
    expect(await keysNow()).not.toContain(`${a.operator.did}#${kid}`);
    expect(await keysNow()).toHaveLength(1);
  });
});

describe('what is remembered with --state', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'reciproca-verify-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('holds the log to it: growth is verified, a shorter or rewritten history and another key are not, and memory is kept', async () => {
    await using observed = await openObserved();
    const { a, b, all, clock } = observed;
    const state = join(directory, 'state.json');
    expect((await verify(clock, [a, b], { state })).exitCode).toBe(0);
    await a.act((work) => agreement.withdrawFromInstrument(work, by(a), observed.instrument));
    await converge(...all);
    expect((await verify(clock, [a, b], { state })).exitCode).toBe(0);
    const remembered = await readFile(state, 'utf8');

    const entries = await entriesOf(a);
    await a.stopServing();
    const shorter = await serveForgedLog(a, entries.slice(0, -1));
    const cut = await verify(clock, [a], { state });
    expect([cut.exitCode, cut.err]).toEqual([
      1,
      expect.stringContaining(`has ${entries.length - 1} entries, and had ${entries.length} when it was last verified`),
    ]);
    await stop(shorter);

    const rewritten = await serveForgedLog(a, [
      ...entries.slice(0, -1),
      entries[1] ?? new Uint8Array(),
      entries[2] ?? new Uint8Array(),
    ]);
    const fork = await verify(clock, [a], { state });
    expect([fork.exitCode, fork.err]).toEqual([
      1,
      expect.stringContaining('shows another history than when it was last verified'),
    ]);
    await stop(rewritten);
    expect(await readFile(state, 'utf8')).toBe(remembered);

    await a.serve();
    expect((await verify(clock, [a, b], { state, key: 'x.example/log+00000000+AAAA' })).err).toContain(
      'names another key than the one given',
    );
    await writeFile(state, '{"version":7}');
    await expect(verify(clock, [a], { state })).rejects.toThrow('not a state file');
  });
});

describe('tampering', () => {
  let observed: Observed;

  beforeAll(async () => {
    observed = await openObserved();
  });

  afterAll(() => observed[Symbol.asyncDispose]());
  it('with one byte of a file of the log is found, and the file and entry are named', async () => {
    const { a, clock } = observed;
    const width = (await entriesOf(a)).length;
    for (const [path, at, finding] of [
      [`tile/entries/000.p/${width}`, 100, /entries\/000\.p\/\d+ contradict each other about entry 0|entry 0/],
      [
        `tile/0/000.p/${width}`,
        3 * 32 + 5,
        new RegExp(`tile/0/000\\.p/${width} and tile/entries/000\\.p/${width} contradict each other about entry 3`),
      ],
    ] as const) {
      const file = join(a.dataDir, 'log', path);
      const sound = await readFile(file);
      const damaged = Buffer.from(sound);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      await writeFile(file, damaged);
      const { exitCode, err } = await verify(clock, [a]);
      expect([path, exitCode]).toEqual([path, 1]);
      expect(err).toMatch(finding);
      await writeFile(file, sound);
    }
    expect((await verify(clock, [a], { copies: 0 })).exitCode).toBe(0);
  });

  it('a file damaged on the way is no accusation: the log stays open and is followed when it is mended', async () => {
    const { a, watcher, instrument } = observed;
    await a.act((work) => agreement.withdrawFromInstrument(work, by(a), instrument));
    await a.house.journal.run();
    const width = (await entriesOf(a)).length;
    const file = join(a.dataDir, 'log', `tile/entries/000.p/${width}`);
    const sound = await readFile(file);
    const damaged = Buffer.from(sound);
    damaged[damaged.length - 10] = (damaged[damaged.length - 10] ?? 0) ^ 1;
    await writeFile(file, damaged);
    await watcher.house.rounds.runOnce();
    expect(await watcher.house.database.read('node', listForks)).toEqual([]);
    await writeFile(file, sound);
    await watcher.house.rounds.runOnce();
    const log = await watcher.house.database.read('node', (reader) =>
      reader.selectFrom('logs').selectAll().where('operator', '=', a.operator.did).executeTakeFirstOrThrow(),
    );
    expect(log).toMatchObject({ closed_reason: null, proven_size: width });
  });

  it('with the copy that an observatory holds is its own trouble: its round stops and says so, and accuses nobody', async () => {
    const { b, watcher } = observed;
    const damage = (from: string, to: string) =>
      watcher.house.database.transact('node', { system: 'set-up' }, ({ db }) =>
        db
          .updateTable('acts')
          .set({ jws: sql<Buffer>`convert_to(replace(convert_from(jws, 'utf8'), ${from}, ${to}), 'utf8')` })
          .where('party', '=', b.operator.did)
          .where('log_index', '=', 0)
          .execute(),
      );
    const [entry] = await entriesOf(b);
    const tail = Buffer.from(entry ?? [])
      .toString('latin1')
      .slice(-20);
    await damage(
      tail,
      tail.replace(/^./, (letter) => (letter === 'A' ? 'B' : 'A')),
    );
    await expect(observe(watcher.house)).rejects.toThrow(
      `the copy of ${new URL(b.url).host}/log that is held here does not lead to the root`,
    );
    await damage(
      tail.replace(/^./, (letter) => (letter === 'A' ? 'B' : 'A')),
      tail,
    );
    expect(await kindsAt(watcher)).toEqual([]);
  });

  // Longer, of the same length, shorter: whichever way the past is rewritten.
  it.each([
    ['longer', 1],
    ['as long', 0],
    ['shorter', -2],
  ] as const)(
    'a history rewritten under the same key, %s, is a fork: the evidence is kept, the log closed, and anybody sees it',
    async (_name, difference) => {
      const { a, watcher } = observed;
      await reopen(watcher);
      const entries = await entriesOf(a);
      const other = await logByHandElsewhere(a);
      const rewritten = [
        ...entries.slice(0, 4),
        ...Array.from({ length: entries.length - 4 + difference }, () => other),
      ];
      await a.stopServing();
      const server = await serveForgedLog(a, rewritten);
      await watcher.house.rounds.runOnce();
      await stop(server);
      const forks = await watcher.house.database.read('node', listForks);
      expect(forks.map(({ origin, heldNote, otherNote }) => [origin, sizeOf(heldNote), sizeOf(otherNote)])).toEqual([
        [`${new URL(a.url).host}/log`, entries.length, rewritten.length],
      ]);
      expect(await kindsAt(watcher)).toEqual(['log-forked']);
      const { text } = await get(watcher, '/observatory');
      expect(text).toContain('Contradicts itself');
      const evidence = await get(watcher, `/log/of/${encodeURIComponent(`${new URL(a.url).host}/log`)}`);
      expect(evidence.text).toContain('two states that cannot both be true');
      expect(evidence.text).toContain(forks[0]?.otherNote.split('\n')[2] ?? 'no root');
      await a.serve();
      await watcher.house.rounds.runOnce();
      const log = await watcher.house.database.read('node', (reader) =>
        reader
          .selectFrom('logs')
          .select('closed_reason')
          .where('operator', '=', a.operator.did)
          .executeTakeFirstOrThrow(),
      );
      expect(log.closed_reason).toBe('fork');
    },
  );
});

const sizeOf = (note: string): number => parseCheckpoint(parseNote(note).text).size;

/** Forgets an earlier fork, which a node never does. */
async function reopen({ house }: TestNode): Promise<void> {
  await house.database.transact('node', { system: 'set-up' }, async ({ db }) => {
    await db.deleteFrom('log_forks').execute();
    await db.deleteFrom('open_questions').execute();
    await db.updateTable('logs').set({ closed_reason: null }).execute();
  });
}

/** An act of the node's own that its log does not hold. */
async function logByHandElsewhere(node: TestNode): Promise<Uint8Array> {
  const entries = await entriesOf(node);
  const last = entries.at(-1);
  if (!last) throw new RangeError('an empty log');
  return Buffer.concat([last, Buffer.from('AA')]);
}

describe('an open question', () => {
  let observed: Observed;

  beforeAll(async () => {
    observed = await openObserved();
  });

  afterAll(() => observed[Symbol.asyncDispose]());

  it('about a table that nobody received: found by observatory and sender alike, answered, published after 72 hours, settled when the receipt comes', async () => {
    const { a, b, watcher, all, instrument, clock } = observed;
    await b.stopServing();
    await report(a, 'measles', week('2026-W09'), { AA11: 30 });
    const act = await a.act((work) => sendTable(work, order(instrument, b, week('2026-W09'))));
    await converge(a, watcher);
    expect(await kindsAt(watcher)).toEqual([]);
    await converge(a, watcher);
    clock.advance(3 * dayMs + hourMs);
    const [question] = await questionsAt(watcher);
    expect(question).toMatchObject({ kind: 'receipt-missing', acts: [act], parties: [b.operator.did, a.operator.did] });
    const id = question?.id ?? '';

    expect(await jsonAt(watcher, '/observatory')).toMatchObject({ questions: [] });
    expect((await get(watcher, `/observatory/questions/${id}`)).status).toBe(404);
    expect((await questionsAt(a)).map((each) => each.id)).toEqual([id]);
    await expect(watcher.act((work) => answerQuestion(work, by(watcher), id, 'We know why.'))).rejects.toMatchObject({
      code: 'not-allowed',
    });
    await expect(a.act((work) => answerQuestion(work, by(a), 'Q'.repeat(43), 'We know why.'))).rejects.toMatchObject({
      code: 'not-found',
    });
    await a.act((work) => answerQuestion(work, by(a), id, 'Their node has been without power since Monday.'));
    await logByHand(
      watcher,
      payloadBy(watcher, {
        type: 'question.answer/1',
        subject: newSubjectId(watcher.operator.did),
        summary: { question: id },
      }),
    );
    await converge(a, watcher);

    clock.advance(3 * dayMs);
    expect(await jsonAt(watcher, '/observatory')).toMatchObject({
      questions: [{ id, kind: 'receipt-missing', isPublished: true, weight: 'open' }],
    });
    const page = await get(watcher, `/observatory/questions/${id}`);
    expect(page.text).toContain('Their node has been without power since Monday.');
    expect(page.text).not.toContain('Ministry of watcher answers');
    // Open is not contradictory: what is missing may still come.
    expect((await verify(clock, [a, watcher])).exitCode).toBe(0);

    await b.serve();
    await converge(...all);
    expect((await verify(clock, [a, b, watcher])).out).toContain('Open questions: none.');
    expect(await questionsAt(watcher)).toEqual([]);
    expect(await jsonAt(watcher, '/observatory')).toMatchObject({ questions: [], settled: [{ id }] });
  });

  it('about what was sent after the end, or against the terms, fails the verification and names the act', async () => {
    const { a, b, watcher, all, instrument, clock } = observed;
    const published = await dispatchAnyway(
      a,
      b,
      { instrument, n: 3 },
      { columns: [{ indicator: 'cholera', values: [3] }] },
    );
    await converge(...all);
    clock.advance(30 * dayMs);
    await a.act(async (work) => {
      await work.tx.db.updateTable('act_bodies').set({ is_public: true }).where('act', '=', published).execute();
    });
    await releaseByHand(a, published);
    await converge(...all);
    await observe(watcher.house);
    await converge(...all);
    expect(await kindsAt(watcher)).toContain('flow-not-permitted');
    const { exitCode, out } = await verify(clock, [a, b, watcher]);
    expect(exitCode).toBe(1);
    expect(out).toMatch(
      new RegExp(
        `! Something was sent that the terms in force did not permit \\(Article 1: this indicator is not agreed\\)\\. ${published}`,
      ),
    );
    expect(out).toContain('Not verified');
    const flow = (await flowsAt(watcher)).find((each) => each.act === published);
    expect(flow).toMatchObject({ terms: 'refused', reason: 'indicator-not-agreed', article: 'art-1' });
  });

  it('about two contradicting acts is found from outside and by the observatory, and both acts are named', async () => {
    const { a, b, watcher, all, clock } = observed;
    const subject = newSubjectId(a.operator.did);
    const [one, other] = [
      await logByHand(a, payloadBy(a, { type: 'erase/1', subject, summary: { commitment: 'A'.repeat(43) } })),
      await logByHand(a, payloadBy(a, { type: 'erase/1', subject, summary: { commitment: 'B'.repeat(43) } })),
    ];
    await converge(...all);
    const question = (await questionsAt(watcher)).find(({ kind }) => kind === 'equivocation');
    expect(question).toMatchObject({ kind: 'equivocation', parties: [a.operator.did] });
    expect(new Set(question?.acts)).toEqual(new Set([one, other]));
    const { exitCode, out } = await verify(clock, [a, b]);
    expect(exitCode).toBe(1);
    expect(out).toContain('signed two acts in the same place');
  });
});

/** Says that a body is public, as the release job does when the date has come. */
async function releaseByHand(node: TestNode, act: ActId): Promise<void> {
  const row = await node.house.database.read('node', (reader) =>
    reader.selectFrom('acts').select('subject').where('id', '=', act).executeTakeFirstOrThrow(),
  );
  await logByHand(
    node,
    payloadBy(node, {
      type: 'release/1',
      subject: row.subject,
      prev: act,
      assurance: { method: 'node', signer: null },
      summary: { act, on: '2026-04-01' },
    }),
  );
}

describe('an observatory that nobody paired with', () => {
  it('follows logs by their addresses, reads what is public, judges alike, and sees a table once it is published', async () => {
    await using observed = await openObserved();
    const { a, b, all, instrument, clock } = observed;
    await report(a, 'measles', week('2026-W09'), { AA11: 30 });
    await a.act((work) => sendTable(work, order(instrument, b, week('2026-W09'))));
    await converge(...all);
    await using stranger = await openTestNode('stranger', clock);
    const village = await stranger.actForNode((work) =>
      openHostedParty(work, { name: 'Village', kind: 'community', country: 'AA', languages: ['en'], slug: 'village' }),
    );
    await expect(observeLog(stranger, a.url, { account: stranger.person, party: village.id })).rejects.toMatchObject({
      code: 'not-allowed',
    });
    await expect(observeLog(stranger, stranger.url)).rejects.toMatchObject({
      code: 'cannot-pair',
    });
    await expect(observeLog(stranger, 'https://health.example.org')).rejects.toMatchObject({ code: 'cannot-pair' });
    for (const node of [a, b, observed.watcher]) await observeLog(stranger, node.url);
    await expect(observeLog(stranger, a.url)).rejects.toMatchObject({
      code: 'conflict',
    });
    await converge(stranger);
    expect(await questionsAt(stranger)).toEqual([]);
    await converge(stranger);
    await observe(stranger.house);
    expect(await flowsAt(stranger)).toMatchObject([{ in_force: 'yes', terms: 'sealed' }]);
    const names = await stranger.house.database.read('node', (reader) =>
      reader.selectFrom('parties').select('name').where('is_hosted', '=', false).orderBy('name').execute(),
    );
    expect(names.map(({ name }) => name)).toEqual(['Ministry of a', 'Ministry of b', 'Ministry of watcher']);

    clock.advance(31 * dayMs);
    await a.act((work) => releaseDue(work));
    await converge(a, b, observed.watcher);
    await converge(stranger);
    await observe(stranger.house);
    expect(await flowsAt(stranger)).toMatchObject([{ in_force: 'yes', terms: 'permitted', article: 'art-1' }]);
    const strangers = await a.house.database.read('node', (reader) =>
      reader.selectFrom('logs').select('operator').where('operator', '=', stranger.operator.did).execute(),
    );
    expect(strangers).toEqual([]);
  });
});

describe('verify-log asked wrongly', () => {
  it.each([
    [['ftp://peer.example']],
    [['http://health.example.org']],
    [['https://peer.example', '--from', 'start']],
    [['https://peer.example', '--with', 'nowhere']],
    [[]],
  ])('is a usage error: %j', async (args) => {
    const command = verifyLogCommand()
      .exitOverride()
      .configureOutput({ writeErr: () => {} });
    await expect(command.parseAsync(args, { from: 'user' })).rejects.toMatchObject({
      name: 'CommanderError',
      exitCode: 1,
    });
  });
});

describe('a peer that is no log', () => {
  const addressOf = async (): Promise<string> => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    await new Promise<void>((resolve) => server.close(() => resolve()));
    return `http://peer.localhost:${port}`;
  };

  const answers: readonly (readonly [string, string | undefined, RegExp])[] = [
    ['garbage', 'garbage', /checkpoint: .*no blank line/],
    ['nothing of the kind', undefined, /no log there: answered 404/],
    ['more than a checkpoint can be', 'x'.repeat(100_000), /answered more than 64000 bytes/],
    [
      'another log’s checkpoint',
      `other.example/log\n1\n${'A'.repeat(43)}=\n\n— other.example/log AAAAAAAA\n`,
      /the checkpoint is of another log/,
    ],
  ];

  it.each(answers)('and answers %s is refused in one sentence', async (_name, answer, message) => {
    const url = await addressOf();
    const server = await serveAnswers(url, () => answer);
    await expect(openRemoteLog(url)).rejects.toThrow(message);
    await stop(server);
  });

  it('and never answers, drips, or is not there, is given up', async () => {
    const url = await addressOf();
    await expect(openRemoteLog(url)).rejects.toThrow(/cannot be read/);
    for (const drip of ['', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n']) {
      const silent = createServer(
        (socket) =>
          void socket
            .on('error', () => {})
            .resume()
            .write(drip),
      );
      await new Promise<void>((resolve) => silent.listen(Number(new URL(url).port), '127.0.0.1', resolve));
      await expect(openRemoteLog(url, { timeoutMs: 300 })).rejects.toThrow(
        /no whole answer within 0\.3 s to .*\/log\/checkpoint/,
      );
      await new Promise<void>((resolve) => silent.close(() => resolve()));
    }
  });
});
