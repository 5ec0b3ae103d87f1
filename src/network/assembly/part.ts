/** Who is a member of which network, as every log that is followed says it. */
import { parseSummary, type ProtocolPart, type Receiver } from '../../acts/protocol.ts';
import { assemblyResult, networkAdmit, networkLeave } from './act-types.ts';
import * as store from './admission/store.ts';

const admitted: Receiver = {
  async accepted({ tx }, { id, payload }) {
    const { member } = parseSummary(networkAdmit, payload);
    if (member !== null) await store.saveMembership(tx, id, payload.party, member);
  },
  disowned: ({ tx }, { id }) => store.takeBackMembership(tx, id),
};

const left: Receiver = {
  async accepted({ tx }, { id, payload }) {
    await store.endMembership(tx, parseSummary(networkLeave, payload).admitted, payload.party, id);
  },
  disowned: ({ tx }, { id }) => store.takeBackMembership(tx, id),
};

export const assemblyPart: ProtocolPart = {
  types: [networkAdmit, networkLeave, assemblyResult],
  receivers: { [networkAdmit.name]: admitted, [networkLeave.name]: left },
};
