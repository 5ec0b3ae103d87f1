-- What this node finds when it checks the logs it holds. As public as those logs, except questions that are not published yet. See src/observatory/.

create table observed_logs (
  log_id integer constraint observed_logs_pkey primary key references logs,
  -- So many entries have been rebuilt to the root that the log signed, and folded.
  size bigint not null,
  checked_at timestamptz not null
);

create table observed_flows (
  act text constraint observed_flows_pkey primary key references acts,
  log_id integer not null references logs,
  log_index bigint not null,
  kind text not null constraint observed_flows_kind_check check (kind in ('dispatch', 'warning')),
  party text not null,
  instrument text,
  -- Legal time, Unix seconds. Null: proof pending.
  confirmed_at bigint,
  in_force text not null constraint observed_flows_in_force_check check (in_force in ('yes', 'no', 'unknown')),
  terms text not null
    constraint observed_flows_terms_check check (terms in ('permitted', 'refused', 'sealed', 'erased', 'missing', 'outside', 'unknown')),
  article text,
  reason text,
  release_on date not null,
  -- [{ kind, act, party }]
  answers jsonb not null
);
create index observed_flows_time_idx on observed_flows (confirmed_at desc nulls first, act);
create index observed_flows_instrument_idx on observed_flows (instrument, confirmed_at desc nulls first, act);

create table open_questions (
  id text constraint open_questions_pkey primary key,
  kind text not null,
  origin text not null,
  parties text[] not null,
  acts text[] not null,
  subject text,
  details jsonb not null,
  -- Since when it is one here; what is not due yet has no row. It is published 72 hours later.
  found_at timestamptz not null,
  settled_at timestamptz
);
create index open_questions_found_idx on open_questions (found_at);

-- Answers to questions, by whoever gave them: a question may be asked here later than elsewhere.
create table question_answers (
  act text constraint question_answers_pkey primary key references acts,
  question text not null,
  party text not null
);
create index question_answers_question_idx on question_answers (question);

-- The public log is searched by kind of act and by party.
create index acts_log_type_idx on acts (log_id, type, log_index);
create index acts_log_party_idx on acts (log_id, party, log_index);
