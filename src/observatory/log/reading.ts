/** One log and one entry of it, as anybody may see them. */
import { parseCheckpoint } from '@reciproca/tlog/checkpoint';
import { formatHash } from '@reciproca/tlog/hash';
import { proveInclusion } from '@reciproca/tlog/merkle';
import { parseNote } from '@reciproca/tlog/note';
import { formatProof } from '@reciproca/tlog/proof';
import { parseBody } from '../../acts/body.ts';
import { mergeCosignatures } from '../../acts/confirm-note.ts';
import { parseAct } from '../../acts/jws.ts';
import { hashReaderOf } from '../../acts/mirror.ts';
import type { Payload } from '../../acts/payload.ts';
import { findProof } from '../../acts/proof.ts';
import type { Protocol } from '../../acts/protocol.ts';
import { currentText, type InstrumentState } from '../../agreement/instrument.ts';
import type { Reader } from '../../db/database.ts';
import type { Reading } from '../../house.ts';
import type { ActId } from '../../ids.ts';
import { fingerprintOf } from '../../network/pairing/fingerprint.ts';
import { isPlainDate } from '../../period.ts';
import { problem } from '../../problem.ts';
import { entryPath, logPath } from '../paths.ts';
import { findPlaces } from '../store.ts';
import type { EntryAnswer, LogAnswer } from './answers.ts';
import * as store from './store.ts';

const entriesPerPage = 30;

type Log = NonNullable<Awaited<ReturnType<typeof store.findLog>>>;

/** Our own without an origin. */
export async function getLog(reader: Reader, origin: string | undefined): Promise<Log> {
  const log = await store.findLog(reader, origin);
  if (!log) throw origin === undefined ? problem.notSetUp({}) : problem.notFound({ what: 'log' });
  return log;
}

export async function describeLog({ reader }: Reading, log: Log, choice: store.EntryChoice): Promise<LogAnswer> {
  const place = { origin: log.origin, isOwn: log.is_own };
  const [rows, saved, confirmations, opening, forks] = [
    await store.listEntries(reader, log, choice, entriesPerPage + 1),
    choice.before === undefined && !isChosen(choice) ? await store.listSaved(reader, log.id, entriesPerPage) : [],
    await store.listConfirmations(reader, log.id, 'latest'),
    await store.findOpening(reader, log.id),
    await store.listForks(reader, log.id),
  ];
  const shown = rows.slice(0, entriesPerPage);
  const confirmedSize = Math.max(0, ...confirmations.map(({ size }) => size));
  const checkpoint = log.checkpoint === null ? null : parseCheckpoint(parseNote(log.checkpoint).text);
  return {
    ...place,
    path: logPath(place),
    url: log.url,
    operator: { did: log.operator, name: log.name ?? log.operator },
    vkey: log.vkey,
    fingerprint: opening ? fingerprintOf(opening) : null,
    closedReason: log.closed_reason,
    checkpoint: checkpoint && { size: checkpoint.size, root: formatHash(checkpoint.root) },
    confirmations,
    forks: forks.map((fork) => ({ held: fork.held_note, shown: fork.other_note, at: fork.found_at.toISOString() })),
    types: await store.listTypes(reader, log.id),
    parties: await store.listPartiesOf(reader, log.id),
    entries: [
      ...saved.map(({ id, type, party, subject, standing, name, received_at }) => ({
        index: null,
        path: null,
        act: { id, type, party, partyName: name ?? party, subject, standing },
        at: received_at.toISOString(),
        isConfirmed: false,
      })),
      ...shown.map((row) => ({
        index: row.index,
        path: entryPath(place, row.index),
        act: actOf(row),
        at: row.received_at?.toISOString() ?? null,
        isConfirmed: row.index < confirmedSize,
      })),
    ],
    next: rows.length > entriesPerPage ? String(shown.at(-1)?.index ?? 0) : null,
  };
}

const isChosen = ({ type, party, subject }: store.EntryChoice): boolean =>
  type !== undefined || party !== undefined || subject !== undefined;

type EntryRow = NonNullable<Awaited<ReturnType<typeof store.findEntry>>>;

function actOf({ id, type, party, subject, standing, name }: EntryRow) {
  if (id === null || type === null || party === null || subject === null || standing === null) return null;
  return { id, type, party, partyName: name ?? party, subject, standing };
}

