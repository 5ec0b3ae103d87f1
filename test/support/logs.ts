/** Logs written by hand, in memory: what honest and dishonest parties could publish, without a node. */
import { signCheckpoint } from '@reciproca/tlog/checkpoint';
import { cosign } from '@reciproca/tlog/cosignature';
import { leafHash } from '@reciproca/tlog/hash';
import { formatVkey, KEY_TYPES, makeSigningKey, publicPart } from '@reciproca/tlog/key';
import { appendLeaves, emptyFrontier, frontierRoot, proveInclusion, type NodeId } from '@reciproca/tlog/merkle';
import { formatNote, makeNoteSigner, parseNote } from '@reciproca/tlog/note';
import { formatProof } from '@reciproca/tlog/proof';
import { sealBody } from '../../src/acts/body.ts';
import { signAct } from '../../src/acts/jws.ts';
import { generateSigningKey, seedOf, type SigningKey } from '../../src/acts/keys.ts';
import { actIdOf, formatPayload, type Payload } from '../../src/acts/payload.ts';
import { generateRecoveryKey } from '../../src/acts/recovery-key.ts';
import { recoveryHashOf } from '../../src/acts/signer.ts';
import { newSubjectId, type ActId, type Did, type SubjectId } from '../../src/ids.ts';
import type { Json } from '../../src/json.ts';
import { parseAddress } from '../../src/network/address.ts';
import type { LogSource, PublicBody } from '../../src/observatory/audit.ts';

export interface Statement {
  readonly type: string;
  readonly subject?: SubjectId;
  readonly summary?: Record<string, unknown>;
  readonly body?: Json;
  /** Whether anybody may read the body. */
  readonly isPublic?: boolean;
  /** Else the author's last act on the subject. */
  readonly prev?: ActId | null;
  readonly under?: Payload['under'];
  readonly assurance?: Payload['assurance'];
  readonly key?: SigningKey;
  readonly party?: Did;
  /** Made, but not put into the log. */
  readonly unlogged?: boolean;
}

export interface Stated {
  readonly id: ActId;
  readonly subject: SubjectId;
  readonly commitment: string;
  readonly opened: { readonly salt: Uint8Array; readonly bytes: Uint8Array };
  readonly index: number;
  readonly jws: Uint8Array;
}

export interface HandLog {
  readonly did: Did;
  readonly origin: string;
  readonly subject: SubjectId;
  readonly cosignerVkey: string;
  readonly recoveryKey: SigningKey;
  readonly entries: Uint8Array[];
  readonly bodies: Map<string, PublicBody>;
  readonly proofs: Map<ActId, string>;
  readonly size: number;
  state(statement: Statement): Promise<Stated>;
  append(entry: Uint8Array): number;
  /** The state of the log now, confirmed by these keepers at these seconds. */
  checkpoint(confirmed: readonly (readonly [HandLog, number])[]): string;
  /** Confirms another log's state, as a line of it. */
  confirm(text: string, unixSeconds: number): ReturnType<typeof cosign>;
  prove(stated: Pick<Stated, 'id' | 'index'>, note: string): Promise<void>;
  source(): LogSource;
}

export const bySomebody: Payload['assurance'] = { method: 'session', signer: 'AAAAAAAAAAAAAAAAAAAAAA' };

export async function openHandLog(name: string, kind = 'government', country: string | null = 'AA'): Promise<HandLog> {
  const { url, did, logOrigin: origin, keeperName } = parseAddress(`https://${name}.example`);
  const keys = {
    act: generateSigningKey(),
    log: generateSigningKey(),
    cosign: generateSigningKey(),
    transport: generateSigningKey(),
  };
  const logKey = makeSigningKey(origin, KEY_TYPES.note, seedOf(keys.log));
  const cosignKey = makeSigningKey(keeperName, KEY_TYPES.cosignature, seedOf(keys.cosign));
  const recoveryKey = generateRecoveryKey();
  const entries: Uint8Array[] = [];
  const bodies = new Map<string, PublicBody>();
  const proofs = new Map<ActId, string>();
  const heads = new Map<string, ActId>();
  const cosignerVkey = formatVkey(publicPart(cosignKey));

  const rootAt = (size: number) => frontierRoot(appendLeaves(emptyFrontier, entries.slice(0, size).map(leafHash)));
  const readHashes = (size: number) => (nodes: readonly NodeId[]) =>
    nodes.map(({ level, index }) => {
      const width = 2 ** level;
      const leaves = entries.slice(0, size).slice(index * width, (index + 1) * width);
      return frontierRoot(appendLeaves(emptyFrontier, leaves.map(leafHash)));
    });

  const log: HandLog = {
    did,
    origin,
    subject: newSubjectId(did),
    cosignerVkey,
    recoveryKey,
    entries,
    bodies,
    proofs,
    get size() {
      return entries.length;
    },
    async state({
      type,
      subject = log.subject,
      summary = {},
      body = {},
      isPublic = true,
      prev,
      under,
      assurance = bySomebody,
      key = keys.act,
      party = did,
      unlogged = false,
    }) {
      const sealed = sealBody(body);
      const chain = `${party} ${subject}`;
      const payload: Payload = {
        v: 1,
        type,
        party,
        subject,
        prev: prev === undefined ? (heads.get(chain) ?? null) : prev,
        ...(under && { under }),
        summary,
        commitment: sealed.commitment,
        assurance,
      };
      const bytes = formatPayload(payload);
      const id = actIdOf(bytes);
      const jws = signAct(bytes, key);
      if (isPublic) bodies.set(sealed.commitment, { state: 'given', value: body, opened: sealed });
      if (!unlogged) heads.set(chain, id);
      return {
        id,
        subject,
        commitment: sealed.commitment,
        opened: sealed,
        jws,
        index: unlogged ? -1 : log.append(jws),
      };
    },
    append: (entry) => entries.push(entry) - 1,
    checkpoint(confirmed) {
      const signed = signCheckpoint(
        { origin, size: entries.length, root: rootAt(entries.length) },
        makeNoteSigner(logKey),
      );
      const { text, signatures } = parseNote(signed);
      return formatNote({
        text,
        signatures: [...signatures, ...confirmed.map(([keeper, unixSeconds]) => keeper.confirm(text, unixSeconds))],
      });
    },
    confirm: (text, unixSeconds) => cosign(text, cosignKey, unixSeconds),
    async prove({ id, index }, note) {
      const size = Number(note.split('\n')[1]);
      proofs.set(id, formatProof({ index, path: await proveInclusion(index, size, readHashes(size)), note }));
    },
    source() {
      const size = entries.length;
      const at = (index: number) => {
        const entry = entries[index] ?? new Uint8Array();
        return { index, entry, leaf: leafHash(entry) };
      };
      return {
        origin,
        size,
        async *readEntries(from) {
          for (let index = from; index < size; index++) yield at(index);
        },
        async *readChains() {
          for (let index = 0; index < size; index++) yield at(index);
        },
        rootAt: async (earlier) => rootAt(earlier),
        findPublicBody: async ({ commitment }) => bodies.get(commitment) ?? { state: 'missing' },
        findProof: async (act) => proofs.get(act),
      };
    },
  };
  await log.state({
    type: 'node.open/1',
    assurance: { method: 'node', signer: null },
    summary: {
      key: keys.act.x,
      recovery: recoveryHashOf(recoveryKey.x),
      origin,
      url,
      log: formatVkey(publicPart(logKey)),
      cosigner: cosignerVkey,
      transport: keys.transport.x,
      kind,
      country,
    },
    body: { name, languages: ['en'] },
  });
  return log;
}
