import { randomBytes, randomUUID } from 'node:crypto';

declare const brand: unique symbol;
type Branded<Base, Name extends string> = Base & { readonly [brand]: Name };

/** Row identifiers, UUID v4, never derived from anything a person or place could be recognised by. */
export type PartyId = Branded<string, 'PartyId'>;
export type AccountId = Branded<string, 'AccountId'>;
export type MemberId = Branded<string, 'MemberId'>;
export type OrganisationId = Branded<string, 'OrganisationId'>;
export type SpaceId = Branded<string, 'SpaceId'>;
export type DialogueSessionId = Branded<string, 'DialogueSessionId'>;
export type ReferenceId = Branded<string, 'ReferenceId'>;
export type InquiryId = Branded<string, 'InquiryId'>;
export type StatementId = Branded<string, 'StatementId'>;
export type PaperId = Branded<string, 'PaperId'>;
export type DecisionId = Branded<string, 'DecisionId'>;

/** A decentralised identifier of the method `web`: `did:web:<host>[%3A<port>][:<path>...]`. */
export type Did = Branded<string, 'Did'>;

/** SHA-256 of an act's decoded payload, base64url without padding: 43 characters. */
export type ActId = Branded<string, 'ActId'>;

/** `<did of the first host>/<128 random bits, base64url>`: what a chain of acts is about. */
export type SubjectId = Branded<string, 'SubjectId'>;

export const newPartyId = (): PartyId => randomUUID() as PartyId;
export const newAccountId = (): AccountId => randomUUID() as AccountId;
export const newMemberId = (): MemberId => randomUUID() as MemberId;
export const newOrganisationId = (): OrganisationId => randomUUID() as OrganisationId;
export const newSpaceId = (): SpaceId => randomUUID() as SpaceId;
export const newDialogueSessionId = (): DialogueSessionId => randomUUID() as DialogueSessionId;
export const newReferenceId = (): ReferenceId => randomUUID() as ReferenceId;
export const newInquiryId = (): InquiryId => randomUUID() as InquiryId;
export const newStatementId = (): StatementId => randomUUID() as StatementId;
export const newPaperId = (): PaperId => randomUUID() as PaperId;
export const newDecisionId = (): DecisionId => randomUUID() as DecisionId;

export function newSubjectId(firstHost: Did): SubjectId {
  return `${firstHost}/${randomBytes(16).toString('base64url')}` as SubjectId;
}

// did:web method specification, section "Method-specific identifier": a host, an optional percent-encoded port, path segments.
export const didPattern =
  /^did:web:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?:%3A[1-9][0-9]{0,4})?(?::[a-z0-9][a-z0-9-]{0,62}){0,4}$/;

export const isDid = (text: string): text is Did => text.length <= 400 && didPattern.test(text);

export const actIdPattern = /^[A-Za-z0-9_-]{43}$/;

export const subjectIdPattern = new RegExp(`${didPattern.source.slice(0, -1)}/[A-Za-z0-9_-]{22}$`);

export function firstHostOf(subject: SubjectId): Did {
  return subject.slice(0, subject.lastIndexOf('/')) as Did;
}
