/** Names for the authors of a text, who stand in it by identifier only: whoever was erased has none any more, and the text stays. */
import type { Reader } from '../../db/database.ts';
import type { MemberId, OrganisationId } from '../../ids.ts';
import { findOrganisation, listMembersById } from '../../network/members/store.ts';
import type { Member } from '../../network/members/member.ts';
import type { TextState } from '../../text/state.ts';
import type { AuthorAnswer } from './answers.ts';
import { office } from './speaker.ts';

export interface Authors {
  describe(by: string, onBehalfOf?: string | null): AuthorAnswer;
  find(by: string): Member | undefined;
}

export async function readAuthors(reader: Reader, state: TextState): Promise<Authors> {
  const people = new Set<string>();
  const organisations = new Set<string>();
  for (const { versions } of state.clauses)
    for (const { by, origins } of versions)
      for (const each of [by, ...origins.map((origin) => origin.by)]) people.add(each);
  for (const { by, onBehalfOf, positions } of state.proposals) {
    people.add(by);
    if (onBehalfOf !== null) organisations.add(onBehalfOf);
    for (const [speaker, stated] of Object.entries(positions)) {
      people.add(stated.by);
      if (speaker !== stated.by) organisations.add(speaker);
    }
  }
  people.delete(office);
  const members = new Map(
    (await listMembersById(reader, [...people] as MemberId[])).map((member) => [member.id as string, member]),
  );
  const names = new Map<string, string>();
  for (const id of organisations) {
    const found = await findOrganisation(reader, id as OrganisationId);
    if (found) names.set(id, found.name);
  }
  return {
    find: (by) => members.get(by),
    describe(by, onBehalfOf = null) {
      const spokenFor = onBehalfOf === null ? null : (names.get(onBehalfOf) ?? null);
      if (by === office) return { kind: 'secretariat', name: null, onBehalfOf: spokenFor };
      const member = members.get(by);
      // Only an erased entry has no address.
      return member?.email === undefined
        ? { kind: 'former', name: null, onBehalfOf: spokenFor }
        : { kind: 'member', name: member.name, onBehalfOf: spokenFor };
    },
  };
}
