import { parseSummary, type ProtocolPart } from '../acts/protocol.ts';
import { observatoryTypes, questionAnswer } from './act-types.ts';
import { saveAnswer } from './store.ts';

/** Anybody may answer; whose answer is shown beside the question is decided where it is asked (routes.tsx). */
export const observatoryPart: ProtocolPart = {
  types: observatoryTypes,
  receivers: {
    [questionAnswer.name]: {
      async accepted(work, act) {
        await saveAnswer(work.tx, {
          act: act.id,
          question: parseSummary(questionAnswer, act.payload).question,
          party: act.payload.party,
        });
      },
    },
  },
};
