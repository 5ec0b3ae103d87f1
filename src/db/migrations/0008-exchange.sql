-- What left and arrived under which article, what came back of it, and what each recipient holds. See src/exchange/.

-- That copy-keepers hold an act: C2SP tlog-proof. A row without a proof waits for one. As public as the log.
create table act_proofs (
  act text constraint act_proofs_pkey primary key references acts,
  proof text,
  -- The k-th smallest of the keepers' times, Unix seconds.
  confirmed_at bigint,
  asked_at timestamptz,
  constraint act_proofs_whole_check check ((proof is null) = (confirmed_at is null))
);
create index act_proofs_pending_idx on act_proofs (asked_at) where proof is null;

-- awaited: ours to have once its act is confirmed; asked for again in every round.
alter table wanted_bodies drop constraint wanted_bodies_state_check;
alter table wanted_bodies add constraint wanted_bodies_state_check check (state in ('wanted', 'not-now', 'awaited'));

-- Acts that are held until the instrument they stand under has come here as far as they say.
create table held_flows (
  act text constraint held_flows_pkey primary key references acts,
  instrument text not null
);
create index held_flows_instrument_idx on held_flows (instrument);

-- One row for each thing that a party gave, received, or was kept from giving or taking in, with the decision it made.
create table flows (
  id uuid constraint flows_pkey primary key,
  party_id uuid not null,
  direction text not null constraint flows_direction_check check (direction in ('out', 'in')),
  -- Null while nothing but the leaf is known of it.
  content text constraint flows_content_check check (content in ('table', 'warning', 'signal')),
  -- What it is about, in the same words each time: a job that runs twice finds its own row.
  key text not null,
  -- Null: refused here before there was an act.
  act text constraint flows_act_fkey references acts,
  -- Receivers of what went out; the giver of what came in.
  counterparts text[] not null,
  instrument text,
  article text,
  purposes text[] not null default '{}',
  indicators text[] not null default '{}',
  level smallint,
  period_kind text,
  period text,
  -- Inputs, article, result and the instrument's number, for each indicator and purpose.
  decisions jsonb not null,
  -- Null: permitted.
  refusal jsonb,
  release_on date,
  -- Why it was not published when its date came.
  release_withheld text,
  at timestamptz not null,
  constraint flows_key unique (party_id, direction, key)
);
create index flows_party_idx on flows (party_id, at);
create index flows_act_idx on flows (act);
alter table flows enable row level security;
create policy flows_party on flows to reciproca_app using (party_id = (select current_party()));

-- What a receiver said of what we gave it, by its own act.
create table flow_answers (
  act text constraint flow_answers_pkey primary key references acts,
  party_id uuid not null,
  flow_id uuid not null constraint flow_answers_flow_fkey references flows,
  receiver text not null,
  kind text not null constraint flow_answers_kind_check check (kind in ('receipt', 'refusal')),
  -- A receipt quotes what was received: is it what we sent?
  matches boolean,
  reason text,
  article text,
  at timestamptz not null
);
create index flow_answers_flow_idx on flow_answers (flow_id);
alter table flow_answers enable row level security;
create policy flow_answers_party on flow_answers to reciproca_app using (party_id = (select current_party()));

-- The release ledger: each count that a recipient was given, for the re-identification test of the next.
create table released_columns (
  party_id uuid not null,
  act text not null references acts,
  recipient text not null,
  indicator text not null,
  level smallint not null,
  period_kind text not null,
  period text not null,
  first_day date not null,
  last_day date not null,
  minimum_count integer not null,
  -- By place: a number, or "withheld". What is missing is not here.
  cells jsonb not null,
  sent_at timestamptz not null,
  constraint released_columns_pkey primary key (act, recipient, indicator)
);
create index released_columns_indicator_idx on released_columns (party_id, indicator, first_day);
alter table released_columns enable row level security;
create policy released_columns_party on released_columns to reciproca_app using (party_id = (select current_party()));

-- What a neighbour reports. Never mixed into a party's own observations.
create table received_counts (
  party_id uuid not null,
  act text not null references acts,
  giver text not null,
  indicator text not null,
  level smallint not null,
  place_code text not null,
  place_name text not null,
  period_kind text not null,
  period text not null,
  first_day date not null,
  value integer constraint received_counts_value_check check (value >= 0),
  is_withheld boolean not null,
  received_at timestamptz not null,
  constraint received_counts_pkey primary key (act, party_id, indicator, place_code),
  constraint received_counts_withheld_check check (not (is_withheld and value is not null))
);
create index received_counts_giver_idx on received_counts (party_id, giver, indicator, first_day);
alter table received_counts enable row level security;
create policy received_counts_party on received_counts to reciproca_app using (party_id = (select current_party()));

-- Warnings from others, from whomever: they wait for a person to take them up or set them aside.
create table received_warnings (
  party_id uuid not null,
  act text not null references acts,
  giver text not null,
  -- The giver's own random name of the event.
  event text not null,
  -- Does an agreement in force, as this party reads it, cover it? It enters triage in any case.
  is_agreed boolean not null,
  content text not null constraint received_warnings_content_check check (content in ('warning', 'signal')),
  indicator text not null,
  indicator_name text not null,
  level smallint not null,
  place_code text not null,
  place_name text not null,
  period_kind text,
  period text,
  cases integer constraint received_warnings_cases_check check (cases >= 0),
  is_withheld boolean not null,
  decided_on date not null,
  received_at timestamptz not null,
  -- A named person, always.
  triaged_by uuid,
  triaged_at timestamptz,
  triage text constraint received_warnings_triage_check check (triage in ('taken-up', 'set-aside')),
  constraint received_warnings_pkey primary key (act, party_id),
  constraint received_warnings_triaged_check check (num_nulls(triaged_by, triaged_at, triage) in (0, 3))
);
create index received_warnings_party_idx on received_warnings (party_id, received_at);
alter table received_warnings enable row level security;
create policy received_warnings_party on received_warnings to reciproca_app using (party_id = (select current_party()));

-- Who asked for data, for what, and what was answered. Who is no party is not named.
create table data_requests (
  id uuid constraint data_requests_pkey primary key,
  party_id uuid not null,
  asker text,
  giver text not null,
  content text not null,
  indicator text not null,
  level smallint not null,
  purpose text not null,
  instrument text,
  n integer,
  article text,
  -- Null: permitted.
  reason text,
  rule text,
  at timestamptz not null
);
create index data_requests_party_idx on data_requests (party_id, at);
alter table data_requests enable row level security;
create policy data_requests_party on data_requests to reciproca_app using (party_id = (select current_party()));

-- What a community is told: written with the flow, in the transaction of another party of this node, read by the community alone.
create table community_notices (
  id bigint generated always as identity constraint community_notices_pkey primary key,
  party_id uuid not null,
  kind text not null constraint community_notices_kind_check
    check (kind in ('left', 'received', 'not-taken', 'came-back', 'request-refused')),
  giver text not null,
  receivers text[] not null,
  content text not null,
  instrument text,
  article text,
  purposes text[] not null,
  indicators text[] not null,
  level smallint,
  period_kind text,
  period text,
  reason text,
  act text references acts,
  at timestamptz not null
);
create index community_notices_party_idx on community_notices (party_id, id);
alter table community_notices enable row level security;
create policy community_notices_party on community_notices to reciproca_app
  using (party_id = (select current_party())) with check (true);
