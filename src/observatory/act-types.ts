import { z } from 'zod';
import { actType } from '../acts/protocol.ts';
import { questionIdSchema } from './questions.ts';

/** The party that an open question concerns says what it has to say. Read wherever the question is asked, by whoever asks it. */
export const questionAnswer = actType({
  name: 'question.answer/1',
  sequenced: false,
  admission: 'open',
  restrictive: false,
  assurance: 'session',
  audience: 'public',
  summary: z.strictObject({ question: questionIdSchema }),
  body: z.strictObject({ text: z.string().min(1).max(2_000) }),
});

export const observatoryTypes = [questionAnswer];
