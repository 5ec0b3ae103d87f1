/** Papers as a reader sees them: the text, whose words it carries, who signed. */
import { openSizes } from '@reciproca/opinion/floor';
import { partyKinds } from '../../acts/spine-types.ts';
import type { Reader } from '../../db/database.ts';
import type { Caller } from '../../http/caller.ts';
import type { Reading } from '../../house.ts';
import type { PaperId } from '../../ids.ts';
import { networkFactsOf, networkPath } from '../../network/members/section.tsx';
import { plainDateAt } from '../../period.ts';
import { problem } from '../../problem.ts';
import { countCredits, creditText, type CreditedClause } from '../../text/credit.ts';
import { isPending, type TextState } from '../../text/state.ts';
import { spacePath } from '../programme/answers.ts';
import { findSpace } from '../programme/spaces/store.ts';
import { inLanguage } from '../texts.ts';
import type { At } from './actions.ts';
import * as answers from './answers.ts';
import { readAuthors, type Authors } from './authors.ts';
import { hashOfText } from './document.ts';
import { labelOf, listedUnder, startOfText } from './names.ts';
import type { Paper } from './paper.ts';
import { documentOf } from './publication.ts';
import { findSpeaker, listSpokenFor, maySee } from './speaker.ts';
import * as store from './store.ts';
import { readText } from './text.ts';

const uuidForm = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/** By its address or its identifier; for those who may see it. */
export async function findPaperFor(
  reader: Reader,
  caller: Pick<Caller, 'viewer' | 'party'>,
  name: string,
): Promise<At> {
  const paper = uuidForm.test(name)
    ? await store.findPaper(reader, name as PaperId)
    : await store.findPaperBySlug(reader, name);
  const space = paper && (await findSpace(reader, paper.space));
  if (!paper || !space) throw problem.notFound({ what: 'paper' });
  const speaker = await findSpeaker(reader, caller, space);
  if (!maySee(space, paper.state === 'open', speaker)) throw problem.notFound({ what: 'paper' });
  return { paper, space, speaker };
}

export function describePaper(paper: Paper, party: string): answers.PaperSummary {
  return {
    path: answers.paperPath(party, paper.slug),
    kind: paper.kind,
    title: { language: paper.language, text: paper.title },
    state: paper.state,
    heldBy: paper.heldBy === undefined ? null : `${networkPath(party)}/decisions/${paper.heldBy}`,
    signingUntil: paper.signingUntil?.toISOString() ?? null,
    publishedAt: paper.publishedAt?.toISOString() ?? null,
    act: paper.act ?? null,
  };
}

type Asking = Reading & Caller;

export function describePlace(asking: Asking, { paper, space }: At, base: string) {
  const network = networkFactsOf(asking);
  const title = inLanguage(space.title, asking.locale, space.language) ?? {
    language: space.language,
    text: space.slug,
  };
  return {
    network,
    space: { title, path: spacePath(network.slug, space.slug) },
    base,
    paper: describePaper(paper, network.slug),
  };
}

export async function describeOwn(asking: Asking, { paper, speaker }: At) {
  const isOpen = paper.state === 'open' && paper.heldBy === undefined;
  return {
    mayContribute: isOpen && speaker.voice !== undefined,
    holdsPen: speaker.pen !== undefined,
    speaksFor: [...(await listSpokenFor(asking.reader, speaker, plainDateAt(asking.house.clock.now(), 'UTC')))],
  };
}

export async function describePaperPage(asking: Asking, at: At, base: string): Promise<answers.PaperAnswer> {
  const { reader, house } = asking;
  const { paper, speaker } = at;
  const state = await readText(reader, paper.id);
  const authors = await readAuthors(reader, state);
  const credited = creditText(state);
  const document = await documentOf(reader, paper, state, []);
  const signatures = await store.listSignatures(reader, paper.id);
  const own = await describeOwn(asking, at);
  const isOwn = ({ member, organisation }: store.Signature): boolean =>
    organisation === undefined
      ? member !== undefined && member === speaker.member?.id
      : own.speaksFor.some(({ id }) => id === organisation.id) || speaker.isSecretariat;
  const maySign =
    paper.state === 'signing' && paper.signingUntil !== undefined && house.clock.now() < paper.signingUntil;
  const published = await store.findPublishedText(reader, paper.id);
  return {
    ...describePlace(asking, at, base),
    settling: state.settling,
    revision: state.revision,
    clauses: credited.map(({ clause, words }, index) => ({
      id: clause.id,
      label: labelOf(clause.id),
      kind: clause.kind,
      number: document.clauses[index]?.number ?? null,
      pieces: [...(document.clauses[index]?.pieces ?? [])],
      marking: clause.marking,
      authors: authorsOf({ clause, words }, authors),
      open: countPending(state, clause.id, false),
      additions: countPending(state, clause.id, true),
    })),
    additionsAtStart: countPending(state, startOfText, true),
    credit: countCredits(credited).map(({ by, onBehalfOf, source, words }) => ({
      author: authors.describe(by, onBehalfOf),
      source,
      words,
    })),
    uptake: countUptake(credited, authors),
    references: document.references.map(({ text, link }) => ({ text, link: link ?? null })),
    organisations: signatures.flatMap((signature) => {
      const { id, organisation } = signature;
      return organisation
        ? [
            {
              id,
              name: organisation.name,
              kind: organisation.kind,
              country: organisation.country,
              isOwn: maySign && isOwn(signature),
            },
          ]
        : [];
    }),
    persons: signatures.flatMap((signature) => {
      const { id, name, organisation } = signature;
      return organisation
        ? []
        : [{ id, name: name ?? null, kind: null, country: null, isOwn: maySign && isOwn(signature) }];
    }),
    sha256: published ? hashOfText(published) : null,
    own: {
      ...own,
      maySign: maySign && speaker.member !== undefined,
      hasSigned: signatures.some(
        ({ member, organisation }) =>
          organisation === undefined && member !== undefined && member === speaker.member?.id,
      ),
    },
  };
}

const countPending = (state: TextState, place: string, isAddition: boolean): number =>
  state.proposals.filter(
    (proposal) =>
      isPending(proposal) && (proposal.what.op === 'add') === isAddition && listedUnder(proposal.what) === place,
  ).length;

function authorsOf(credited: CreditedClause, authors: Authors): answers.AuthorAnswer[] {
  const named = countCredits([credited]).map(({ by, onBehalfOf }) => authors.describe(by, onBehalfOf));
  return [...new Map(named.map((author) => [JSON.stringify(author), author])).values()];
}

/** Of people, not of words: every person whose words are in the text counts once. */
function countUptake(credited: readonly CreditedClause[], authors: Authors): answers.PaperAnswer['uptake'] {
  const people = [...new Set(countCredits(credited).map(({ by }) => by))].flatMap((by) => authors.find(by) ?? []);
  const groupOf = Int32Array.from(people, ({ constituency }) => partyKinds.indexOf(constituency));
  const [sizes = []] = openSizes(people.length, [{ kind: 'constituency', groups: partyKinds, groupOf }]);
  return partyKinds.map((constituency, index) => ({ constituency, people: sizes[index] ?? null }));
}
