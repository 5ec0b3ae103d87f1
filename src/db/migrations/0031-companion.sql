-- During a session: who asks for the floor and who had it, how long each constituency spoke, notes. See src/dialogue/companion/.

create table floor_requests (
  id uuid constraint floor_requests_pkey primary key,
  party_id uuid not null,
  session_id uuid not null,
  is_chatham_house boolean not null,
  -- Null: somebody who is not a member and was given the floor from the room; and under the Chatham House Rule whoever has the floor.
  member_id uuid,
  constituency text not null constraint floor_requests_constituency_check check (constituency in ('government', 'international-organisation',
    'development-partner', 'academia', 'civil-society', 'private-sector', 'community', 'union', 'patients-organisation',
    'indigenous-peoples-organisation', 'foundation', 'network', 'smaller-groups')),
  asked_at timestamptz not null,
  started_at timestamptz,
  ended_at timestamptz,
  constraint floor_requests_order_check check ((ended_at is null or started_at is not null) and started_at >= asked_at and ended_at >= started_at),
  -- Chatham House Rule: who waits has to be called by name; from the first word on nobody is stored, and when the turn is over only its seconds are.
  constraint floor_requests_chatham_check check (not is_chatham_house or (ended_at is null and (started_at is null or member_id is null))),
  constraint floor_requests_session_fkey foreign key (session_id, party_id, is_chatham_house)
    references dialogue_sessions (id, party_id, is_chatham_house) on update cascade,
  constraint floor_requests_member_fkey foreign key (member_id, party_id) references members (id, party_id)
);
create unique index floor_requests_waiting_key on floor_requests (session_id, member_id) where ended_at is null and member_id is not null;
-- One person speaks at a time.
create unique index floor_requests_speaking_key on floor_requests (session_id) where started_at is not null and ended_at is null;
create index floor_requests_session_idx on floor_requests (session_id, asked_at);
create index floor_requests_member_idx on floor_requests (member_id);
alter table floor_requests enable row level security;
create policy floor_requests_party on floor_requests to reciproca_app using (party_id = (select current_party()));

-- What a constituency had of the floor in turns that are over. Under the Chatham House Rule constituencies of fewer than five people are not told
-- apart: what one of two people said for a minute is as good as a name.
create table floor_times (
  session_id uuid not null,
  constituency text not null constraint floor_times_constituency_check check (constituency in ('government', 'international-organisation',
    'development-partner', 'academia', 'civil-society', 'private-sector', 'community', 'union', 'patients-organisation',
    'indigenous-peoples-organisation', 'foundation', 'network', 'smaller-groups')),
  party_id uuid not null,
  turns integer not null constraint floor_times_turns_check check (turns > 0),
  seconds integer not null constraint floor_times_seconds_check check (seconds >= 0),
  constraint floor_times_pkey primary key (session_id, constituency),
  constraint floor_times_session_fkey foreign key (session_id, party_id) references dialogue_sessions (id, party_id)
);
alter table floor_times enable row level security;
create policy floor_times_party on floor_times to reciproca_app using (party_id = (select current_party()));

-- One text for each session, by its rapporteurs.
create table session_notes (
  session_id uuid constraint session_notes_pkey primary key,
  party_id uuid not null,
  language text not null constraint session_notes_language_check check (language ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$'),
  words text not null constraint session_notes_words_check check (char_length(words) <= 100000),
  -- From then on anyone who sees the session reads them.
  published_at timestamptz,
  changed_at timestamptz not null,
  revision integer not null,
  constraint session_notes_session_fkey foreign key (session_id, party_id) references dialogue_sessions (id, party_id)
);
alter table session_notes enable row level security;
create policy session_notes_party on session_notes to reciproca_app using (party_id = (select current_party()));
