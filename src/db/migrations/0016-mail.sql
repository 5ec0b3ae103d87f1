-- E-mail in and out. See src/field/mail/. Both tables hold personal data, for as short as it serves: what was sent loses its text, what came
-- loses it as soon as its words were taken over.

create table outgoing_mails (
  id uuid constraint outgoing_mails_pkey primary key,
  party_id uuid not null,
  member_id uuid not null,
  kind text not null,
  thing_id uuid not null,
  -- RFC 5322, 3.6.4. The same at every attempt, so that a mail sent twice shows once.
  message_id text not null constraint outgoing_mails_message_id_key unique,
  -- Whom to give back what cannot be delivered: the reply address, with its key.
  envelope_from text not null,
  raw bytea,
  state text not null constraint outgoing_mails_state_check check (state in ('waiting', 'sent', 'failed')),
  attempts smallint not null default 0,
  queued_at timestamptz not null,
  next_at timestamptz not null,
  settled_at timestamptz,
  -- SMTP reply code, or the name of a network error. No words of other hosts: they repeat addresses.
  failure text constraint outgoing_mails_failure_check check (char_length(failure) <= 40),
  constraint outgoing_mails_raw_check check ((raw is not null) = (state = 'waiting')),
  constraint outgoing_mails_member_fkey foreign key (member_id, party_id) references members (id, party_id)
);
create index outgoing_mails_waiting_idx on outgoing_mails (party_id, next_at, id) where state = 'waiting';
create index outgoing_mails_member_idx on outgoing_mails (member_id, queued_at);
alter table outgoing_mails enable row level security;
create policy outgoing_mails_party on outgoing_mails to reciproca_app using (party_id = (select current_party()));

create table incoming_mails (
  id uuid constraint incoming_mails_pkey primary key,
  party_id uuid not null,
  member_id uuid not null,
  kind text not null,
  thing_id uuid not null,
  -- Mailboxes hand mails out again after a crash; the same bytes count once.
  sha256 bytea not null constraint incoming_mails_sha256_check check (octet_length(sha256) = 32),
  received_at timestamptz not null,
  outcome text not null constraint incoming_mails_outcome_check
    check (outcome in ('done', 'refused', 'empty', 'automatic', 'bounce', 'other-sender', 'too-many', 'unsubscribed')),
  -- Kept where words were not taken over, for the secretariat to read.
  raw bytea,
  constraint incoming_mails_once_key unique (party_id, sha256),
  constraint incoming_mails_member_fkey foreign key (member_id, party_id) references members (id, party_id)
);
create index incoming_mails_member_idx on incoming_mails (member_id, received_at);
alter table incoming_mails enable row level security;
create policy incoming_mails_party on incoming_mails to reciproca_app using (party_id = (select current_party()));

-- A mail names its key and not its party, and a key's row is seen by its party alone. This tells the party to whoever has the key, and nothing else.
create function party_of_mail_key(hash bytea) returns uuid
language sql stable security definer set search_path = public, pg_temp
return (select party_id from mail_keys where key_hash = hash);
revoke execute on function party_of_mail_key(bytea) from public;
grant execute on function party_of_mail_key(bytea) to reciproca_app;
