-- Networks govern themselves: admission, assemblies, elections, published records, advisory groups. See src/network/assembly/.

-- One vote for each organisation that somebody speaks for, and the method of assemblies.
alter table decisions drop constraint decisions_entitled_check;
alter table decisions add constraint decisions_entitled_check
  check (entitled in ('people-of-space', 'organisations-of-space', 'organisations-spoken-for', 'members'));
alter table decisions drop constraint decisions_method_check;
alter table decisions add constraint decisions_method_check
  check (method in ('consensus', 'consent', 'majority', 'silence', 'ranked-choice', 'sense-check'));
-- In a majority vote a no needs no reason; in which methods it does, src/dialogue/decisions/decision.ts says.
alter table decision_positions drop constraint decision_positions_objection_check;

-- By which rules a network governs itself. Without a row: those of src/network/assembly/rules/rules.ts.
create table assembly_rules (
  party_id uuid constraint assembly_rules_pkey primary key,
  admission text not null constraint assembly_rules_admission_check check (admission in ('secretariat', 'silence')),
  silence_days smallint not null constraint assembly_rules_silence_days_check check (silence_days between 3 and 90),
  notice_days smallint not null constraint assembly_rules_notice_days_check check (notice_days between 0 and 180),
  quorum_percent smallint not null constraint assembly_rules_quorum_check check (quorum_percent between 0 and 100)
);
alter table assembly_rules enable row level security;
create policy assembly_rules_party on assembly_rules to reciproca_app using (party_id = (select current_party()));

create table admission_applications (
  id uuid constraint admission_applications_pkey primary key,
  party_id uuid not null,
  name text not null constraint admission_applications_name_check check (char_length(name) between 1 and 200),
  kind text not null,
  country text,
  did text,
  website text,
  why text not null constraint admission_applications_why_check check (char_length(why) between 1 and 5000),
  -- Who answers for it; null when the application is over and the person did not become a member.
  contact_name text,
  contact_email text,
  language text not null,
  applied_at timestamptz not null,
  -- Under a silence procedure: its end.
  silence_until timestamptz,
  state text not null constraint admission_applications_state_check check (state in ('waiting', 'admitted', 'declined')),
  decided_by uuid constraint admission_applications_decided_by_fkey references accounts,
  decided_at timestamptz,
  -- Told to the applicant when it is declined, or objections were set aside.
  answer text constraint admission_applications_answer_check check (char_length(answer) <= 5000),
  organisation_id uuid,
  constraint admission_applications_party_key unique (id, party_id),
  constraint admission_applications_decided_check check ((state = 'waiting') = (decided_at is null)),
  constraint admission_applications_organisation_check check ((state = 'admitted') = (organisation_id is not null)),
  constraint admission_applications_organisation_fkey foreign key (organisation_id, party_id) references organisations (id, party_id)
);
create unique index admission_applications_open_key on admission_applications (party_id, lower(name)) where state = 'waiting';
create index admission_applications_state_idx on admission_applications (party_id, state, applied_at);
alter table admission_applications enable row level security;
create policy admission_applications_party on admission_applications to reciproca_app using (party_id = (select current_party()));

create table admission_objections (
  application_id uuid not null,
  organisation_id uuid not null,
  party_id uuid not null,
  member_id uuid not null,
  reason text not null constraint admission_objections_reason_check check (char_length(reason) between 1 and 2000),
  at timestamptz not null,
  constraint admission_objections_pkey primary key (application_id, organisation_id),
  constraint admission_objections_application_fkey foreign key (application_id, party_id) references admission_applications (id, party_id),
  constraint admission_objections_organisation_fkey foreign key (organisation_id, party_id) references organisations (id, party_id),
  constraint admission_objections_member_fkey foreign key (member_id, party_id) references members (id, party_id)
);
create index admission_objections_member_idx on admission_objections (member_id);
alter table admission_objections enable row level security;
create policy admission_objections_party on admission_objections to reciproca_app using (party_id = (select current_party()));

-- An organisation's times in the network: it may leave and come again. Each begins and ends with an act in the network's log.
create table organisation_admissions (
  id uuid constraint organisation_admissions_pkey primary key,
  party_id uuid not null,
  organisation_id uuid not null,
  admitted_on date not null,
  admitted_by_act text not null,
  left_on date constraint organisation_admissions_left_check check (left_on >= admitted_on),
  left_by_act text,
  constraint organisation_admissions_left_act_check check ((left_on is null) = (left_by_act is null)),
  constraint organisation_admissions_organisation_fkey foreign key (organisation_id, party_id) references organisations (id, party_id)
);
create unique index organisation_admissions_present_key on organisation_admissions (organisation_id) where left_on is null;
alter table organisation_admissions enable row level security;
create policy organisation_admissions_party on organisation_admissions to reciproca_app using (party_id = (select current_party()));

