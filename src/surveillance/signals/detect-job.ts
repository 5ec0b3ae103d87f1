/**
 * Detection, only for what changed. Whoever changes observations does two things in the same transaction:
 *
 *     insert into changed_series (series_id, party_id, since) select series_id, party_id, min(period_start) ... group by series_id, party_id
 *       on conflict (series_id) do update set since = least(changed_series.since, excluded.since);
 *     work.house.jobs.enqueue(tx, detectJob, { party }, { key: party });
 *
 * The table says what there is to do, the job only that there is something: one waiting job a party is enough for any number of reports, and
 * a lost or repeated job changes nothing.
 */
import { z } from 'zod';
import type { PartyId } from '../../ids.ts';

export const detectRequest = z.object({ party: z.uuid().transform((id) => id as PartyId) });

/** What reporting enqueues; the job itself stands in jobs.ts of this folder. */
export const detectJob = { name: 'detect' } as const;
