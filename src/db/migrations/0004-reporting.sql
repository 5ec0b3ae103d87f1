-- Reporting: where, what is counted, who is expected to report, what arrived, and what was known when. See src/surveillance/reporting/.

-- Areas and facilities in one tree of any depth. Codes are opaque: only parent_id says what lies in what.
create table places (
  id integer generated always as identity constraint places_pkey primary key,
  party_id uuid not null,
  code text not null constraint places_code_check check (length(code) between 1 and 60 and code = btrim(code)),
  name text not null constraint places_name_check check (length(name) between 1 and 200),
  kind text not null constraint places_kind_check check (kind in ('area', 'facility')),
  parent_id integer,
  -- Administrative level: 0 is the whole country.
  level smallint not null constraint places_level_check check (level between 0 and 20),
  latitude double precision,
  longitude double precision,
  population integer constraint places_population_check check (population >= 0),
  -- GeoJSON geometry (RFC 7946), WGS 84.
  shape jsonb,
  -- First and last day of its existence; null: no limit known.
  valid_from date,
  valid_until date,
  constraint places_code_key unique (party_id, code),
  constraint places_party_key unique (id, party_id),
  constraint places_parent_fkey foreign key (parent_id, party_id) references places (id, party_id),
  constraint places_own_parent_check check (parent_id <> id),
  constraint places_point_check check (
    (latitude is null) = (longitude is null) and latitude between -90 and 90 and longitude between -180 and 180
  ),
  constraint places_validity_check check (valid_until >= valid_from)
);
create index places_parent_idx on places (parent_id);
alter table places enable row level security;
create policy places_party on places to reciproca_app using (party_id = (select current_party()));

-- Each pair once, the smaller id first.
create table place_neighbours (
  place_id integer not null,
  neighbour_id integer not null,
  party_id uuid not null,
  constraint place_neighbours_pkey primary key (place_id, neighbour_id),
  constraint place_neighbours_order_check check (place_id < neighbour_id),
  constraint place_neighbours_place_fkey foreign key (place_id, party_id) references places (id, party_id),
  constraint place_neighbours_neighbour_fkey foreign key (neighbour_id, party_id) references places (id, party_id)
);
create index place_neighbours_neighbour_idx on place_neighbours (neighbour_id);
alter table place_neighbours enable row level security;
create policy place_neighbours_party on place_neighbours to reciproca_app using (party_id = (select current_party()));

-- Whom to call. Personal data: never in logs or audit details.
create table place_contacts (
  id integer generated always as identity constraint place_contacts_pkey primary key,
  party_id uuid not null,
  place_id integer not null,
  name text not null constraint place_contacts_name_check check (length(name) between 1 and 200),
  phone text,
  email text,
  constraint place_contacts_place_fkey foreign key (place_id, party_id) references places (id, party_id)
);
create index place_contacts_place_idx on place_contacts (place_id);
alter table place_contacts enable row level security;
create policy place_contacts_party on place_contacts to reciproca_app using (party_id = (select current_party()));

