-- An administrator's word that this node was not restored from a backup, when no peer could be asked; for the log as it was then.
create table restore_attestations (
  at timestamptz not null,
  account_id uuid not null,
  size bigint not null
);
