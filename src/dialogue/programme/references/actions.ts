/** References: shared by members, harvested from chats, kept once, with credit to whoever brought them; accepted by those who document. */
import { randomUUID } from 'node:crypto';
import type { Caller } from '../../../http/caller.ts';
import type { ReceivedFile } from '../../../http/endpoint.ts';
import type { Work } from '../../../house.ts';
import { newReferenceId, type MemberId, type ReferenceId } from '../../../ids.ts';
import { isSecretariat, requireSecretariat, type Member } from '../../../network/members/member.ts';
import { requireParty } from '../../../network/members/party.ts';
import { problem } from '../../../problem.ts';
import { openAttachments } from '../../../surveillance/reporting/submissions/attachments.ts';
import { phaseAt, type DialogueSession } from '../sessions/session.ts';
import { mayDocument, requireDocumenter } from '../spaces/actions.ts';
import type { Space } from '../spaces/space.ts';
import { ChatError, readChat, type ChatForm } from './chat.ts';
import { cslOfKey, type Csl } from './csl.ts';
import { findReferences, type Identified, type Refusal } from './identify.ts';
import * as store from './store.ts';

/** Where it was shared: in a session, or in a space at any time. */
export interface Place {
  readonly space: Space;
  readonly session: DialogueSession | undefined;
}

interface Sharer {
  readonly member: MemberId | undefined;
  readonly name: string | undefined;
}

const nobodyNamed: Sharer = { member: undefined, name: undefined };

/** `text` holds one reference or several, as people write them. Taken until the session closes for contributions. */
export async function shareReferences(
  work: Work,
  member: Member,
  place: Place,
  text: string,
  source: 'web' | 'mail',
): Promise<readonly ReferenceId[]> {
  requireOpen(work, place);
  const { references, refused } = findReferences(text);
  if (references.length === 0)
    throw problem.inputInvalid({
      fields: [{ path: 'text', code: `programme.${refused[0]?.reason ?? 'no-reference'}`, message: 'no-reference' }],
    });
  const ids: ReferenceId[] = [];
  for (const [at, reference] of references.entries()) {
    const { id } = await keep(work, reference, 'proposed');
    await credit(work, id, place, { member: member.id, name: undefined }, source, at);
    ids.push(id);
  }
  await work.tx.audit('reference.share', { references: ids, member: member.id, session: place.session?.id ?? null });
  return ids;
}

const fileTypes: Readonly<Record<string, string>> = {
  pdf: 'application/pdf',
  txt: 'text/plain; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  odt: 'application/vnd.oasis.opendocument.text',
  odp: 'application/vnd.oasis.opendocument.presentation',
  ods: 'application/vnd.oasis.opendocument.spreadsheet',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};
export const fileEndings = Object.keys(fileTypes).map((ending) => `.${ending}`);

/** The same bytes are the same reference, whatever they are called. */
export async function shareFile(
  work: Work,
  member: Member,
  place: Place,
  file: ReceivedFile,
  title: string,
): Promise<ReferenceId> {
  requireOpen(work, place);
  const mediaType = fileTypes[/\.([a-z]{2,4})$/i.exec(file.fileName)?.[1]?.toLowerCase() ?? ''];
  if (mediaType === undefined) throw problem.mediaTypeUnsupported({ accepted: fileEndings });
  const party = requireParty(work);
  const stored = await openAttachments(work.house.config.dataDir, party).keepFile(file.path, 'move');
  const sha256 = stored.sha256.toString('hex');
  const { id } = await store.keepReference(work.tx, party, {
    id: newReferenceId(),
    key: `sha256:${sha256}`,
    csl: { type: 'document', title },
    link: undefined,
    file: { name: file.fileName.slice(-200), mediaType, sizeBytes: stored.sizeBytes, sha256 },
    state: 'proposed',
  });
  await credit(work, id, place, { member: member.id, name: undefined }, 'web', 0);
  await work.tx.audit('reference.share-file', { reference: id, member: member.id });
  return id;
}

function requireOpen(work: Work, { space, session }: Place): void {
  if (session) {
    if (session.state !== 'announced' || phaseAt(session, work.tx.now) === 'closed')
      throw problem.stepNotAllowed({ step: 'share', status: session.state === 'announced' ? 'closed' : session.state });
  } else if (space.state !== 'open') throw problem.stepNotAllowed({ step: 'share', status: space.state });
}

