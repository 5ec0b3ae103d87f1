create table person_keys (
  account_id uuid not null constraint person_keys_account_fkey references accounts on delete cascade,
  x text not null constraint person_keys_pkey primary key,
  name text not null,
  created_at timestamptz not null,
  revoked_at timestamptz
);
create index person_keys_account_idx on person_keys (account_id);
