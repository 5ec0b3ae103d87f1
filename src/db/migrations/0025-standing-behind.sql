-- The keys with which persons stand behind their party's acts, as each party's log states them.
create table signing_keys (
  party text not null,
  log_id integer not null references logs,
  -- A pseudonym of the person in this party.
  holder text not null,
  method text not null constraint signing_keys_method_check check (method in ('passkey', 'person-key')),
  key text not null,
  -- Indexes of the entries that enrolled and revoked it.
  valid_from bigint not null,
  revoked_from bigint,
  constraint signing_keys_pkey primary key (party, log_id, holder, key)
);
create index signing_keys_key_idx on signing_keys (party, log_id, key);

-- A public key is no secret: naming somebody else's first must not keep her from enrolling it.
alter table person_keys drop constraint person_keys_pkey;
alter table person_keys add constraint person_keys_pkey primary key (account_id, x);
drop index person_keys_account_idx;

-- Two parties may commit to the same body, and each erases its own.
alter table erasures drop constraint erasures_pkey;
alter table erasures add constraint erasures_pkey primary key (commitment, act);

-- What waits for its person is found by whose it is, and by when it lapses.
create index prepared_acts_expiry_idx on prepared_acts (expires_at);

-- The signal that a person made of a warning: what the warning said stands in it as well.
alter table received_warnings add column signal_id uuid;