export interface Harvest {
  readonly form: ChatForm;
  readonly messages: number;
  readonly privateCount: number;
  readonly found: readonly {
    readonly key: string;
    readonly written: string;
    readonly name: string | null;
    readonly isNew: boolean;
  }[];
  readonly refused: readonly { readonly written: string; readonly reason: Refusal }[];
}

/**
 * From the chat of a session, pasted or uploaded. The chat itself is not kept: its references are, with the name of who shared each, first and later;
 * under the Chatham House Rule without.
 */
export async function harvestChat(
  work: Work & Caller,
  place: Place & { readonly session: DialogueSession },
  text: string,
  source: 'chat' | 'mail',
): Promise<Harvest> {
  await requireDocumenter(work, place.space.id);
  const chat = read(text);
  const said = chat.messages.flatMap(({ name, text: words }) => {
    const { references, refused } = findReferences(words);
    return [{ name, references, refused }];
  });
  const names = [
    ...new Set(said.flatMap(({ name, references }) => (name !== undefined && references.length > 0 ? [name] : []))),
  ];
  const members = await store.findMembersByName(work.tx.db, names);
  const found: Harvest['found'][number][] = [];
  let position = 0;
  for (const { name, references } of said)
    for (const reference of references) {
      if (++position > referencesLimit)
        throw problem.inputInvalid({ fields: [{ path: 'text', code: 'too-many', message: '' }] });
      const { id, isNew } = await keep(work, reference, 'proposed');
      const member = name === undefined ? undefined : members.get(name.toLowerCase());
      const sharer = { member, name: member === undefined ? name : undefined };
      await credit(work, id, place, sharer, source, position);
      found.push({
        key: reference.key,
        written: reference.written,
        name: place.session.isChathamHouse ? null : (name ?? null),
        isNew,
      });
    }
  await work.tx.audit('reference.harvest', { session: place.session.id, form: chat.form, found: found.length });
  return {
    form: chat.form,
    messages: chat.messages.length,
    privateCount: chat.privateCount,
    found,
    refused: said.flatMap(({ refused }) => refused),
  };
}

const referencesLimit = 2000;

function read(text: string) {
  try {
    return readChat(text);
  } catch (error) {
    if (error instanceof ChatError)
      throw problem.inputInvalid({ fields: [{ path: 'text', code: 'too-long', message: error.message }] });
    throw error;
  }
}

async function keep(work: Work, { key, link }: Identified, state: 'proposed') {
  return store.keepReference(work.tx, requireParty(work), {
    id: newReferenceId(),
    key,
    csl: cslOfKey(key, link),
    link,
    state,
  });
}

async function credit(
  work: Work,
  reference: ReferenceId,
  { space, session }: Place,
  sharer: Sharer,
  source: store.CreditSource,
  position: number,
): Promise<void> {
  const isChathamHouse = session?.isChathamHouse ?? false;
  const { member, name } = isChathamHouse ? nobodyNamed : sharer;
  await store.insertContribution(work.tx, {
    id: randomUUID(),
    party_id: requireParty(work),
    reference_id: reference,
    space_id: space.id,
    session_id: session?.id ?? null,
    is_chatham_house: isChathamHouse,
    member_id: member ?? null,
    name: name ?? null,
    source,
    said_at: null,
    added_at: work.tx.now,
    position,
  });
}

/** By the secretariat, or by those who document a space in which it was shared. */
export async function decideReference(
  work: Work & Caller,
  id: ReferenceId,
  base: number,
  decision: { readonly state: 'accepted' | 'declined'; readonly csl: Csl },
): Promise<void> {
  const held = await store.findReference(work.tx.db, id);
  if (!held) throw problem.notFound({ what: 'reference' });
  const by = await requireCurator(work, id);
  if (!(await store.decideReference(work.tx, id, base, { ...decision, by })))
    throw problem.textHasMovedOn({ version: String(held.revision) });
  await work.tx.audit('reference.decide', { reference: id, state: decision.state });
}

async function requireCurator(work: Work & Caller, id: ReferenceId) {
  if (isSecretariat(work)) return requireSecretariat(work);
  if (!work.viewer.account) throw problem.notSignedIn({});
  for (const space of await store.listSpacesOf(work.tx.db, id))
    if (await mayDocument(work.tx.db, work, space)) return work.viewer.account.id;
  throw problem.notAllowed({ needs: 'rapporteur' });
}
