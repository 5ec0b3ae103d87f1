import type { Did, SubjectId } from '../../ids.ts';

/** One chain of acts for each organisation of a network, and for each assembly. */
export const subjectOf = (did: Did, row: string): SubjectId =>
  `${did}/${Buffer.from(row.replaceAll('-', ''), 'hex').toString('base64url')}` as SubjectId;
