/** One member's digest: what the sources found, in the order of the sections, each entry under a number of its own. */
import type { MailText } from '../mail-kind.ts';
import { digestSections, type DigestEntry, type DigestReader } from './digest-source.ts';
import { mailedKey, type NumberedThing } from './store.ts';

/** More than anybody answers in one mail; what is left out stands on the pages. */
const mostEntries = 40;
const longestEntry = 1_200;
const longestTitle = 160;

export interface Found {
  readonly source: string;
  readonly entry: DigestEntry;
}

export interface Digest {
  readonly mail: MailText;
  readonly things: readonly NumberedThing[];
}

/** Without what a mail has told already. */
export const isUntold =
  ({ member }: DigestReader, mailed: ReadonlyMap<string, Date>) =>
  ({ entry: { thing, newAt } }: Found): boolean => {
    const at = newAt && mailed.get(mailedKey(member.id, thing.kind, thing.id));
    return at === undefined || newAt === undefined || at < newAt;
  };

export function composeDigest({ member, voice }: DigestReader, found: readonly Found[], home: string): Digest {
  const { t, party } = voice;
  const blocks: string[] = [];
  const things: NumberedThing[] = [];
  for (const section of digestSections) {
    const inSection = found.filter(({ entry }) => entry.section === section).slice(0, mostEntries - things.length);
    if (inSection.length > 0) blocks.push(`== ${t(`mail.digest-${section}`)} ==`);
    let under: string | undefined;
    for (const { source, entry } of inSection) {
      if (entry.under !== undefined && entry.under !== under) blocks.push(entry.under);
      under = entry.under;
      things.push({
        source,
        kind: entry.thing.kind,
        id: entry.thing.id,
        ref: entry.ref ?? null,
        title: cut(entry.text.split('\n')[0] ?? '', longestTitle),
      });
      blocks.push(`${things.length}. ${cut(entry.text, longestEntry)}`);
    }
  }
  const more = found.length > things.length ? [t('mail.digest-more', { link: voice.link(home) })] : [];
  return {
    mail: {
      subject: t('mail.digest-subject', { network: party.name }),
      text: [
        t('mail.digest-lead', { name: member.name, network: party.name }),
        t('mail.digest-how'),
        ...blocks,
        ...more,
      ]
        .concat(t('mail.digest-rhythm'))
        .join('\n\n'),
    },
    things,
  };
}

function cut(text: string, longest: number): string {
  const whole = text.trim().replaceAll(/\n{2,}/g, '\n');
  return whole.length <= longest ? whole : `${whole.slice(0, longest - 1).trimEnd()}…`;
}
