/** What must hold after every kill, read from outside: from the public logs, the API and the command line. */
import { openCheckpoint } from '@reciproca/tlog/checkpoint';
import { openTree } from '@reciproca/tlog/client';
import { parseVkey } from '@reciproca/tlog/key';
import type { TreeHead } from '@reciproca/tlog/merkle';
import { makeNoteVerifier } from '@reciproca/tlog/note';
import { originHash } from '@reciproca/tlog/witness';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import { parseAct, type ParsedAct } from '../../src/acts/jws.ts';
import { PeerUnreachable } from '../../src/network/dial.ts';
import { formatReports, type Ledger, type Side } from './ledger.ts';

export interface LogView {
  readonly head: TreeHead;
  readonly acts: readonly ParsedAct[];
}

/** Every entry against the signed root; that it extends what was seen before is proven, not assumed. */
export async function readLog({ node }: Side, vkey: string, before: TreeHead | undefined): Promise<LogView> {
  const note = await fetchFile(node, '/log/checkpoint');
  if (note === undefined) throw new Error(`${node.name} serves no checkpoint`);
  const head = openCheckpoint(note, [makeNoteVerifier(parseVkey(vkey))]);
  if (before && head.size < before.size)
    throw new Error(`${node.name}: the log shrank from ${before.size} to ${head.size}`);
  const tree = await openTree(head, (path) => fetchFile(node, `/log/${path}`));
  if (before) await tree.proveExtension(before);
  const acts: ParsedAct[] = [];
  for await (const { entry } of tree.readEntries(0, head.size)) acts.push(parseAct(entry));
  return { head, acts };
}

async function fetchFile(node: Side['node'], path: string): Promise<Uint8Array | undefined> {
  const answer = await sendPatiently(node, path);
  if (answer.status === 404) return undefined;
  if (answer.status !== 200) throw new Error(`${node.name} answers ${answer.status} to ${path}`);
  return answer.body;
}

/** A limit on requests is an answer that asks for patience. */
export async function sendPatiently(node: Side['node'], path: string, token?: string) {
  for (;;) {
    const answer = await node.send(path, token === undefined ? {} : { token });
    if (answer.status !== 429) return answer;
    await delay(200);
  }
}

/** Empty when everything acknowledged as an act is in its author's log. It is saved when it is acknowledged, and logged a pass later. */
export function findUnlogged(ledger: Ledger, side: Side, acts: readonly ParsedAct[]): string {
  const { name } = side.node;
  const payloads = acts.map(({ payload }) => payload);
  const opened = new Set<string>(payloads.filter(({ type }) => type === 'party.open/1').map(({ party }) => party));
  const by = (type: string): Set<string> =>
    new Set(
      payloads
        .filter((act) => act.type === type && act.party === side.did)
        .map(({ subject }) => subject.slice(subject.lastIndexOf('/') + 1)),
    );
  const [proposed, signed] = [by('agreement.propose/1'), by('agreement.sign/1')];
  for (const { node, did } of ledger.parties)
    if (node === name && !opened.has(did)) return `${did} was acknowledged by ${name} and is not in its log`;
  for (const { node, key } of ledger.proposed)
    if (node === name && !proposed.has(key)) return `the proposal of ${key} by ${name} is not in its log`;
  for (const { node, key } of ledger.signed)
    if (node === name && !signed.has(key)) return `the signature of ${name} under ${key} is not in its log`;
  return '';
}

/** Taken in again, every acknowledged value is one that is there already. */
export async function demandValues(ledger: Ledger, { node }: Side, round: number): Promise<void> {
  const rows = ledger.values.filter((row) => row.node === node.name);
  if (rows.length === 0) return;
  const file = join(node.directory, `${node.name}-again-${round}.csv`);
  writeFileSync(file, formatReports(rows));
  const answer = await node.run(['import', 'reports', file, '--json', '--rejected', `${file}.rejected`]);
  if (answer === undefined) throw new Error(`${node.name}: what was taken in cannot be compared`);
  const { unchanged } = JSON.parse(answer) as { unchanged: number };
  if (unchanged !== rows.length)
    throw new Error(`lost: of ${rows.length} values acknowledged by ${node.name}, ${unchanged} are there unchanged`);
}

