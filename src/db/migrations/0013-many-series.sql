-- Detection with every method, over places and the places they lie in. See src/surveillance/signals/.

-- Methods are kept as the detection package writes them, with the control names of their papers.
create function method_of_0013(method jsonb) returns jsonb language sql immutable as $$
  select case method ->> 'kind'
    when 'rule' then jsonb_build_object('method', 'rule', 'rule', method -> 'rule')
    when 'ears' then jsonb_build_object('method', 'ears', 'control', jsonb_build_object('method', method -> 'variant',
      'baseline', method -> 'baseline', 'alpha', method -> 'alpha', 'minSigma', method -> 'minSigma'))
    else method end
$$;
update detectors set method = method_of_0013(method);
update signals set method = method_of_0013(method) where method is not null;
drop function method_of_0013;

-- Of the signals raised by a test, at most this share may be expected to be nothing.
alter table surveillance_offices add column false_discovery_rate double precision not null default 0.1
  constraint surveillance_offices_rate_check check (false_discovery_rate > 0 and false_discovery_rate < 1);

-- What the alarm rests on.
alter table signal_alarms
  add column p_value double precision,
  add column score double precision,
  add column score_limit double precision,
  -- Reference periods: [first day, count or null, weight].
  add column reference jsonb not null default '[]',
  add column warnings jsonb not null default '[]';
update signal_alarms set warnings = jsonb_build_array(jsonb_build_object('code', 'reference-missing', 'periods', missing_reference))
where missing_reference > 0;
alter table signal_alarms drop column missing_reference;

-- Areas whose sum of what lies below has changed; filled when what lies below is judged, emptied as changed_series is.
create table changed_areas (
  indicator_id integer not null,
  area_id integer not null,
  party_id uuid not null,
  since date not null,
  constraint changed_areas_pkey primary key (indicator_id, area_id),
  constraint changed_areas_indicator_fkey foreign key (indicator_id, party_id) references indicators (id, party_id),
  constraint changed_areas_area_fkey foreign key (area_id, party_id) references places (id, party_id)
);
create index changed_areas_party_idx on changed_areas (party_id);
alter table changed_areas enable row level security;
create policy changed_areas_party on changed_areas to reciproca_app using (party_id = (select current_party()));

-- What each detector last said of the recent periods of each place: the tests among which false discoveries are limited. A new
-- row waits to be put together with the others; the transaction that does so clears the mark.
create table judgements (
  detector_id uuid not null,
  place_id integer not null,
  period_start date not null,
  party_id uuid not null,
  -- Null: could not be judged.
  alarm boolean,
  observed double precision,
  expected double precision,
  usual_lower double precision,
  usual_upper double precision,
  threshold double precision,
  raised_when text not null constraint judgements_raised_when_check check (raised_when in ('more-than', 'at-least')),
  p_value double precision,
  score double precision,
  score_limit double precision,
  -- Kept with an alarm only.
  reference jsonb not null,
  warnings jsonb not null,
  is_new boolean not null,
  -- An alarm that is one of too many to be believed.
  is_held_back boolean not null default false,
  constraint judgements_pkey primary key (detector_id, place_id, period_start),
  constraint judgements_detector_fkey foreign key (detector_id, party_id) references detectors (id, party_id),
  constraint judgements_place_fkey foreign key (place_id, party_id) references places (id, party_id)
);
create index judgements_new_idx on judgements (party_id, period_start) where is_new;
create index judgements_period_idx on judgements (party_id, period_start);
alter table judgements enable row level security;
create policy judgements_party on judgements to reciproca_app using (party_id = (select current_party()));

-- Series in alarm that go along with a signal instead of raising their own: the region around it, the districts inside it, another
-- rule of the same place.
create table signal_members (
  signal_id uuid not null,
  detector_id uuid not null,
  place_id integer not null,
  party_id uuid not null,
  period_start date not null,
  observed double precision not null,
  expected double precision,
  threshold double precision,
  p_value double precision,
  holds boolean not null,
  known_at timestamptz not null,
  constraint signal_members_pkey primary key (signal_id, detector_id, place_id, period_start),
  constraint signal_members_signal_fkey foreign key (signal_id, party_id) references signals (id, party_id),
  constraint signal_members_detector_fkey foreign key (detector_id, party_id) references detectors (id, party_id),
  constraint signal_members_place_fkey foreign key (place_id, party_id) references places (id, party_id)
);
create index signal_members_series_idx on signal_members (detector_id, place_id);
alter table signal_members enable row level security;
create policy signal_members_party on signal_members to reciproca_app using (party_id = (select current_party()));

-- Days from one case to those it causes, as an officer stated them with the source; for the reproduction number.
create table serial_intervals (
  indicator_id integer constraint serial_intervals_pkey primary key,
  party_id uuid not null,
  mean_days double precision not null constraint serial_intervals_mean_check check (mean_days > 0 and mean_days <= 400),
  sd_days double precision not null constraint serial_intervals_sd_check check (sd_days > 0 and sd_days <= 400),
  source text not null constraint serial_intervals_source_check check (length(source) between 1 and 500),
  account_id uuid not null constraint serial_intervals_account_fkey references accounts,
  at timestamptz not null,
  constraint serial_intervals_indicator_fkey foreign key (indicator_id, party_id) references indicators (id, party_id)
);
alter table serial_intervals enable row level security;
create policy serial_intervals_party on serial_intervals to reciproca_app using (party_id = (select current_party()));
