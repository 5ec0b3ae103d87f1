import type { ProtocolPart } from '../acts/protocol.ts';
import { instrumentProcedure } from '../agreement/instrument.ts';
import { exchangeTypes } from './act-types.ts';
import { exchangeReceivers, watchInstrument } from './receivers.ts';

export const exchangePart: ProtocolPart = {
  types: exchangeTypes,
  receivers: exchangeReceivers,
  watchers: { [instrumentProcedure.kind]: watchInstrument },
};