-- Which party is a member of which network, by the acts of every log that is followed here, ours included; the node's, for all that it hosts.
create table network_memberships (
  admitted_by_act text constraint network_memberships_pkey primary key,
  network_did text not null,
  member_did text not null,
  left_by_act text
);
create index network_memberships_present_idx on network_memberships (network_did, member_did) where left_by_act is null;

-- The formal part of a session: agenda, who is present, motions, elections, minutes. When and where is the session's.
create table assemblies (
  id uuid constraint assemblies_pkey primary key,
  party_id uuid not null,
  session_id uuid not null,
  -- As the rules were when notice was given.
  notice_days smallint not null,
  quorum_percent smallint not null,
  state text not null constraint assemblies_state_check check (state in ('planned', 'called', 'open', 'closed')),
  called_at timestamptz,
  opened_at timestamptz,
  -- Organisations that had a voice when it was opened, and how many of them were present.
  voices integer,
  present integer,
  closed_at timestamptz,
  minutes text constraint assemblies_minutes_check check (char_length(minutes) between 1 and 100000),
  minutes_language text,
  minutes_revision integer not null,
  minutes_approved_at timestamptz,
  minutes_approved_by uuid constraint assemblies_approved_by_fkey references accounts,
  result_act text,
  constraint assemblies_party_key unique (id, party_id),
  constraint assemblies_session_key unique (session_id),
  constraint assemblies_opened_check check ((state in ('open', 'closed')) = (opened_at is not null)),
  constraint assemblies_approved_check check (minutes_approved_at is null or (state = 'closed' and minutes is not null)),
  constraint assemblies_result_check check ((minutes_approved_at is null) = (result_act is null)),
  constraint assemblies_session_fkey foreign key (session_id, party_id) references dialogue_sessions (id, party_id)
);
alter table assemblies enable row level security;
create policy assemblies_party on assemblies to reciproca_app using (party_id = (select current_party()));

create table assembly_items (
  id uuid constraint assembly_items_pkey primary key,
  party_id uuid not null,
  assembly_id uuid not null,
  position smallint not null,
  title text not null constraint assembly_items_title_check check (char_length(title) between 1 and 300),
  explanation text constraint assembly_items_explanation_check check (char_length(explanation) <= 5000),
  minutes smallint not null constraint assembly_items_minutes_check check (minutes between 1 and 1440),
  paper_id uuid,
  link text,
  constraint assembly_items_party_key unique (id, assembly_id, party_id),
  constraint assembly_items_position_key unique (assembly_id, position) deferrable initially deferred,
  constraint assembly_items_assembly_fkey foreign key (assembly_id, party_id) references assemblies (id, party_id),
  constraint assembly_items_paper_fkey foreign key (paper_id, party_id) references papers (id, party_id)
);
alter table assembly_items enable row level security;
create policy assembly_items_party on assembly_items to reciproca_app using (party_id = (select current_party()));

create table assembly_presence (
  assembly_id uuid not null,
  organisation_id uuid not null,
  party_id uuid not null,
  member_id uuid not null,
  at timestamptz not null,
  constraint assembly_presence_pkey primary key (assembly_id, organisation_id),
  constraint assembly_presence_assembly_fkey foreign key (assembly_id, party_id) references assemblies (id, party_id),
  constraint assembly_presence_organisation_fkey foreign key (organisation_id, party_id) references organisations (id, party_id),
  constraint assembly_presence_member_fkey foreign key (member_id, party_id) references members (id, party_id)
);
create index assembly_presence_member_idx on assembly_presence (member_id);
alter table assembly_presence enable row level security;
create policy assembly_presence_party on assembly_presence to reciproca_app using (party_id = (select current_party()));

