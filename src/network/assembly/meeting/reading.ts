import { decisionPath } from '../../../dialogue/decisions/answers.ts';
import { paperPath } from '../../../dialogue/papers/answers.ts';
import { listPapers } from '../../../dialogue/papers/store.ts';
import { describeSession, sessionPath } from '../../../dialogue/programme/answers.ts';
import { startOf } from '../../../dialogue/programme/sessions/session.ts';
import { findSession, listSessionsFrom } from '../../../dialogue/programme/sessions/store.ts';
import { mayConvene } from '../../../dialogue/programme/spaces/actions.ts';
import { findSpace } from '../../../dialogue/programme/spaces/store.ts';
import { inLanguage } from '../../../dialogue/texts.ts';
import type { Caller } from '../../../http/caller.ts';
import type { Reading } from '../../../house.ts';
import { plainDateAt } from '../../../period.ts';
import { problem } from '../../../problem.ts';
import { isSecretariat } from '../../members/member.ts';
import { networkFactsOf } from '../../members/section.tsx';
import { listElections } from '../elections/store.ts';
import { listOwnVoices, listVoices } from '../voices.ts';
import type { AtAssembly } from './actions.ts';
import { assembliesPath, electionPath, type AssembliesAnswer, type AssemblyAnswer } from './answers.ts';
import { noticeDueAt, quorumOf, scheduleOf } from './meeting.ts';
import { resultOf } from './results.ts';
import * as store from './store.ts';

type Asking = Reading & Caller;
const slugOf = ({ party }: Caller): string => party?.slug ?? '';

async function loadAt({ reader }: Reading, assembly: store.Assembly): Promise<AtAssembly> {
  const session = await findSession(reader, assembly.session_id);
  const space = session && (await findSpace(reader, session.space));
  if (!session || !space) throw problem.notFound({ what: 'assembly' });
  return { assembly, session, space };
}

function summarise(asking: Asking & { readonly locale: string }, { assembly, session, space }: AtAssembly) {
  const slug = slugOf(asking);
  return {
    path: `${assembliesPath(slug)}/${assembly.id}`,
    state: assembly.state,
    session: describeSession(
      session,
      sessionPath(slug, space.slug, session.slug),
      asking.locale,
      space.language,
      asking.house.clock.now(),
    ),
    hasMinutes: assembly.minutes_approved_at !== null,
  };
}

/** Before notice is given it is the convenors' own. */
export async function describeAssemblies(asking: Asking): Promise<AssembliesAnswer> {
  const { reader, house, locale } = asking;
  const assemblies = [];
  for (const assembly of await store.listAssemblies(reader, 100)) {
    const at = await loadAt(asking, assembly);
    if (assembly.state === 'planned' && !(await mayConvene(reader, asking, at.space.id))) continue;
    assemblies.push(summarise(asking, at));
  }
  const taken = await store.listAssemblySessions(reader);
  const sessions = [];
  if (isSecretariat(asking))
    for (const session of await listSessionsFrom(reader, house.clock.now().toISOString().slice(0, 19), 100))
      if (!taken.has(session.id) && !session.isChathamHouse)
        sessions.push({
          id: session.id,
          name: `${session.localStart.slice(0, 10)} ${inLanguage(session.title, locale)?.text ?? session.slug}`,
        });
  return { network: networkFactsOf(asking), assemblies, sessions };
}

export async function findAssemblyFor(
  asking: Asking,
  id: string,
): Promise<AtAssembly & { readonly convenes: boolean }> {
  const assembly = await store.findAssembly(asking.reader, id);
  if (!assembly) throw problem.notFound({ what: 'assembly' });
  const at = await loadAt(asking, assembly);
  const convenes = await mayConvene(asking.reader, asking, at.space.id);
  if (assembly.state === 'planned' && !convenes) throw problem.notFound({ what: 'assembly' });
  return { ...at, convenes };
}

export async function describeAssembly(asking: Asking, id: string): Promise<AssemblyAnswer> {
  const { reader, house } = asking;
  const { convenes, ...at } = await findAssemblyFor(asking, id);
  const { assembly, session, space } = at;
  const now = house.clock.now();
  const slug = slugOf(asking);
  const on = plainDateAt(now, 'UTC');
  const voices = await listVoices(reader, on);
  const speaksFor = await listOwnVoices(reader, asking, on);
  const present = await store.listPresent(reader, id);
  const there = new Set(present.map((each) => each.id));
  const items = scheduleOf(startOf(session), await store.listItems(reader, id));
  const count = assembly.voices ?? voices.length;
  return {
    ...summarise(asking, at),
    network: networkFactsOf(asking),
    noticeDays: assembly.notice_days,
    noticeDueAt: noticeDueAt(startOf(session), assembly.notice_days).toISOString(),
    calledAt: assembly.called_at?.toISOString() ?? null,
    quorumPercent: assembly.quorum_percent,
    voices: count,
    quorum: quorumOf(count, assembly.quorum_percent),
    present: [...present],
    items: items.map((item) => ({
      id: item.id,
      title: item.title,
      explanation: item.explanation,
      from: item.from.toISOString(),
      until: item.until.toISOString(),
      paper: item.paper
        ? { path: paperPath(slug, item.paper.slug), title: item.paper.title, language: item.paper.language }
        : null,
      link: item.link,
    })),
    motions: await describeMotions(asking, id, items),
    elections: (await listElections(reader, id)).map(({ candidates, result, ...election }) => ({
      path: electionPath(slug, election.id),
      number: election.number,
      office: election.office,
      seats: election.seats,
      state: election.state,
      elected: (result?.elected ?? []).map(
        (number) => candidates.find((candidate) => candidate.number === number)?.name ?? null,
      ),
    })),
    minutes:
      assembly.minutes !== null && (convenes || assembly.minutes_approved_at !== null)
        ? {
            words: assembly.minutes,
            language: assembly.minutes_language ?? space.language,
            revision: assembly.minutes_revision,
            approvedAt: assembly.minutes_approved_at?.toISOString() ?? null,
            act: assembly.result_act,
          }
        : null,
    own: {
      mayConvene: convenes,
      speaksFor: [...speaksFor],
      mayBePresent: (isSecretariat(asking) ? voices : speaksFor).filter((each) => !there.has(each.id)),
      papers:
        convenes && assembly.state === 'planned'
          ? (await listPapers(reader, space.id)).map((paper) => ({ id: paper.id, title: paper.title }))
          : [],
    },
  };
}

async function describeMotions(asking: Asking, id: string, items: readonly store.Item[]) {
  const { reader, house } = asking;
  const motions = [];
  for (const motion of await store.listMotions(reader, id))
    motions.push({
      id: motion.id,
      number: motion.number,
      item: items.find((item) => item.id === motion.item_id)?.title ?? '',
      words: motion.words,
      explanation: motion.explanation,
      language: motion.language,
      movedFor: motion.movedFor,
      secondedFor: motion.secondedFor ?? null,
      ...(await resultOf(reader, motion, house.clock.now())),
      decision: motion.decision_id === null ? null : decisionPath(slugOf(asking), motion.decision_id),
    });
  return motions;
}
