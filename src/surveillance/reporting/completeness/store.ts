import { sql } from 'kysely';
import type { Reader } from '../../../db/database.ts';
import type { PlainDate } from '../../../period.ts';
import type { Received } from './completeness.ts';

/** Of each place and period, when the form's first value was known, and how many of its indicators hold one now. */
export async function listReceived(
  reader: Reader,
  set: number,
  first: PlainDate,
  last: PlainDate,
): Promise<readonly Received[]> {
  const { rows } = await sql<Received>`with wanted as (
      select series.id, series.place_id from series
      join indicator_set_members as member on member.indicator_id = series.indicator_id and member.set_id = ${set}
      join expected_reports as expected on expected.place_id = series.place_id and expected.set_id = ${set}
    ), earlier as (
      select r.series_id, r.period_start, min(known_at) as known_at
      from observation_revisions as r join wanted on wanted.id = r.series_id join submissions on submissions.id = r.submission_id
      where r.period_start between ${first} and ${last} group by r.series_id, r.period_start
    )
    select wanted.place_id as "placeId", o.period_start as period, count(o.value)::integer as filled,
      least(min(submissions.known_at), min(earlier.known_at)) as at
    from wanted join observations as o on o.series_id = wanted.id join submissions on submissions.id = o.submission_id
    left join earlier on earlier.series_id = o.series_id and earlier.period_start = o.period_start
    where o.period_start between ${first} and ${last}
    group by wanted.place_id, o.period_start`.execute(reader);
  return rows;
}
