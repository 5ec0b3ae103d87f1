-- The spine: parties, logs, acts, bodies, sequenced subjects. See src/acts/ and design notes in ARCHITECTURE.md.

create table logs (
  id integer generated always as identity primary key,
  -- Scheme-less URL prefix and key name (C2SP tlog-checkpoint).
  origin text not null constraint logs_origin_key unique,
  url text not null,
  operator text not null,
  vkey text not null,
  cosigner_vkey text not null,
  transport_key text not null,
  is_own boolean not null,
  -- Leaves held, without gaps.
  size bigint not null default 0 constraint logs_size_check check (size >= 0),
  -- Leaves that the latest signed checkpoint covers: ours has been written to tiles, a peer's has been rebuilt from its leaves.
  proven_size bigint not null default 0 constraint logs_proven_size_check check (proven_size >= 0 and proven_size <= size),
  checkpoint text,
  processed bigint not null default 0 constraint logs_processed_check check (processed >= 0 and processed <= size),
  -- Why nothing more is accepted from (or signed for) this log: a fork, a larger copy at a peer.
  closed_reason text
);
create unique index logs_own_key on logs (is_own) where is_own;

create table parties (
  id uuid constraint parties_pkey primary key,
  did text not null constraint parties_did_key unique,
  slug text not null,
  -- Hosted here: this node holds its keys and rows. Else known from its log only.
  is_hosted boolean not null,
  is_operator boolean not null,
  kind text not null,
  name text not null,
  country text,
  languages text[] not null,
  log_id integer not null constraint parties_log_fkey references logs,
  subject text not null,
  recovery_hash text not null
);
create unique index parties_slug_key on parties (slug) where is_hosted;

create table act_keys (
  party text not null,
  kid text not null,
  x text not null,
  log_id integer not null references logs,
  valid_from bigint not null,
  revoked_from bigint,
  constraint act_keys_pkey primary key (party, kid, log_id)
);

-- Sealed with the node's secret (AES-256-GCM), which is a file of the data directory and never in the database.
create table private_keys (
  purpose text not null constraint private_keys_purpose_check check (purpose in ('act', 'log', 'cosign', 'transport')),
  kid text not null,
  party_id uuid,
  sealed bytea not null,
  stored_order bigint generated always as identity,
  constraint private_keys_pkey primary key (purpose, kid)
);

create table acts (
  id text constraint acts_pkey primary key,
  saved_order bigint generated always as identity,
  log_id integer not null references logs,
  -- Null while only saved. An act gets its index when the log takes it up.
  log_index bigint,
  jws bytea not null constraint acts_size_check check (octet_length(jws) <= 65535),
  type text not null,
  party text not null,
  subject text not null,
  prev text,
  commitment text not null,
  received_at timestamptz not null,
  standing text not null default 'new' constraint acts_standing_check
    check (standing in ('new', 'accepted', 'held', 'refused', 'equivocal')),
  standing_reason text
);
create unique index acts_log_key on acts (log_id, log_index) where log_index is not null;
create index acts_unlogged_idx on acts (log_id, saved_order) where log_index is null;
create index acts_chain_idx on acts (subject, party, prev);
create index acts_held_idx on acts (subject) where standing = 'held';

-- The author's latest act on a subject, locked while the next one is made, so that a party cannot contradict itself by accident.
create table act_heads (
  party text not null,
  subject text not null,
  act text not null references acts,
  constraint act_heads_pkey primary key (party, subject)
);

create table log_leaves (
  log_id integer not null references logs,
  index bigint not null,
  leaf_hash bytea not null,
  act text references acts,
  -- A leaf that is not an act is kept all the same: the log's root covers it.
  raw bytea,
  constraint log_leaves_pkey primary key (log_id, index)
);

create table act_bodies (
  act text constraint act_bodies_pkey primary key references acts,
  commitment text not null,
  salt bytea,
  body bytea,
  is_public boolean not null,
  -- Who may ask for it from another node (DIDs), besides the public.
  audience text[] not null default '{}',
  -- Hosted parties that may read it here.
  readers uuid[] not null default '{}',
  release_on date,
  erased_by text
);
create index act_bodies_commitment_idx on act_bodies (commitment);
alter table act_bodies enable row level security;
create policy act_bodies_readers on act_bodies to reciproca_app
  using (is_public or current_party() is null or current_party() = any (readers))
  with check (true);

create table erasures (commitment text constraint erasures_pkey primary key, act text not null references acts);

-- The person's own proof behind an act: a passkey assertion or a signature by an enrolled key. Private, like a body.
create table act_assertions (
  act text constraint act_assertions_pkey primary key references acts,
  assertion bytea not null
);

create table prepared_acts (
  id text constraint prepared_acts_pkey primary key,
  party_id uuid not null,
  account_id uuid not null,
  payload bytea not null,
  salt bytea not null,
  body bytea not null,
  declaration jsonb not null,
  expires_at timestamptz not null
);
alter table prepared_acts enable row level security;
create policy prepared_acts_party on prepared_acts to reciproca_app using (party_id = current_party());

create table subjects (
  id text constraint subjects_pkey primary key,
  kind text not null,
  host text not null,
  opening_act text not null references acts,
  head_n integer not null default 0,
  head_act text,
  frozen_reason text,
  state jsonb,
  opened_at timestamptz not null
);

-- The order in which a subject's acts count: what its host logged, in the host's log order.
create table subject_steps (
  subject text not null references subjects,
  position integer not null,
  kind text not null constraint subject_steps_kind_check check (kind in ('act', 'refused', 'timed', 'moved')),
  n integer not null,
  act text not null references acts,
  -- The host's act that says so.
  entry text not null references acts,
  legal_time bigint,
  reason text,
  constraint subject_steps_pkey primary key (subject, position)
);
create unique index subject_steps_entry_key on subject_steps (entry);
create index subject_steps_act_idx on subject_steps (act);

create table equivocations (
  party text not null,
  subject text not null,
  prev text not null,
  first_act text not null references acts,
  second_act text not null references acts,
  constraint equivocations_pkey primary key (first_act, second_act)
);
create index equivocations_party_idx on equivocations (party, subject);

create table cosignatures (
  log_id integer not null references logs,
  size bigint not null,
  keeper text not null,
  time bigint not null,
  -- The whole checkpoint with this keeper's line: evidence that stands alone.
  note text not null,
  constraint cosignatures_pkey primary key (log_id, size, keeper)
);

-- What this node has confirmed of others (tlog-witness): one row a log, only ever growing.
create table witnessed (
  origin text constraint witnessed_pkey primary key,
  size bigint not null,
  root bytea not null,
  note text not null
);

create table wanted_bodies (
  act text not null references acts,
  log_id integer not null references logs,
  -- wanted: ask; not-now: asked and not entitled, ask again when entitlement may have changed.
  state text not null constraint wanted_bodies_state_check check (state in ('wanted', 'not-now')),
  constraint wanted_bodies_pkey primary key (act)
);

create table audit (
  id bigint generated always as identity constraint audit_pkey primary key,
  at timestamptz not null,
  party_id uuid,
  account_id uuid,
  system text,
  action text not null,
  details jsonb not null
);
alter table audit enable row level security;
create policy audit_party on audit to reciproca_app
  using (party_id is not distinct from current_party()) with check (true);
create index audit_party_idx on audit (party_id, id);

-- Two checkpoints of one log that cannot both be true: evidence, kept whatever happens to the peer.
create table log_forks (
  log_id integer not null references logs,
  held_note text not null,
  other_note text not null,
  found_at timestamptz not null
);
