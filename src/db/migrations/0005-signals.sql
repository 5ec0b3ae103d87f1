-- Detection, signals, events, bulletins. See src/surveillance/{signals,events,bulletins}/.

-- What an office has said about itself.
create table surveillance_offices (
  party_id uuid constraint surveillance_offices_pkey primary key,
  -- Null: not said; then everything is listed.
  signals_per_week integer constraint surveillance_offices_capacity_check check (signals_per_week between 0 and 10000)
);
alter table surveillance_offices enable row level security;
create policy surveillance_offices_party on surveillance_offices to reciproca_app using (party_id = (select current_party()));

-- How an indicator is watched. Several may watch one; a signal keeps the method that raised it.
create table detectors (
  id uuid constraint detectors_pkey primary key,
  added_order bigint generated always as identity,
  party_id uuid not null,
  indicator_id integer not null,
  method jsonb not null,
  is_active boolean not null,
  changed_at timestamptz not null,
  constraint detectors_party_key unique (id, party_id),
  constraint detectors_indicator_fkey foreign key (indicator_id, party_id) references indicators (id, party_id)
);
create index detectors_indicator_idx on detectors (indicator_id);
alter table detectors enable row level security;
create policy detectors_party on detectors to reciproca_app using (party_id = (select current_party()));

-- Series whose numbers have changed since a detector last looked, and from which period on. Written with the change, emptied by the job
-- `detect` in the transaction that holds what it found: a crash leaves the row or the result, never neither.
create table changed_series (
  series_id integer constraint changed_series_pkey primary key,
  party_id uuid not null,
  since date not null,
  constraint changed_series_series_fkey foreign key (series_id, party_id) references series (id, party_id)
);
create index changed_series_party_idx on changed_series (party_id);
alter table changed_series enable row level security;
create policy changed_series_party on changed_series to reciproca_app using (party_id = (select current_party()));

-- Which area a place belongs to: an area to itself, a facility to the area it lies in. Signals are about areas; what facilities report is added up.
create view place_areas with (security_invoker = true) as
with recursive climb (place_id, area_id) as (
  select id, id from places where kind = 'area' or parent_id is null
  union all
  select places.id, climb.area_id from places join climb on places.parent_id = climb.place_id where places.kind = 'facility'
)
select place_id, area_id from climb;

create table events (
  -- Random: it may be shown before disease and place may.
  id uuid constraint events_pkey primary key,
  party_id uuid not null,
  title text not null constraint events_title_check check (length(title) between 1 and 200),
  indicator_id integer,
  place_id integer,
  -- A person, always. No job opens an event.
  opened_by uuid not null constraint events_opened_by_fkey references accounts,
  opened_at timestamptz not null,
  closed_by uuid constraint events_closed_by_fkey references accounts,
  closed_at timestamptz,
  outcome text constraint events_outcome_check check (outcome in ('controlled', 'ended', 'not-an-event', 'merged')),
  lessons text,
  constraint events_party_key unique (id, party_id),
  constraint events_indicator_fkey foreign key (indicator_id, party_id) references indicators (id, party_id),
  constraint events_place_fkey foreign key (place_id, party_id) references places (id, party_id),
  constraint events_closed_check check ((closed_by is null) = (closed_at is null) and (closed_by is null) = (outcome is null))
);
create index events_party_idx on events (party_id, opened_at);
alter table events enable row level security;
create policy events_party on events to reciproca_app using (party_id = (select current_party()));

create table signals (
  id uuid constraint signals_pkey primary key,
  party_id uuid not null,
  source text not null constraint signals_source_check check (source in ('detector', 'rumour', 'person')),
  status text not null constraint signals_status_check check (status in
    ('new', 'to-verify', 'monitoring', 'verified', 'assessed', 'event', 'closed', 'duplicate', 'not-relevant', 'discarded')),
  indicator_id integer,
  place_id integer,
  detector_id uuid,
  -- Of the latest alarm.
  method jsonb,
  -- What a rumour's sender wrote stays in the submission; `summary` is what an officer wrote.
  submission_id integer,
  summary text,
  raised_at timestamptz not null,
  -- Whoever took the latest step. A signal that has left "new" has a person's name on it.
  decided_by uuid constraint signals_decided_by_fkey references accounts,
  decided_at timestamptz,
  triaged_at timestamptz,
  monitor_until date,
  duplicate_of uuid,
  event_id uuid,
  ended_at timestamptz,
  constraint signals_party_key unique (id, party_id),
  constraint signals_indicator_fkey foreign key (indicator_id, party_id) references indicators (id, party_id),
  constraint signals_place_fkey foreign key (place_id, party_id) references places (id, party_id),
  constraint signals_detector_fkey foreign key (detector_id, party_id) references detectors (id, party_id),
  constraint signals_submission_fkey foreign key (submission_id, party_id) references submissions (id, party_id),
  constraint signals_duplicate_fkey foreign key (duplicate_of, party_id) references signals (id, party_id),
  constraint signals_event_fkey foreign key (event_id, party_id) references events (id, party_id),
  constraint signals_person_check check (status = 'new' or (decided_by is not null and decided_at is not null)),
  constraint signals_event_check check (status <> 'event' or event_id is not null),
  constraint signals_monitor_check check (status <> 'monitoring' or monitor_until is not null),
  constraint signals_duplicate_check check (status <> 'duplicate' or (duplicate_of is not null and duplicate_of <> id)),
  constraint signals_ended_check check ((ended_at is not null) = (status in ('closed', 'duplicate', 'not-relevant', 'discarded'))),
  constraint signals_detector_check check
    ((source = 'detector') = (detector_id is not null and method is not null and indicator_id is not null and place_id is not null)),
  constraint signals_rumour_check check ((source = 'rumour') = (submission_id is not null)),
  constraint signals_person_source_check check (source <> 'person' or summary is not null)
);
-- An open signal takes up new alarms of its rule and place.
create unique index signals_open_key on signals (detector_id, place_id) where ended_at is null;
create unique index signals_submission_key on signals (submission_id);
create index signals_party_idx on signals (party_id, status);
create index signals_detector_idx on signals (detector_id, place_id, ended_at);
create index signals_place_idx on signals (place_id, raised_at);
create index signals_event_idx on signals (event_id);
alter table signals enable row level security;
create policy signals_party on signals to reciproca_app using (party_id = (select current_party()));

