import type { Caller } from '../../http/caller.ts';
import type { Reading } from '../../house.ts';
import type { Member } from '../../network/members/member.ts';
import { networkFactsOf, networkPath } from '../../network/members/section.tsx';
import { problem } from '../../problem.ts';
import { spaceKinds } from '../programme/spaces/space.ts';
import { findSpace, listSpaces } from '../programme/spaces/store.ts';
import { inLanguage } from '../texts.ts';
import { factsOf, usualAnswerDays } from './actions.ts';
import type { ComplaintAnswer, ComplaintsAnswer, ConductAnswer } from './answers.ts';
import { handlersAt, maySee, nextInstance } from './complaint.ts';
import * as store from './store.ts';

/** The latest of each kind; whoever looks for another one names it in her words. */
const spacesShown = 100;

const describeHandler = ({ member, name, organisation, instance }: store.Handler) => ({
  member,
  name,
  organisation: organisation ?? null,
  instance,
});

export async function describeConduct(reading: Reading & Caller): Promise<ConductAnswer> {
  const { reader, locale } = reading;
  const network = networkFactsOf(reading);
  const [latest, ...earlier] = await store.listCodes(reader);
  const describe = ({ version, words, publishedAt }: store.ConductCode) => ({
    version,
    words: inLanguage(words, locale) ?? null,
    publishedAt: publishedAt.toISOString(),
  });
  return {
    network,
    path: `${networkPath(network.slug)}/conduct`,
    code: latest ? describe(latest) : null,
    texts: latest ? { ...latest.words } : {},
    answerDays: latest?.answerDays ?? usualAnswerDays,
    earlier: earlier.map(describe),
    handlers: (await store.listHandlers(reader)).map(describeHandler),
  };
}

async function describeLine(
  { reader, locale }: Reading & Caller,
  complaint: store.Complaint,
  path: string,
): Promise<ComplaintAnswer['complaint']> {
  const space = complaint.space && (await findSpace(reader, complaint.space));
  return {
    path,
    state: complaint.state,
    instance: complaint.instance,
    filedAt: complaint.filedAt.toISOString(),
    dueAt: complaint.dueAt.toISOString(),
    space: space ? (inLanguage(space.title, locale, space.language) ?? null) : null,
  };
}

/** `path`: of the list, through this reader's door. */
export async function describeComplaints(
  reading: Reading & Caller,
  member: Member,
  path: string,
): Promise<ComplaintsAnswer> {
  const { reader, locale } = reading;
  const handlers = await store.listHandlers(reader);
  const own = await store.listComplaints(reader, { complainant: member.id });
  const toHandle = [];
  if (handlers.some((handler) => handler.member === member.id))
    for (const complaint of await store.listComplaints(reader, {})) {
      if (complaint.complainant === member.id || complaint.state === 'closed') continue;
      const facts = await factsOf(reader, complaint);
      if (maySee(member.id, handlers, { ...facts, instance: complaint.instance }))
        toHandle.push(await describeLine(reading, complaint, `${path}/${complaint.id}`));
    }
  const [code] = await store.listCodes(reader);
  const spaces = [];
  for (const kind of spaceKinds)
    spaces.push(...(await listSpaces(reader, { kind, states: ['open', 'closed'], limit: spacesShown })));
  return {
    network: networkFactsOf(reading),
    path,
    name: member.name,
    own: await Promise.all(own.map((complaint) => describeLine(reading, complaint, `${path}/${complaint.id}`))),
    toHandle,
    spaces: spaces.map(({ id, title, language, slug }) => ({
      id,
      title: inLanguage(title, locale, language) ?? { language, text: slug },
    })),
    handlers: handlers.filter((handler) => handler.member !== member.id).map(describeHandler),
    answerDays: code?.answerDays ?? usualAnswerDays,
  };
}

export async function describeComplaint(
  reading: Reading & Caller,
  member: Member,
  id: string,
  path: string,
): Promise<ComplaintAnswer> {
  const { reader } = reading;
  const complaint = await store.findComplaint(reader, id);
  const handlers = await store.listHandlers(reader);
  const facts = complaint && (await factsOf(reader, complaint));
  if (!complaint || !facts || !maySee(member.id, handlers, { ...facts, instance: complaint.instance }))
    throw problem.notFound({ what: 'complaint' });
  const isComplainant = member.id === complaint.complainant;
  return {
    network: networkFactsOf(reading),
    complaint: await describeLine(reading, complaint, path),
    handlers: handlersAt(handlers, facts, complaint.instance).map(describeHandler),
    words: (await store.listWords(reader, id)).map(({ by, words, at }) => ({
      isOwn: by === member.id,
      byComplainant: by === complaint.complainant,
      words,
      at: at.toISOString(),
    })),
    isComplainant,
    mayGoFurther:
      isComplainant && complaint.state !== 'closed' && nextInstance(handlers, facts, complaint.instance) !== undefined,
  };
}
