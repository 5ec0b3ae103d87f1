/**
 * Who handles a complaint. Never whoever it is about, whoever complains, or whoever convenes or convened the space that it is about; and when
 * those of one instance do not answer in time, those of the next.
 */
import type { MemberId } from '../../ids.ts';

export interface HandlerFacts {
  readonly member: MemberId;
  /** 1 answers first. */
  readonly instance: number;
}

export interface ComplaintFacts {
  readonly complainant: MemberId;
  readonly about: ReadonlySet<MemberId>;
  /** Convenors and facilitators of the space concerned, and who was one before; none when it concerns no space. */
  readonly conveners: ReadonlySet<MemberId>;
}

export const mayHandle = (member: MemberId, { complainant, about, conveners }: ComplaintFacts): boolean =>
  member !== complainant && !about.has(member) && !conveners.has(member);

/** Who answers at this instance. */
export const handlersAt = <Facts extends HandlerFacts>(
  handlers: readonly Facts[],
  complaint: ComplaintFacts,
  instance: number,
): readonly Facts[] =>
  handlers.filter((handler) => handler.instance === instance && mayHandle(handler.member, complaint));

/** The first instance after this one at which somebody may answer; undefined when there is none. */
export function nextInstance(
  handlers: readonly HandlerFacts[],
  complaint: ComplaintFacts,
  after: number,
): number | undefined {
  const able = handlers.filter(({ member, instance }) => instance > after && mayHandle(member, complaint));
  return able.length === 0 ? undefined : Math.min(...able.map(({ instance }) => instance));
}

/** Those of instances that it has reached; earlier ones go on seeing what became of it. */
export const maySee = (
  member: MemberId,
  handlers: readonly HandlerFacts[],
  complaint: ComplaintFacts & { readonly instance: number },
): boolean =>
  member === complaint.complainant ||
  handlers.some(
    (handler) => handler.member === member && handler.instance <= complaint.instance && mayHandle(member, complaint),
  );