create table signal_alarms (
  signal_id uuid not null,
  party_id uuid not null,
  period_start date not null,
  -- A count, the sum of a window, or a rate: what the method put to the test.
  observed double precision not null,
  usual_lower double precision,
  usual_upper double precision,
  expected double precision,
  threshold double precision,
  raised_when text not null constraint signal_alarms_raised_when_check check (raised_when in ('more-than', 'at-least')),
  missing_reference integer not null,
  -- False: a later report took the number below the threshold. The alarm stays on record; a person decides what it means.
  holds boolean not null,
  known_at timestamptz not null,
  constraint signal_alarms_pkey primary key (signal_id, period_start),
  constraint signal_alarms_signal_fkey foreign key (signal_id, party_id) references signals (id, party_id)
);
alter table signal_alarms enable row level security;
create policy signal_alarms_party on signal_alarms to reciproca_app using (party_id = (select current_party()));

-- Who, when, why: one row for each step, never changed.
create table signal_decisions (
  id bigint generated always as identity constraint signal_decisions_pkey primary key,
  party_id uuid not null,
  signal_id uuid not null,
  step text not null,
  from_status text not null,
  to_status text not null,
  account_id uuid not null constraint signal_decisions_account_fkey references accounts,
  at timestamptz not null,
  why text not null,
  -- What belongs to the step: the end of monitoring, the signal it repeats.
  details jsonb not null,
  constraint signal_decisions_signal_fkey foreign key (signal_id, party_id) references signals (id, party_id)
);
create index signal_decisions_signal_idx on signal_decisions (signal_id, id);
alter table signal_decisions enable row level security;
create policy signal_decisions_party on signal_decisions to reciproca_app using (party_id = (select current_party()));

create table risk_assessments (
  id bigint generated always as identity constraint risk_assessments_pkey primary key,
  party_id uuid not null,
  signal_id uuid not null,
  account_id uuid not null constraint risk_assessments_account_fkey references accounts,
  at timestamptz not null,
  question text not null,
  hazard text not null,
  exposure text not null,
  context text not null,
  matrix_version text not null,
  -- By scope: likelihood, consequence, confidence.
  scopes jsonb not null,
  reassess_on date,
  constraint risk_assessments_signal_fkey foreign key (signal_id, party_id) references signals (id, party_id)
);
create index risk_assessments_signal_idx on risk_assessments (signal_id, id);
alter table risk_assessments enable row level security;
create policy risk_assessments_party on risk_assessments to reciproca_app using (party_id = (select current_party()));

-- Milestones and actions are expected to change as more is learnt: the latest row counts, the earlier ones stay.
create table event_milestones (
  id bigint generated always as identity constraint event_milestones_pkey primary key,
  party_id uuid not null,
  event_id uuid not null,
  milestone text not null constraint event_milestones_milestone_check check (milestone in ('emergence', 'detection', 'notification', 'who-notified')),
  -- Null: not known after all.
  on_date date,
  source text not null,
  account_id uuid not null constraint event_milestones_account_fkey references accounts,
  at timestamptz not null,
  constraint event_milestones_event_fkey foreign key (event_id, party_id) references events (id, party_id)
);
create index event_milestones_event_idx on event_milestones (event_id, id);
alter table event_milestones enable row level security;
create policy event_milestones_party on event_milestones to reciproca_app using (party_id = (select current_party()));

