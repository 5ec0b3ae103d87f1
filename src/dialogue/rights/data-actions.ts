/** Everything that is held of one person: read out to her, and taken away. */
import type { Reading, Work } from '../../house.ts';
import { localeOf } from '../../field/mail/voice.ts';
import { leave } from '../../network/members/actions.ts';
import type { Member } from '../../network/members/member.ts';
import type { PersonalData } from '../../network/members/personal-data.ts';
import { translator, type MessageKey } from '../../ui/locales.ts';
import * as store from './store.ts';

export interface HeldSection {
  readonly heading: MessageKey;
  readonly tables: readonly { readonly table: string; readonly rows: readonly Readonly<Record<string, unknown>>[] }[];
}

export async function collectData(
  { reader }: Reading,
  sources: readonly PersonalData[],
  member: Member,
): Promise<readonly HeldSection[]> {
  const sections: HeldSection[] = [];
  for (const { heading, tables } of sources) {
    const held = [];
    for (const table of tables) {
      const rows = await store.listPersonalRows(reader, table, member.id);
      if (rows.length > 0) held.push({ table: table.table, rows });
    }
    if (held.length > 0) sections.push({ heading, tables: held });
  }
  return sections;
}

/** For good. What others rely on stays, as by "a former member" of her constituency; nothing tells any more who that was. */
export async function forgetMember(work: Work, sources: readonly PersonalData[], member: Member): Promise<void> {
  if (member.email === undefined) return;
  await leave(work, member);
  for (const source of sources) await source.forget?.(work, member);
  const t = translator(localeOf(member));
  const formerName = t('rights.former-member', { constituency: t(`network.kind-${member.constituency}`) });
  await store.eraseMember(work.tx, member.id, formerName);
  await work.tx.audit('member.forget', { member: member.id });
}
