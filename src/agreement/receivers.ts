import { parseAct } from '../acts/jws.ts';
import { parseSummary, type Receiver } from '../acts/protocol.ts';
import { isCouncilKind } from '../acts/spine-types.ts';
import { findParty } from '../acts/store.ts';
import { communityAnswer, recogniseCommunity } from './act-types.ts';
import { saveRecognition, forgetRecognition } from './recognition-store.ts';
import { forgetCommunityAnswer, listAcceptedAnswers, saveCommunityAnswer } from './store.ts';

export const agreementReceivers: Readonly<Record<string, Receiver>> = {
  [recogniseCommunity.name]: {
    async accepted({ tx }, { id, payload }) {
      const { community, isRecognised } = parseSummary(recogniseCommunity, payload);
      if (isRecognised) await saveRecognition(tx, payload.party, community, id);
      else await forgetRecognition(tx, payload.party, community);
    },
  },
  [communityAnswer.name]: {
    async admit(work, act) {
      const party = await findParty(work.tx.db, act.payload.party);
      return party && isCouncilKind(party.kind) ? 'admit' : { refuse: 'not-a-community' };
    },
    async accepted(work, act) {
      const { purpose, answer } = parseSummary(communityAnswer, act.payload);
      await saveCommunityAnswer(work.tx, { party: act.payload.party, purpose, answer, act: act.id });
    },
    /** What its council said before holds again. */
    async disowned({ tx }, act) {
      const { party } = act.payload;
      const { purpose } = parseSummary(communityAnswer, act.payload);
      await forgetCommunityAnswer(tx, act.id);
      for (const { id, jws } of await listAcceptedAnswers(tx.db, party, communityAnswer.name)) {
        const said = parseSummary(communityAnswer, parseAct(jws).payload);
        if (said.purpose === purpose) await saveCommunityAnswer(tx, { party, ...said, act: id });
      }
    },
  },
};
