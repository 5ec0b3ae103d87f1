import { z } from 'zod';
import type { Reader } from '../../../db/database.ts';
import type { InquiryId } from '../../../ids.ts';
import { saidSchema } from '../../texts.ts';
import type { Statement, StatementState } from './statement.ts';
import { listStatements, listTranslations, type Translation } from './store.ts';

export const statementStates = ['held', 'shown', 'hidden'] as const satisfies readonly StatementState[];

/** The original always goes along; a translation says by whom or by what machine. Who wrote the original is not told. */
export const statementAnswer = z.object({
  number: z.int(),
  original: saidSchema,
  translation: saidSchema.extend({ by: z.string(), machine: z.string().nullable(), at: z.iso.datetime() }).nullable(),
  isByConvenor: z.boolean(),
});
export type StatementAnswer = z.output<typeof statementAnswer>;

export const describeTranslation = ({ language, text, by, machine, at }: Translation) => ({
  language,
  text,
  by,
  machine: machine ?? null,
  at: at.toISOString(),
});

export function describeStatement(statement: Statement, translation: Translation | undefined): StatementAnswer {
  return {
    number: statement.number,
    original: { language: statement.language, text: statement.text },
    translation: translation ? describeTranslation(translation) : null,
    isByConvenor: statement.isByConvenor,
  };
}

/** What is before the public, in the reader's language where somebody has put it into that. By number. */
export async function listShown(reader: Reader, inquiry: InquiryId, locale: string): Promise<StatementAnswer[]> {
  const translations = await listTranslations(reader, inquiry, locale);
  return (await listStatements(reader, inquiry, ['shown'])).map((statement) =>
    describeStatement(statement, translations.get(statement.id)),
  );
}

/** As it is read out: in mails and lists of one line. */
export const wordsOf = ({ original, translation }: StatementAnswer): string => (translation ?? original).text;