create table assembly_motions (
  id uuid constraint assembly_motions_pkey primary key,
  party_id uuid not null,
  assembly_id uuid not null,
  item_id uuid not null,
  number smallint not null,
  words text not null constraint assembly_motions_words_check check (char_length(words) between 1 and 300),
  explanation text constraint assembly_motions_explanation_check check (char_length(explanation) <= 5000),
  language text not null,
  moved_for uuid not null,
  moved_by uuid not null,
  moved_at timestamptz not null,
  seconded_for uuid,
  seconded_by uuid,
  decision_id uuid,
  constraint assembly_motions_number_key unique (assembly_id, number),
  constraint assembly_motions_seconded_check check ((seconded_for is null) = (seconded_by is null) and seconded_for <> moved_for),
  constraint assembly_motions_decision_check check (decision_id is null or seconded_for is not null),
  constraint assembly_motions_item_fkey foreign key (item_id, assembly_id, party_id) references assembly_items (id, assembly_id, party_id),
  constraint assembly_motions_moved_for_fkey foreign key (moved_for, party_id) references organisations (id, party_id),
  constraint assembly_motions_moved_by_fkey foreign key (moved_by, party_id) references members (id, party_id),
  constraint assembly_motions_seconded_for_fkey foreign key (seconded_for, party_id) references organisations (id, party_id),
  constraint assembly_motions_seconded_by_fkey foreign key (seconded_by, party_id) references members (id, party_id),
  constraint assembly_motions_decision_fkey foreign key (decision_id, party_id) references decisions (id, party_id)
);
create index assembly_motions_moved_by_idx on assembly_motions (moved_by);
create index assembly_motions_seconded_by_idx on assembly_motions (seconded_by);
alter table assembly_motions enable row level security;
create policy assembly_motions_party on assembly_motions to reciproca_app using (party_id = (select current_party()));

create table elections (
  id uuid constraint elections_pkey primary key,
  party_id uuid not null,
  assembly_id uuid not null,
  number smallint not null,
  office text not null constraint elections_office_check check (char_length(office) between 1 and 300),
  explanation text constraint elections_explanation_check check (char_length(explanation) <= 5000),
  seats smallint not null constraint elections_seats_check check (seats between 1 and 50),
  state text not null constraint elections_state_check check (state in ('nominations', 'open', 'counted')),
  opens_at timestamptz,
  closes_at timestamptz,
  -- Once counted: round by round, as src/network/assembly/elections/count.ts makes it. Nobody's ballot is in it.
  result jsonb,
  constraint elections_party_key unique (id, party_id),
  constraint elections_number_key unique (assembly_id, number),
  constraint elections_times_check check ((state = 'nominations') = (opens_at is null) and (opens_at is null) = (closes_at is null)
    and closes_at > opens_at),
  constraint elections_result_check check ((state = 'counted') = (result is not null)),
  constraint elections_assembly_fkey foreign key (assembly_id, party_id) references assemblies (id, party_id)
);
alter table elections enable row level security;
create policy elections_party on elections to reciproca_app using (party_id = (select current_party()));

create table election_candidates (
  id uuid constraint election_candidates_pkey primary key,
  party_id uuid not null,
  election_id uuid not null,
  number smallint not null,
  member_id uuid not null,
  organisation_id uuid,
  statement text not null constraint election_candidates_statement_check check (char_length(statement) between 1 and 5000),
  -- Empty is a declaration too: that there are none.
  conflicts text not null constraint election_candidates_conflicts_check check (char_length(conflicts) <= 2000),
  stood_at timestamptz not null,
  constraint election_candidates_number_key unique (election_id, number),
  constraint election_candidates_member_key unique (election_id, member_id),
  constraint election_candidates_election_fkey foreign key (election_id, party_id) references elections (id, party_id),
  constraint election_candidates_member_fkey foreign key (member_id, party_id) references members (id, party_id),
  constraint election_candidates_organisation_fkey foreign key (organisation_id, party_id) references organisations (id, party_id)
);
create index election_candidates_member_idx on election_candidates (member_id);
alter table election_candidates enable row level security;
create policy election_candidates_party on election_candidates to reciproca_app using (party_id = (select current_party()));

-- The roll and the urn. A ballot has no row of its own: each vote writes the urn anew, its ballots in the order of their numbers, so that neither a
-- column nor the place or the transaction of a row says whose it is. The roll has no time. Whoever owns the machine and copies the urn before and after
-- each vote can still tell: against the operator only paper helps.
create table election_roll (
  election_id uuid not null,
  organisation_id uuid not null,
  party_id uuid not null,
  has_voted boolean not null,
  constraint election_roll_pkey primary key (election_id, organisation_id),
  constraint election_roll_election_fkey foreign key (election_id, party_id) references elections (id, party_id),
  constraint election_roll_organisation_fkey foreign key (organisation_id, party_id) references organisations (id, party_id)
);
alter table election_roll enable row level security;
create policy election_roll_party on election_roll to reciproca_app using (party_id = (select current_party()));

