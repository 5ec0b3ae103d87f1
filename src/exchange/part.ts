import type { ProtocolPart } from '../acts/protocol.ts';
import { instrumentProcedure } from '../agreement/instrument.ts';
import { exchangeTypes } from './act-types.ts';
import { forgetFlow } from './forget.ts';
import { exchangeReceivers, watchInstrument } from './receivers.ts';

export const exchangePart: ProtocolPart = {
  types: exchangeTypes,
  receivers: exchangeReceivers,
  forget: forgetFlow,
  watchers: { [instrumentProcedure.kind]: watchInstrument },
};