create table event_actions (
  id bigint generated always as identity constraint event_actions_pkey primary key,
  party_id uuid not null,
  event_id uuid not null,
  action text not null constraint event_actions_action_check check (action in
    ('investigation', 'analysis', 'laboratory', 'case-management', 'countermeasures', 'communication', 'coordination')),
  state text not null constraint event_actions_state_check check (state in ('done', 'not-done', 'not-applicable')),
  on_date date,
  reason text,
  account_id uuid not null constraint event_actions_account_fkey references accounts,
  at timestamptz not null,
  constraint event_actions_date_check check ((state = 'done') = (on_date is not null)),
  constraint event_actions_reason_check check (state <> 'not-applicable' or reason is not null),
  constraint event_actions_event_fkey foreign key (event_id, party_id) references events (id, party_id)
);
create index event_actions_event_idx on event_actions (event_id, id);
alter table event_actions enable row level security;
create policy event_actions_party on event_actions to reciproca_app using (party_id = (select current_party()));

create table annex2_assessments (
  id bigint generated always as identity constraint annex2_assessments_pkey primary key,
  party_id uuid not null,
  event_id uuid not null,
  table_version text not null,
  list text not null constraint annex2_assessments_list_check check (list in ('always-notify', 'always-assess', 'other')),
  -- By criterion: answer, reasons, evidence.
  answers jsonb not null,
  account_id uuid not null constraint annex2_assessments_account_fkey references accounts,
  at timestamptz not null,
  constraint annex2_assessments_event_fkey foreign key (event_id, party_id) references events (id, party_id)
);
create index annex2_assessments_event_idx on annex2_assessments (event_id, id);
alter table annex2_assessments enable row level security;
create policy annex2_assessments_party on annex2_assessments to reciproca_app using (party_id = (select current_party()));

-- What held an interval of 7-1-7 up, or helped it along.
create table event_findings (
  id bigint generated always as identity constraint event_findings_pkey primary key,
  party_id uuid not null,
  event_id uuid not null,
  during text not null constraint event_findings_during_check check (during in ('detect', 'notify', 'respond')),
  kind text not null constraint event_findings_kind_check check (kind in ('bottleneck', 'enabler')),
  code text not null,
  note text not null,
  account_id uuid not null constraint event_findings_account_fkey references accounts,
  at timestamptz not null,
  constraint event_findings_event_fkey foreign key (event_id, party_id) references events (id, party_id)
);
create index event_findings_event_idx on event_findings (event_id, id);
alter table event_findings enable row level security;
create policy event_findings_party on event_findings to reciproca_app using (party_id = (select current_party()));

create table event_tasks (
  id uuid constraint event_tasks_pkey primary key,
  party_id uuid not null,
  event_id uuid not null,
  horizon text not null constraint event_tasks_horizon_check check (horizon in ('immediate', 'long-term')),
  what text not null,
  owner text not null,
  due_on date not null,
  account_id uuid not null constraint event_tasks_account_fkey references accounts,
  at timestamptz not null,
  done_by uuid constraint event_tasks_done_by_fkey references accounts,
  done_at timestamptz,
  constraint event_tasks_done_check check ((done_by is null) = (done_at is null)),
  constraint event_tasks_event_fkey foreign key (event_id, party_id) references events (id, party_id)
);
create index event_tasks_event_idx on event_tasks (event_id, due_on);
create index event_tasks_open_idx on event_tasks (party_id, due_on) where done_at is null;
alter table event_tasks enable row level security;
create policy event_tasks_party on event_tasks to reciproca_app using (party_id = (select current_party()));

create table bulletins (
  id uuid constraint bulletins_pkey primary key,
  party_id uuid not null,
  period_kind text not null constraint bulletins_period_kind_check check (period_kind in ('iso-week', 'mmwr-week')),
  period_start date not null,
  locale text not null,
  -- The latest; and the one that is public, with who put it there.
  revision integer not null,
  published_revision integer,
  published_by uuid constraint bulletins_published_by_fkey references accounts,
  published_at timestamptz,
  constraint bulletins_party_key unique (id, party_id),
  constraint bulletins_period_key unique (party_id, period_kind, period_start, locale),
  constraint bulletins_published_check check ((published_revision is null) = (published_by is null)
    and (published_revision is null) = (published_at is null) and published_revision <= revision)
);
alter table bulletins enable row level security;
create policy bulletins_party on bulletins to reciproca_app using (party_id = (select current_party()));

create table bulletin_revisions (
  bulletin_id uuid not null,
  revision integer not null,
  party_id uuid not null,
  title text not null,
  text text not null,
  account_id uuid not null constraint bulletin_revisions_account_fkey references accounts,
  at timestamptz not null,
  constraint bulletin_revisions_pkey primary key (bulletin_id, revision),
  constraint bulletin_revisions_bulletin_fkey foreign key (bulletin_id, party_id) references bulletins (id, party_id)
);
alter table bulletin_revisions enable row level security;
create policy bulletin_revisions_party on bulletin_revisions to reciproca_app using (party_id = (select current_party()));
