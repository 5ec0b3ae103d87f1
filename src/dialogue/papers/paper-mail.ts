/** A paper by plain mail: the clauses with what was proposed on each; a reply proposes, supports, objects, and, of those who convene, takes up. */
import type { MailKind, MailText, MailVoice } from '../../field/mail/mail-kind.ts';
import type { Reading, Work } from '../../house.ts';
import { messageOf } from '../../http/failure.tsx';
import type { PaperId } from '../../ids.ts';
import { confirmMembership } from '../../network/members/actions.ts';
import type { Member } from '../../network/members/member.ts';
import { problem, Problem } from '../../problem.ts';
import { longestClause } from '../../text/event.ts';
import {
  countPositions,
  currentVersion,
  findProposal,
  isPending,
  standingClauses,
  type TextState,
} from '../../text/state.ts';
import { isMessageKey } from '../../ui/locales.ts';
import { findSpace } from '../programme/spaces/store.ts';
import * as actions from './actions.ts';
import { paperPath } from './answers.ts';
import { readAuthors, type Authors } from './authors.ts';
import { readCommands, type Command } from './mail-commands.ts';
import { labelOf, listedUnder, startOfText } from './names.ts';
import { nameOfAuthorIn, noReason } from './wording.ts';
import { suggestText } from './clause-reading.ts';
import { maySee, speakerOf } from './speaker.ts';
import * as store from './store.ts';
import { readText } from './text.ts';

/** More than a mail program shows; the rest is one click away. */
const longestMail = 60_000;

export const paperMail: MailKind = {
  kind: 'paper',
  async compose(reading, voice, member, thing) {
    const at = await find(reading, member, thing);
    return at && at.paper.state === 'open' ? describe(reading, voice, at) : undefined;
  },
  async receive(work, voice, member, thing, { words }) {
    const reading = { house: work.house, reader: work.tx.db };
    const at = await find(reading, member, thing);
    if (!at) throw problem.notFound({ what: 'paper' });
    await confirmMembership(work, member);
    const { commands, notUnderstood } = readCommands(words);
    const lines: string[] = [];
    for (const command of commands) lines.push(await carryOut(work, voice, at, command));
    const { t } = voice;
    const unclear =
      notUnderstood.length === 0
        ? []
        : [t('papers.mail-not-understood', { words: notUnderstood.join(' / ').slice(0, 500) })];
    const parts = commands.length === 0 ? [t('papers.mail-unclear')] : [lines.join('\n'), ...unclear];
    const link = voice.link(paperPath(voice.party.slug, at.paper.slug));
    return {
      subject: at.paper.title,
      text: [...parts, ...(commands.length === 0 ? [howTo(voice)] : []), link].join('\n\n'),
    };
  },
};

export async function find({ reader }: Reading, member: Member, thing: string): Promise<actions.At | undefined> {
  const paper = await store.findPaper(reader, thing as PaperId);
  const space = paper && (await findSpace(reader, paper.space));
  if (!paper || !space) return undefined;
  const speaker = await speakerOf(reader, member, space);
  return maySee(space, paper.state === 'open', speaker) ? { paper, space, speaker } : undefined;
}

/** One line of the receipt. What the text refuses is told with its reason; the other lines stand. */
async function carryOut(work: Work, { t }: MailVoice, at: actions.At, command: Command): Promise<string> {
  const label = labelOf('proposal' in command ? command.proposal : command.clause);
  try {
    const done = await act(work, at, command);
    return t(`papers.mail-done-${command.does}`, { label: done === undefined ? label : labelOf(done) });
  } catch (error) {
    // These are decided before anything is written; whatever else went wrong undoes the whole mail.
    if (!(error instanceof Problem) || !told.has(error.code)) throw error;
    const key = `papers.refused-${String(error.details['reason'])}`;
    const why = isMessageKey(key) ? t(key) : messageOf(error, t);
    return t('papers.mail-refused', { label, why });
  }
}

const told = new Set([
  problem.textRefuses.code,
  problem.textBeforeGroup.code,
  problem.textHasMovedOn.code,
  problem.notAllowed.code,
]);

