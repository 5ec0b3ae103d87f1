/** Slides, papers, recordings of others: what a session leaves to read. Links here; files come with the companion. */
import { randomUUID } from 'node:crypto';
import type { Caller } from '../../../http/caller.ts';
import type { Work } from '../../../house.ts';
import type { DialogueSessionId, PartyId } from '../../../ids.ts';
import type { Reader } from '../../../db/database.ts';
import { requireParty } from '../../../network/members/party.ts';
import { problem } from '../../../problem.ts';
import { requireDocumenter } from '../spaces/actions.ts';
import type { DialogueSession } from './session.ts';

declare module '../../../db/schema.ts' {
  interface Tables {
    session_materials: {
      id: string;
      party_id: PartyId;
      session_id: DialogueSessionId;
      title: string;
      language: string | null;
      link: string | null;
      file_name: string | null;
      media_type: string | null;
      size_bytes: number | null;
      sha256: string | null;
      position: number;
      at: Date;
    };
  }
}

export interface Material {
  readonly id: string;
  readonly title: string;
  readonly language: string | undefined;
  readonly link: string | undefined;
}

export async function listMaterials(reader: Reader, session: DialogueSessionId): Promise<Material[]> {
  const rows = await reader
    .selectFrom('session_materials')
    .select(['id', 'title', 'language', 'link'])
    .where('session_id', '=', session)
    .orderBy('position')
    .orderBy('id')
    .limit(200)
    .execute();
  return rows.map(({ id, title, language, link }) => ({
    id,
    title,
    language: language ?? undefined,
    link: link ?? undefined,
  }));
}

export async function addMaterial(
  work: Work & Caller,
  session: DialogueSession,
  given: { readonly title: string; readonly language: string | undefined; readonly link: string },
): Promise<string> {
  await requireDocumenter(work, session.space);
  const id = randomUUID();
  const before = await listMaterials(work.tx.db, session.id);
  await work.tx.db
    .insertInto('session_materials')
    .values({
      id,
      party_id: requireParty(work),
      session_id: session.id,
      title: given.title,
      language: given.language ?? null,
      link: given.link,
      file_name: null,
      media_type: null,
      size_bytes: null,
      sha256: null,
      position: before.length + 1,
      at: work.tx.now,
    })
    .execute();
  await work.tx.audit('session.add-material', { session: session.id, material: id });
  return id;
}

export async function removeMaterial(work: Work & Caller, session: DialogueSession, id: string): Promise<void> {
  await requireDocumenter(work, session.space);
  const result = await work.tx.db
    .deleteFrom('session_materials')
    .where('id', '=', id)
    .where('session_id', '=', session.id)
    .executeTakeFirst();
  if (result.numDeletedRows === 0n) throw problem.notFound({ what: 'material' });
  await work.tx.audit('session.remove-material', { session: session.id, material: id });
}
