-- Long computations that somebody asked for, step by step, so that they show how far they are and go on after a crash.
-- See src/surveillance/workbench/.
create table analyses (
  id uuid constraint analyses_pkey primary key,
  party_id uuid not null,
  -- comparison: which detector suits these data. clusters: where and since when there are more cases than elsewhere. rules: a file of rules, read.
  kind text not null constraint analyses_kind_check check (kind in ('comparison', 'clusters', 'rules')),
  -- Null for rules, and for data that a neighbour gave.
  indicator_id integer,
  settings jsonb not null,
  steps_done integer not null default 0,
  -- Null: not begun.
  steps_total integer,
  -- Null until it is finished.
  result jsonb,
  asked_by uuid constraint analyses_asked_by_fkey references accounts,
  asked_at timestamptz not null,
  finished_at timestamptz,
  constraint analyses_party_key unique (id, party_id),
  constraint analyses_indicator_fkey foreign key (indicator_id, party_id) references indicators (id, party_id),
  constraint analyses_finished_check check ((result is null) = (finished_at is null)),
  constraint analyses_steps_check check (steps_done >= 0 and steps_done <= steps_total)
);
create index analyses_party_idx on analyses (party_id, kind, asked_at desc);
alter table analyses enable row level security;
create policy analyses_party on analyses to reciproca_app using (party_id = (select current_party()));

-- What each step found, until the analysis is finished.
create table analysis_steps (
  analysis_id uuid not null,
  step integer not null,
  party_id uuid not null,
  found jsonb not null,
  constraint analysis_steps_pkey primary key (analysis_id, step),
  constraint analysis_steps_analysis_fkey foreign key (analysis_id, party_id) references analyses (id, party_id)
);
alter table analysis_steps enable row level security;
create policy analysis_steps_party on analysis_steps to reciproca_app using (party_id = (select current_party()));