async function act(work: Work, at: actions.At, command: Command): Promise<string | undefined> {
  const reasonOf = ({ reason }: { readonly reason: string }): string => reason.slice(0, 2000) || noReason;
  switch (command.does) {
    case 'propose':
    case 'strike': {
      const what = await changeOf(work, at, command);
      return actions.propose(work, at, { what, reason: reasonOf(command), onBehalfOf: undefined });
    }
    case 'withdraw':
      await actions.withdrawProposal(work, at, command.proposal);
      return undefined;
    case 'decline':
      await actions.setAside(work, at, command.proposal, 'declined', reasonOf(command));
      return undefined;
    case 'adopt':
      await adopt(work, at, command.proposal);
      return undefined;
    default: {
      const reason = command.reason === '' ? undefined : command.reason.slice(0, 2000);
      await actions.takePosition(work, at, command.proposal, { position: command.does, reason, onBehalfOf: undefined });
      return undefined;
    }
  }
}

async function changeOf(work: Work, { paper }: actions.At, command: Extract<Command, { does: 'propose' | 'strike' }>) {
  if (command.does === 'strike') return { op: 'delete', clause: command.clause } as const;
  const text = command.text.slice(0, longestClause);
  if (text === '') throw problem.inputInvalid({ fields: [{ path: 'text', code: 'required', message: 'required' }] });
  if (command.op === 'add')
    return {
      op: 'add',
      after: command.clause === startOfText ? null : command.clause,
      kind: 'paragraph',
      text,
    } as const;
  const current = actions.currentText(await readText(work.tx.db, paper.id), command.clause);
  return { op: 'change', clause: command.clause, version: current?.version ?? 0, text } as const;
}

/** As proposed, where nobody changed the same words since; joining words is for the page. */
async function adopt(work: Work, at: actions.At, name: string): Promise<void> {
  const state = await readText(work.tx.db, at.paper.id);
  const proposal = findProposal(state, name);
  const makesText = proposal?.what.op === 'add' || proposal?.what.op === 'change';
  const { text, conflicts } = suggestText(state, proposal ? [proposal] : []);
  if (conflicts.length > 0) throw problem.textHasMovedOn({ version: String(state.revision) });
  await actions.takeUp(work, at, {
    proposals: [name],
    text: makesText ? text : null,
    base: undefined,
    reason: undefined,
  });
}

async function describe({ reader }: Reading, voice: MailVoice, { paper, speaker }: actions.At): Promise<MailText> {
  const { t, party } = voice;
  const state = await readText(reader, paper.id);
  const authors = await readAuthors(reader, state);
  const parts = [
    paper.title,
    t('papers.mail-lead', { kind: t(`papers.kind-${paper.kind}`) }),
    ...(paper.heldBy === undefined ? [] : [t('problems.text-before-group')]),
    howTo(voice),
    ...(speaker.pen === undefined ? [] : [t('papers.mail-how-pen')]),
    '———',
    ...proposalsUnder(state, voice, authors, startOfText),
  ];
  let length = parts.join('\n\n').length;
  for (const clause of standingClauses(state)) {
    const block = [
      `${labelOf(clause.id)}. ${currentVersion(clause).text ?? ''}`,
      ...proposalsUnder(state, voice, authors, clause.id),
    ];
    length += block.join('\n\n').length;
    if (length > longestMail) {
      parts.push('…');
      break;
    }
    parts.push(...block);
  }
  parts.push(voice.link(paperPath(party.slug, paper.slug)));
  return { subject: paper.title, text: parts.join('\n\n') };
}

const howTo = ({ t }: MailVoice): string => t('papers.mail-how');

function proposalsUnder(state: TextState, voice: MailVoice, authors: Authors, place: string): string[] {
  const { t } = voice;
  return state.proposals
    .filter((proposal) => isPending(proposal) && listedUnder(proposal.what) === place)
    .map((proposal) => {
      const { what, reason } = proposal;
      const { support, objections } = countPositions(proposal);
      const text = what.op === 'add' || what.op === 'change' ? `\n${what.text}` : '';
      const name = nameOfAuthorIn(t, voice.party.name, authors.describe(proposal.by, proposal.onBehalfOf));
      const why = reason === noReason ? '' : `\n(${reason})`;
      const counts = `${t('papers.support-count', { count: support })} · ${t('papers.objection-count', { count: objections })}`;
      return `• ${t(`papers.op-${what.op}`, { label: labelOf(proposal.id) })} – ${name}${text}${why}\n${counts}`;
    });
}
