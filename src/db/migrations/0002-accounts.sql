-- People: accounts, what they may do for which party, and the ways they prove who they are. Accounts belong to the node; what
-- names a party is visible to that party's transactions and to the node's. Of secrets only SHA-256 is kept, of passwords argon2id.

create table accounts (
  id uuid constraint accounts_pkey primary key,
  email text not null constraint accounts_email_key unique
    constraint accounts_email_check check (email = lower(email) and char_length(email) between 3 and 254),
  name text not null constraint accounts_name_check check (char_length(name) between 1 and 200),
  -- PHC string format, with its parameters: they may grow with the years.
  password_hash text not null,
  language text,
  time_zone text,
  -- Made by the one-time link or by the environment; the database lets there be one.
  is_first boolean not null default false,
  created_at timestamptz not null
);
create unique index accounts_first_key on accounts (is_first) where is_first;

create table memberships (
  account_id uuid not null constraint memberships_account_fkey references accounts on delete cascade,
  party_id uuid not null,
  role text not null constraint memberships_role_check
    check (role in ('administrator', 'officer', 'reporter', 'delegate', 'observer', 'council')),
  granted_at timestamptz not null,
  granted_by uuid,
  constraint memberships_pkey primary key (account_id, party_id, role)
);
create index memberships_party_idx on memberships (party_id);
alter table memberships enable row level security;
create policy memberships_party on memberships to reciproca_app
  using (current_party() is null or party_id = current_party());

create table sessions (
  id uuid constraint sessions_pkey primary key,
  token_hash bytea not null constraint sessions_token_key unique constraint sessions_token_check check (octet_length(token_hash) = 32),
  account_id uuid not null constraint sessions_account_fkey references accounts on delete cascade,
  -- The party the person works for now; null: the first she belongs to.
  party_id uuid,
  browser text not null,
  created_at timestamptz not null,
  seen_at timestamptz not null,
  expires_at timestamptz not null
);
create index sessions_account_idx on sessions (account_id);
create index sessions_expires_idx on sessions (expires_at);

create table passkeys (
  -- The credential id, base64url.
  id text constraint passkeys_pkey primary key,
  account_id uuid not null constraint passkeys_account_fkey references accounts on delete cascade,
  public_key bytea not null,
  counter bigint not null constraint passkeys_counter_check check (counter >= 0),
  transports text[] not null,
  name text not null constraint passkeys_name_check check (char_length(name) between 1 and 100),
  created_at timestamptz not null,
  used_at timestamptz
);
create index passkeys_account_idx on passkeys (account_id);

-- Each is answered once, and soon.
create table passkey_challenges (
  challenge text constraint passkey_challenges_pkey primary key,
  -- Null: whoever answers it signs in.
  account_id uuid constraint passkey_challenges_account_fkey references accounts on delete cascade,
  expires_at timestamptz not null
);
create index passkey_challenges_expires_idx on passkey_challenges (expires_at);

create table api_tokens (
  id uuid constraint api_tokens_pkey primary key,
  token_hash bytea not null constraint api_tokens_token_key unique constraint api_tokens_token_check check (octet_length(token_hash) = 32),
  account_id uuid not null constraint api_tokens_account_fkey references accounts on delete cascade,
  party_id uuid not null,
  name text not null constraint api_tokens_name_check check (char_length(name) between 1 and 100),
  read_only boolean not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  revoked_at timestamptz
);
create index api_tokens_account_idx on api_tokens (account_id);
alter table api_tokens enable row level security;
create policy api_tokens_party on api_tokens to reciproca_app
  using (current_party() is null or party_id = current_party());

create table invitations (
  id uuid constraint invitations_pkey primary key,
  token_hash bytea not null constraint invitations_token_key unique constraint invitations_token_check check (octet_length(token_hash) = 32),
  -- Null: for the node's first administrator.
  party_id uuid,
  -- Of a member who has forgotten the password: the link sets a new one and gives nothing else.
  account_id uuid constraint invitations_account_fkey references accounts on delete cascade,
  roles text[] not null,
  note text not null constraint invitations_note_check check (char_length(note) <= 200),
  made_by uuid,
  made_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  used_by uuid
);
create index invitations_party_idx on invitations (party_id);
alter table invitations enable row level security;
create policy invitations_party on invitations to reciproca_app
  using (current_party() is null or party_id = current_party());