export async function getEntry(reader: Reader, log: Log, index: number): Promise<EntryRow> {
  const row = await store.findEntry(reader, log, index);
  if (!row) throw problem.notFound({ what: 'entry' });
  return row;
}

export function bytesOf({ raw, jws }: EntryRow): Uint8Array {
  const bytes = raw ?? jws;
  if (!bytes) throw new TypeError('an entry without bytes');
  return bytes;
}

export async function describeEntry({ reader, house }: Reading, log: Log, index: number): Promise<EntryAnswer> {
  const place = { origin: log.origin, isOwn: log.is_own };
  const row = await getEntry(reader, log, index);
  const act = actOf(row);
  return {
    ...place,
    logPath: logPath(place),
    index,
    leafHash: formatHash(row.leaf_hash),
    entry: Buffer.from(bytesOf(row)).toString('latin1'),
    at: row.received_at?.toISOString() ?? null,
    confirmations: (await store.listConfirmations(reader, log.id, { beyond: index })).map(({ keeper, at }) => ({
      keeper,
      at,
    })),
    hasProof: log.checkpoint !== null,
    keepersProof: act && (await findProof(reader, act.id)) !== undefined ? `/log/proof/${act.id}` : null,
    act: act && (await describeAct(reader, house.journal.protocol, act, row)),
  };
}

async function describeAct(
  reader: Reader,
  protocol: Protocol,
  act: NonNullable<ReturnType<typeof actOf>>,
  row: EntryRow,
): Promise<NonNullable<EntryAnswer['act']>> {
  const { payload } = parseAct(bytesOf(row));
  const { prev, under } = payload;
  const place = prev === null ? undefined : (await findPlaces(reader, [prev])).get(prev);
  return {
    ...act,
    prev: prev && { id: prev, path: place?.index == null ? null : entryPath(place, place.index) },
    under: under
      ? {
          ...under,
          title: await titleOf(reader, under.instrument),
          path: `/agreements/${under.instrument.slice(under.instrument.lastIndexOf('/') + 1)}`,
        }
      : null,
    assurance: payload.assurance.method,
    standingReason: row.standing_reason,
    payload,
    body: await describeBody(reader, protocol, act.id, payload),
  };
}

async function titleOf(
  reader: Reader,
  instrument: NonNullable<Payload['under']>['instrument'],
): Promise<string | null> {
  const state = await store.findState(reader, instrument);
  // Written by the fold of this kind of subject alone.
  return state == null ? null : currentText(state as InstrumentState).document.title;
}

/** Only what is public is shown here, whoever looks. */
async function describeBody(
  reader: Reader,
  protocol: Protocol,
  id: ActId,
  payload: Payload,
): Promise<NonNullable<EntryAnswer['act']>['body']> {
  const row = await store.findBody(reader, id);
  if (row?.erased_by != null || (await store.isErased(reader, payload.commitment))) return { state: 'erased' };
  if (row?.is_public && row.body) {
    const content = parseBody(row.body);
    return JSON.stringify(content) === '{}' ? { state: 'none' } : { state: 'public', content };
  }
  const type = protocol.findType(payload.type);
  if (type?.audience === 'public') return { state: type.body.safeParse({}).success ? 'none' : 'awaited' };
  const { releaseOn } = payload.summary;
  return typeof releaseOn === 'string' && isPlainDate(releaseOn)
    ? { state: 'sealed', until: releaseOn }
    : { state: 'private' };
}

/** A proof under the smallest confirmed state that holds the entry; else under the latest state that the log signed. */
export async function proveEntry({ reader, house }: Reading, log: Log, index: number): Promise<string> {
  await getEntry(reader, log, index);
  const [confirmed] = (await store.listConfirmations(reader, log.id, { beyond: index }))
    .map(({ size }) => size)
    .sort((a, b) => a - b);
  const size = confirmed !== undefined && confirmed <= log.proven_size ? confirmed : log.proven_size;
  const note = (await mergeCosignatures(reader, log.id, size)) ?? log.checkpoint;
  if (note === null) throw problem.notFound({ what: 'proof' });
  return formatProof({ index, path: await proveInclusion(index, size, hashReaderOf(house, log)), note });
}
