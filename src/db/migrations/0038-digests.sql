-- Digests: what is new in a network for one member, at her rhythm and hour, in one mail. See src/field/mail/digests/.

-- Of the clock on her own wall.
alter table members
  add column digest_hour smallint not null default 7 constraint members_digest_hour_check check (digest_hour between 0 and 23);
create index members_digest_hour_idx on members (party_id, digest, time_zone, digest_hour, id)
  where left_on is null and confirmed_at is not null and mail_state = 'active' and digest <> 'none';

-- How far each member has been told. It moves in the transaction that queues her mail: a run that was cut off goes on with those it had not reached.
create table digest_readers (
  member_id uuid constraint digest_readers_pkey primary key,
  party_id uuid not null,
  told_until timestamptz not null,
  constraint digest_readers_member_fkey foreign key (member_id, party_id) references members (id, party_id)
);
alter table digest_readers enable row level security;
create policy digest_readers_party on digest_readers to reciproca_app using (party_id = (select current_party()));

-- What the numbers of a digest mean, for as long as it can be answered.
create table digests (
  id uuid constraint digests_pkey primary key,
  party_id uuid not null,
  member_id uuid not null,
  due_at timestamptz not null,
  -- By number: [{"source", "kind", "id", "ref", "title"}, ...]
  entries jsonb not null constraint digests_entries_check check (jsonb_typeof(entries) = 'array'),
  -- One mail for each hour that was due, whoever runs and however often.
  constraint digests_once_key unique (member_id, due_at),
  constraint digests_member_fkey foreign key (member_id, party_id) references members (id, party_id)
);
create index digests_due_idx on digests (party_id, due_at);
alter table digests enable row level security;
create policy digests_party on digests to reciproca_app using (party_id = (select current_party()));

-- What was written in any paper of a network since then.
create index text_events_at_idx on text_events (party_id, at);
