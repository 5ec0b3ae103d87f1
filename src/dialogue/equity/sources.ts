/** Whose words were adopted and who decides is known to those who keep papers and decisions; src/app.ts joins them. */
import type { Reader } from '../../db/database.ts';
import type { MemberId, SpaceId } from '../../ids.ts';

export interface PowerSource {
  readonly step: 'adopted' | 'decided';
  /** Undefined: not counted so widely. `space` undefined: in the whole network. */
  list(reader: Reader, space: SpaceId | undefined): Promise<readonly MemberId[] | undefined>;
}
