create table pairing_invitations (
  token_hash bytea constraint pairing_invitations_pkey primary key,
  made_by uuid not null,
  made_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);

-- A node we may pair with, from the moment somebody names it. `opening` is entry 0 of its log, from which its fingerprint is computed.
create table pairings (
  id uuid constraint pairings_pkey primary key,
  url text not null,
  operator text not null constraint pairings_operator_key unique,
  name text not null,
  opening bytea not null,
  -- Theirs to prove that we were invited; forgotten once sent.
  token text,
  direction text not null constraint pairings_direction_check check (direction in ('invited', 'inviting')),
  log_id integer references logs,
  made_at timestamptz not null,
  confirmed_at timestamptz
);