create table indicators (
  id integer generated always as identity constraint indicators_pkey primary key,
  party_id uuid not null,
  code text not null constraint indicators_code_check check (code ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$'),
  -- By language: {"en": "Measles", "fr": "Rougeole"}.
  names jsonb not null,
  icd10 text,
  icd11 text,
  -- Days, ISO weeks, MMWR weeks and months never mix: a series has the kind of its indicator.
  period_kind text not null constraint indicators_period_kind_check check (period_kind in ('day', 'iso-week', 'mmwr-week', 'month')),
  is_immediate boolean not null,
  -- How places make up the place above them. none: what is counted below says nothing about above.
  aggregation text not null constraint indicators_aggregation_check check (aggregation in ('sum', 'highest', 'none')),
  constraint indicators_code_key unique (party_id, code),
  constraint indicators_party_key unique (id, party_id),
  constraint indicators_period_key unique (id, period_kind)
);
alter table indicators enable row level security;
create policy indicators_party on indicators to reciproca_app using (party_id = (select current_party()));

-- What is reported together: one form, one rhythm, one deadline.
create table indicator_sets (
  id integer generated always as identity constraint indicator_sets_pkey primary key,
  party_id uuid not null,
  code text not null constraint indicator_sets_code_check check (code ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$'),
  name text not null constraint indicator_sets_name_check check (length(name) between 1 and 200),
  period_kind text not null constraint indicator_sets_period_kind_check check (period_kind in ('day', 'iso-week', 'mmwr-week', 'month')),
  -- Deadline: so many hours after the midnight, in this IANA time zone, that ends the period.
  due_hours smallint not null constraint indicator_sets_due_hours_check check (due_hours between 0 and 2400),
  time_zone text not null,
  constraint indicator_sets_code_key unique (party_id, code),
  constraint indicator_sets_party_key unique (id, party_id),
  constraint indicator_sets_period_key unique (id, period_kind)
);
alter table indicator_sets enable row level security;
create policy indicator_sets_party on indicator_sets to reciproca_app using (party_id = (select current_party()));

create table indicator_set_members (
  set_id integer not null,
  indicator_id integer not null,
  position smallint not null,
  period_kind text not null,
  party_id uuid not null,
  constraint indicator_set_members_pkey primary key (set_id, indicator_id),
  constraint indicator_set_members_set_fkey foreign key (set_id, party_id) references indicator_sets (id, party_id),
  constraint indicator_set_members_indicator_fkey foreign key (indicator_id, party_id) references indicators (id, party_id),
  -- A set of weeks holds no monthly indicator.
  constraint indicator_set_members_set_period_fkey foreign key (set_id, period_kind) references indicator_sets (id, period_kind),
  constraint indicator_set_members_indicator_period_fkey foreign key (indicator_id, period_kind) references indicators (id, period_kind)
);
alter table indicator_set_members enable row level security;
create policy indicator_set_members_party on indicator_set_members to reciproca_app using (party_id = (select current_party()));

-- A place that owes reports is a reporting unit.
create table expected_reports (
  place_id integer not null,
  set_id integer not null,
  party_id uuid not null,
  -- Periods that begin on or after `since` and, when given, on or before `until`.
  since date not null,
  until date,
  constraint expected_reports_pkey primary key (place_id, set_id),
  constraint expected_reports_place_fkey foreign key (place_id, party_id) references places (id, party_id),
  constraint expected_reports_set_fkey foreign key (set_id, party_id) references indicator_sets (id, party_id),
  constraint expected_reports_order_check check (until >= since)
);
create index expected_reports_set_idx on expected_reports (set_id);
alter table expected_reports enable row level security;
create policy expected_reports_party on expected_reports to reciproca_app using (party_id = (select current_party()));

-- Everything that arrives, as it arrived.
create table submissions (
  id integer generated always as identity constraint submissions_pkey primary key,
  party_id uuid not null,
  kind text not null constraint submissions_kind_check check (kind in ('file', 'form', 'rumour', 'message')),
  -- What a file is about; null for what is not a file.
  content text constraint submissions_content_check check (content in ('places', 'neighbours', 'units', 'indicators', 'reports')),
  -- waiting: kept, not read yet. applied: what it says counts. set-aside: kept, and does not count.
  state text not null constraint submissions_state_check check (state in ('waiting', 'applied', 'set-aside')),
  -- browser, command-line, or the channel that brought it.
  source text not null,
  received_at timestamptz not null,
  -- From this instant on the node knew what it says.
  known_at timestamptz constraint submissions_known_at_check check ((known_at is not null) = (state = 'applied')),
  -- Who sent it: a person with an account, else as the channel names them. Personal data.
  sender_account uuid,
  sender text,
  media_type text not null,
  file_name text,
  size_bytes bigint not null constraint submissions_size_check check (size_bytes >= 0),
  sha256 bytea not null constraint submissions_sha256_check check (octet_length(sha256) = 32),
  -- Null: in the attachment store, under its SHA-256.
  raw bytea constraint submissions_raw_check check (octet_length(raw) = size_bytes),
  -- How its columns were read. While waiting: the latest try.
  mapping jsonb,
  -- Values, each in exactly one of these; while waiting, what they would have been.
  accepted integer not null default 0,
  changed integer not null default 0,
  unchanged integer not null default 0,
  empty integer not null default 0,
  rejected integer not null default 0,
  -- The table of rejected values, in the attachment store.
  rejections_sha256 bytea,
  constraint submissions_party_key unique (id, party_id),
  constraint submissions_kind_content_check check ((kind = 'file') = (content is not null))
);
create index submissions_party_idx on submissions (party_id, id);
alter table submissions enable row level security;
create policy submissions_party on submissions to reciproca_app using (party_id = (select current_party()));

-- One indicator at one place through time. Its periods are of the indicator's kind.
create table series (
  id integer generated always as identity constraint series_pkey primary key,
  party_id uuid not null,
  indicator_id integer not null,
  place_id integer not null,
  constraint series_indicator_place_key unique (indicator_id, place_id),
  constraint series_party_key unique (id, party_id),
  constraint series_indicator_fkey foreign key (indicator_id, party_id) references indicators (id, party_id),
  constraint series_place_fkey foreign key (place_id, party_id) references places (id, party_id)
);
create index series_place_idx on series (place_id);
alter table series enable row level security;
create policy series_party on series to reciproca_app using (party_id = (select current_party()));

-- What a submission said about each series, and the source that each observation refers to: one foreign key of two integers keeps a
-- million observations to series and submissions that exist, of one party.
create table submission_series (
  submission_id integer not null,
  series_id integer not null,
  party_id uuid not null,
  accepted integer not null default 0,
  changed integer not null default 0,
  -- First and last period it spoke of, by their first days.
  first_period date not null,
  last_period date not null,
  constraint submission_series_pkey primary key (submission_id, series_id),
  constraint submission_series_submission_fkey foreign key (submission_id, party_id) references submissions (id, party_id),
  constraint submission_series_series_fkey foreign key (series_id, party_id) references series (id, party_id)
);
create index submission_series_series_idx on submission_series (series_id);
alter table submission_series enable row level security;
create policy submission_series_party on submission_series to reciproca_app using (party_id = (select current_party()));

-- What is held now. A period without a row was never reported, which is not zero.
create table observations (
  series_id integer not null,
  period_start date not null,
  -- Null: reported once and taken back since.
  value integer constraint observations_value_check check (value >= 0),
  submission_id integer not null,
  party_id uuid not null,
  constraint observations_pkey primary key (series_id, period_start),
  constraint observations_source_fkey foreign key (submission_id, series_id) references submission_series (submission_id, series_id)
);
alter table observations enable row level security;
create policy observations_party on observations to reciproca_app using (party_id = (select current_party()));
revoke delete, truncate on observations from reciproca_app;

-- What was held before, written by the trigger below whoever changes an observation, and by nothing else.
create table observation_revisions (
  series_id integer not null,
  period_start date not null,
  -- Of several replacements of one observation, the order in which they happened.
  replaced_order bigint generated always as identity,
  value integer,
  submission_id integer not null,
  replaced_by integer not null,
  party_id uuid not null,
  constraint observation_revisions_pkey primary key (series_id, period_start, replaced_order),
  constraint observation_revisions_source_fkey
    foreign key (submission_id, series_id) references submission_series (submission_id, series_id),
  constraint observation_revisions_replaced_by_fkey
    foreign key (replaced_by, series_id) references submission_series (submission_id, series_id)
);
create index observation_revisions_replaced_by_idx on observation_revisions (replaced_by);
alter table observation_revisions enable row level security;
create policy observation_revisions_party on observation_revisions to reciproca_app using (party_id = (select current_party()));
revoke insert, update, delete, truncate on observation_revisions from reciproca_app;

-- As the owner of the tables, because nobody else may write them.
create function keep_revision() returns trigger
language plpgsql security definer set search_path = public
as $$
begin
  insert into observation_revisions (series_id, period_start, value, submission_id, replaced_by, party_id)
  values (old.series_id, old.period_start, old.value, old.submission_id, new.submission_id, old.party_id);
  return null;
end
$$;
create trigger observations_keep_revision after update on observations
  for each row execute function keep_revision();

-- Free text from anybody, with or without an account. Who sent it is for this party's own officers and appears nowhere else.
create table rumours (
  submission_id integer constraint rumours_pkey primary key,
  party_id uuid not null,
  -- What the sender is told, and may say on the telephone.
  reference text not null,
  -- SHA-256 of the secret in the sender's link.
  secret_hash bytea not null constraint rumours_secret_check check (octet_length(secret_hash) = 32),
  language text not null,
  what text not null constraint rumours_what_check check (length(what) between 1 and 5000),
  location text,
  place_id integer,
  -- Personal data; null once erased.
  sender_contact text,
  constraint rumours_reference_key unique (party_id, reference),
  constraint rumours_submission_fkey foreign key (submission_id, party_id) references submissions (id, party_id),
  constraint rumours_place_fkey foreign key (place_id, party_id) references places (id, party_id)
);
alter table rumours enable row level security;
create policy rumours_party on rumours to reciproca_app using (party_id = (select current_party()));

-- What came of it, step by step, as its sender is told. Always by a named person.
create table rumour_answers (
  id bigint generated always as identity constraint rumour_answers_pkey primary key,
  party_id uuid not null,
  submission_id integer not null constraint rumour_answers_rumour_fkey references rumours,
  at timestamptz not null,
  account_id uuid not null,
  came text not null constraint rumour_answers_came_check
    check (came in ('looking-into', 'confirmed', 'not-confirmed', 'known', 'not-for-us', 'watching')),
  reply text constraint rumour_answers_reply_check check (length(reply) between 1 and 5000)
);
create index rumour_answers_rumour_idx on rumour_answers (submission_id, id);
alter table rumour_answers enable row level security;
create policy rumour_answers_party on rumour_answers to reciproca_app using (party_id = (select current_party()));