create table election_urns (
  election_id uuid constraint election_urns_pkey primary key,
  party_id uuid not null,
  ballots jsonb not null constraint election_urns_ballots_check check (jsonb_typeof(ballots) = 'array'),
  constraint election_urns_election_fkey foreign key (election_id, party_id) references elections (id, party_id)
);
alter table election_urns enable row level security;
create policy election_urns_party on election_urns to reciproca_app using (party_id = (select current_party()));

-- Strategy, budget, annual report. A version is never changed: a correction is the next one, and the earlier stay readable.
create table network_records (
  id uuid constraint network_records_pkey primary key,
  party_id uuid not null,
  kind text not null constraint network_records_kind_check check (kind in ('strategy', 'budget', 'annual-report')),
  year smallint not null constraint network_records_year_check check (year between 1900 and 2200),
  version smallint not null constraint network_records_version_check check (version > 0),
  title text not null constraint network_records_title_check check (char_length(title) between 1 and 300),
  language text not null,
  words text not null constraint network_records_words_check check (char_length(words) <= 200000),
  -- ISO 4217.
  currency text constraint network_records_currency_check check (currency ~ '^[A-Z]{3}$'),
  -- [{"direction": "income", "heading": "...", "amountCents": 100}, ...]
  lines jsonb,
  what_changed text constraint network_records_changed_check check (char_length(what_changed) between 1 and 2000),
  published_at timestamptz not null,
  published_by uuid not null constraint network_records_published_by_fkey references accounts,
  constraint network_records_version_key unique (party_id, kind, year, version),
  constraint network_records_content_check check (words <> '' or lines is not null),
  constraint network_records_currency_given_check check ((lines is null) = (currency is null)),
  constraint network_records_changed_given_check check ((version = 1) = (what_changed is null))
);
alter table network_records enable row level security;
create policy network_records_party on network_records to reciproca_app using (party_id = (select current_party()));

create table advisory_groups (
  id uuid constraint advisory_groups_pkey primary key,
  party_id uuid not null,
  title text not null constraint advisory_groups_title_check check (char_length(title) between 1 and 300),
  language text not null,
  mandate text not null constraint advisory_groups_mandate_check check (char_length(mandate) between 1 and 10000),
  since date not null,
  until date constraint advisory_groups_until_check check (until >= since),
  constraint advisory_groups_party_key unique (id, party_id)
);
create index advisory_groups_party_idx on advisory_groups (party_id, since desc);
alter table advisory_groups enable row level security;
create policy advisory_groups_party on advisory_groups to reciproca_app using (party_id = (select current_party()));

create table advisory_seats (
  id uuid constraint advisory_seats_pkey primary key,
  party_id uuid not null,
  group_id uuid not null,
  member_id uuid not null,
  since date not null,
  until date not null constraint advisory_seats_until_check check (until >= since),
  constraint advisory_seats_party_key unique (id, party_id),
  constraint advisory_seats_group_fkey foreign key (group_id, party_id) references advisory_groups (id, party_id),
  constraint advisory_seats_member_fkey foreign key (member_id, party_id) references members (id, party_id)
);
create unique index advisory_seats_member_key on advisory_seats (group_id, member_id, since);
create index advisory_seats_member_idx on advisory_seats (member_id);
alter table advisory_seats enable row level security;
create policy advisory_seats_party on advisory_seats to reciproca_app using (party_id = (select current_party()));

create table interest_declarations (
  id uuid constraint interest_declarations_pkey primary key,
  party_id uuid not null,
  seat_id uuid not null,
  member_id uuid not null,
  -- Empty: declared that there are none.
  interests text not null constraint interest_declarations_interests_check check (char_length(interests) <= 5000),
  declared_on date not null,
  constraint interest_declarations_seat_fkey foreign key (seat_id, party_id) references advisory_seats (id, party_id),
  constraint interest_declarations_member_fkey foreign key (member_id, party_id) references members (id, party_id)
);
create index interest_declarations_seat_idx on interest_declarations (seat_id, declared_on desc);
create index interest_declarations_member_idx on interest_declarations (member_id);
alter table interest_declarations enable row level security;
create policy interest_declarations_party on interest_declarations to reciproca_app using (party_id = (select current_party()));
