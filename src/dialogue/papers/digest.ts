/** Papers in a digest: what was proposed in the spaces where the member has a role, and what became of her own proposals. */
import { positions, readChoice } from '../../field/mail/choices.ts';
import {
  collector,
  earliestOf,
  type DigestEntry,
  type DigestReader,
  type DigestSource,
} from '../../field/mail/digests/digest-source.ts';
import { isNew } from '../../field/mail/digests/rhythm.ts';
import type { Reader } from '../../db/database.ts';
import { foldText } from '../../text/fold.ts';
import type { TextEvent } from '../../text/event.ts';
import { isPending, type Proposal } from '../../text/state.ts';
import { listSpacesOf } from '../audience.ts';
import { readAuthors, type Authors } from './authors.ts';
import { listChangedSince } from './digest-store.ts';
import { labelOf } from './names.ts';
import type { Paper } from './paper.ts';
import { listEvents } from './store.ts';
import { nameOfAuthorIn, noReason } from './wording.ts';

export const paperDigest: DigestSource = {
  name: 'paper',
  async list({ reader }, readers, round) {
    const { entries, add } = collector();
    const earliest = earliestOf(readers);
    const changed = await listChangedSince(reader, earliest);
    if (changed.length === 0) return entries;
    const spaces = await listSpacesOf(
      reader,
      readers.map(({ member }) => member.id),
    );
    for (const paper of changed) {
      const text = await readChanges(reader, paper);
      if (!text) continue;
      for (const each of readers) {
        const isInside = spaces.get(each.member.id)?.has(paper.space) === true;
        for (const proposal of text.proposals) {
          const isOwn = proposal.by === each.member.id;
          if (isOwn && isSettled(proposal) && isNew(text.answeredAt.get(proposal.id) ?? never, each.since, round))
            add(each.member.id, answered(each, paper, proposal));
          else if (!isOwn && isInside && paper.state === 'open' && isPending(proposal))
            if (isNew(new Date(proposal.at), each.since, round) && proposal.positions[each.member.id] === undefined)
              add(each.member.id, proposed(each, paper, proposal, text.authors));
        }
      }
    }
    return entries;
  },
  /** "support: why" becomes "support 2.1: why"; what is no position, a command of the paper with the proposal behind it. */
  phrase(ref, words) {
    const label = labelOf(ref);
    const position = readChoice(words, positions);
    if (position) return `${position.choice} ${label}${position.reason === '' ? '' : `: ${position.reason}`}`;
    const [command = '', ...rest] = words.split(':');
    return `${command.trim()} ${label}${rest.length === 0 ? '' : `:${rest.join(':')}`}`;
  },
};

interface Changes {
  readonly proposals: readonly Proposal[];
  /** By proposal: when it was last decided on. */
  readonly answeredAt: ReadonlyMap<string, Date>;
  readonly authors: Authors;
}

async function readChanges(reader: Reader, { id }: Paper): Promise<Changes | undefined> {
  const events = await listEvents(reader, id);
  const state = foldText(events);
  if (!state) return undefined;
  const answeredAt = new Map(
    events.flatMap((event) => answersIn(event).map((proposal) => [proposal, new Date(event.at)] as const)),
  );
  return { proposals: state.proposals, answeredAt, authors: await readAuthors(reader, state) };
}

function answersIn({ change }: TextEvent): readonly string[] {
  switch (change.type) {
    case 'taken-up':
      return change.proposals;
    case 'declined':
    case 'parked':
      return [change.proposal];
    case 'revised':
      return change.answers.map(({ proposal }) => proposal);
    default:
      return [];
  }
}

const never = new Date(0);
const isSettled = ({ status }: Proposal): boolean => status !== 'open' && status !== 'withdrawn';

function proposed({ voice }: DigestReader, paper: Paper, proposal: Proposal, authors: Authors): DigestEntry {
  const { t, party } = voice;
  const { what, by, onBehalfOf, reason, id } = proposal;
  const name = nameOfAuthorIn(t, party.name, authors.describe(by, onBehalfOf));
  const words = what.op === 'add' || what.op === 'change' ? [what.text] : [];
  return {
    section: 'papers',
    under: paper.title,
    text: [
      `${t(`papers.op-${what.op}`, { label: labelOf(id) })} – ${name}`,
      ...words,
      ...(reason === noReason ? [] : [`(${reason})`]),
    ].join('\n'),
    thing: { kind: 'paper', id: paper.id },
    ref: id,
  };
}

function answered({ voice: { t } }: DigestReader, paper: Paper, { id, what, status, answer }: Proposal): DigestEntry {
  return {
    section: 'answers',
    under: paper.title,
    text: [
      `${t(`papers.op-${what.op}`, { label: labelOf(id) })}: ${t(`papers.status-${status}`)}`,
      ...(answer === null ? [] : [answer]),
    ].join('\n'),
    thing: { kind: 'paper', id: paper.id },
    ref: id,
  };
}