export async function demandReplay({ node }: Side): Promise<void> {
  if ((await node.run(['replay', '--check', '--json'])) === undefined)
    throw new Error(`${node.name}: replay --check fails`);
}

/** Until `find` names nothing that is still missing. What may not come right by waiting, it throws. */
export async function untilNothing(find: () => Promise<string>, patienceMs: number): Promise<void> {
  const untilMs = Date.now() + patienceMs;
  let missing = '';
  while (Date.now() < untilMs) {
    try {
      missing = await find();
      if (missing === '') return;
    } catch (error) {
      if (!(error instanceof PeerUnreachable)) throw error;
      missing = error.message;
    }
    await delay(150);
  }
  throw new Error(`after ${Math.round(patienceMs / 1000)} s: ${missing}`);
}

/** What announcing does (src/network/rounds.ts): after a long absence a peer is asked more and more seldom. */
export async function hintEachOther(
  [a, b]: readonly [Side, Side],
  [originA, originB]: readonly [string, string],
): Promise<void> {
  await a.node.hint(originB);
  await b.node.hint(originA);
}

/** Each holds all of the other's log, and both say the same of every agreement. */
export async function findDifference(
  [a, b]: readonly [Side, Side],
  [originA, originB]: readonly [string, string],
): Promise<string> {
  for (const [owner, origin, keeper] of [
    [a, originA, b],
    [b, originB, a],
  ] as const) {
    const [own, copy] = await Promise.all([
      sizeAt(owner, '/log/checkpoint'),
      sizeAt(keeper, `/mirror/${originHash(origin)}/log/checkpoint`),
    ]);
    if (own !== copy) return `${keeper.node.name} holds ${copy} of ${own} entries of ${owner.node.name}`;
  }
  const [ofA, ofB] = await Promise.all([readAgreements(a), readAgreements(b)]);
  if (ofA.some(({ frozen }) => frozen !== null) || ofB.some(({ frozen }) => frozen !== null))
    return 'an agreement is frozen';
  if (ofA.some(({ acts }) => acts.some(({ n, refusedBecause }) => n === null && refusedBecause === null)))
    return 'an act has no number yet';
  return isDeepStrictEqual(ofA, ofB) ? '' : 'agreements differ';
}

async function sizeAt({ node }: Side, path: string): Promise<number> {
  const note = await fetchFile(node, path);
  return note === undefined ? 0 : Number(Buffer.from(note).toString('utf8').split('\n')[1]);
}

interface AgreementView {
  readonly frozen: string | null;
  readonly acts: readonly { readonly id: string; readonly n: number | null; readonly refusedBecause: string | null }[];
}

/** What both must say alike: not how far each has seen an act confirmed. */
async function readAgreements({ node, token }: Side): Promise<AgreementView[]> {
  const list = JSON.parse(Buffer.from((await sendPatiently(node, '/api/agreements', token)).body).toString('utf8')) as {
    agreements: { id: string; path: string }[];
  };
  const views: AgreementView[] = [];
  for (const { path } of list.agreements.toSorted((x, y) => x.id.localeCompare(y.id))) {
    const answer = await sendPatiently(node, `/api${path}`, token);
    const { id, host, status, frozen, inForceFrom, textAct, parties, acts } = JSON.parse(
      Buffer.from(answer.body).toString('utf8'),
    ) as Record<string, unknown> & AgreementView;
    const facts = (acts as unknown as Record<string, unknown>[]).map(
      ({ id: act, step, party, n, refusedBecause, legalTime }) => ({
        id: act,
        step,
        party,
        n,
        refusedBecause,
        legalTime,
      }),
    );
    const sorted = facts.toSorted((x, y) =>
      String(x.id).localeCompare(String(y.id)),
    ) as unknown as AgreementView['acts'];
    views.push({ id, host, status, frozen, inForceFrom, textAct, parties, acts: sorted } as AgreementView);
  }
  return views;
}
