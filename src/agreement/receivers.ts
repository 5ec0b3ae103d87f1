import { parseSummary, type Receiver } from '../acts/protocol.ts';
import { findParty } from '../acts/store.ts';
import { communityAnswer } from './act-types.ts';
import { saveCommunityAnswer } from './store.ts';

const councils = ['community', 'indigenous-peoples-organisation'];

export const agreementReceivers: Readonly<Record<string, Receiver>> = {
  [communityAnswer.name]: {
    async admit(work, act) {
      const party = await findParty(work.tx.db, act.payload.party);
      return party && councils.includes(party.kind) ? 'admit' : { refuse: 'not-a-community' };
    },
    async accepted(work, act) {
      const { purpose, answer } = parseSummary(communityAnswer, act.payload);
      await saveCommunityAnswer(work.tx, { party: act.payload.party, purpose, answer, act: act.id });
    },
  },
};
