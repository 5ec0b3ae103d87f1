-- Papers, joint statements and decisions of a space. See src/dialogue/papers/ and src/dialogue/decisions/.

create table papers (
  id uuid constraint papers_pkey primary key,
  party_id uuid not null,
  space_id uuid not null,
  slug text not null constraint papers_slug_check check (slug ~ '^[a-z0-9][a-z0-9-]{0,79}$'),
  kind text not null constraint papers_kind_check
    check (kind in ('guideline', 'position-paper', 'joint-statement', 'recommendations')),
  title text not null constraint papers_title_check check (char_length(title) between 1 and 300),
  -- Of its words: a text has one language of record.
  language text not null,
  -- 'signing': the text is closed and a joint statement collects sign-ons.
  state text not null constraint papers_state_check check (state in ('open', 'signing', 'published')),
  -- The decision that has the text before the group: until it is made, no word changes. No foreign key: decisions refer to papers already.
  held_by uuid,
  -- Reasons for what was proposed and not adopted, where the text itself holds none: {"proposal": "reason"}.
  answers jsonb not null default '{}' constraint papers_answers_check check (jsonb_typeof(answers) = 'object'),
  signing_until timestamptz,
  opened_at timestamptz not null,
  published_at timestamptz,
  -- The plain text as it was published, byte by byte: its SHA-256 stands in the act.
  published_text bytea,
  act text,
  constraint papers_party_key unique (id, party_id),
  constraint papers_slug_key unique (party_id, slug),
  constraint papers_space_fkey foreign key (space_id, party_id) references spaces (id, party_id),
  constraint papers_signing_check check ((state = 'signing') <= (kind = 'joint-statement' and signing_until is not null)),
  constraint papers_published_check
    check ((state = 'published') = (published_at is not null) and (state = 'published') = (published_text is not null)),
  constraint papers_held_check check (held_by is null or state = 'open')
);
create index papers_space_idx on papers (space_id, opened_at desc);
alter table papers enable row level security;
create policy papers_party on papers to reciproca_app using (party_id = (select current_party()));

-- The only thing that is kept of a text; the text, its proposals and whose words it carries are folded from it (src/text).
create table text_events (
  paper_id uuid not null,
  n integer not null constraint text_events_n_check check (n > 0),
  party_id uuid not null,
  event jsonb not null constraint text_events_event_check check (jsonb_typeof(event) = 'object'),
  at timestamptz not null,
  constraint text_events_pkey primary key (paper_id, n),
  constraint text_events_paper_fkey foreign key (paper_id, party_id) references papers (id, party_id)
);
alter table text_events enable row level security;
-- Added and read, never changed: no policy lets a row be updated or deleted.
create policy text_events_read on text_events for select to reciproca_app using (party_id = (select current_party()));
create policy text_events_add on text_events for insert to reciproca_app with check (party_id = (select current_party()));

create table paper_signatures (
  id uuid constraint paper_signatures_pkey primary key,
  paper_id uuid not null,
  party_id uuid not null,
  -- Who signed, or in whose words the secretariat recorded it.
  member_id uuid,
  -- Null: the member signs for herself.
  organisation_id uuid,
  -- The account of the secretariat that recorded an organisation's word.
  recorded_by uuid constraint paper_signatures_recorded_by_fkey references accounts,
  signed_at timestamptz not null,
  withdrawn_at timestamptz constraint paper_signatures_withdrawn_check check (withdrawn_at >= signed_at),
  constraint paper_signatures_signer_check check (member_id is not null or (organisation_id is not null and recorded_by is not null)),
  constraint paper_signatures_paper_fkey foreign key (paper_id, party_id) references papers (id, party_id),
  constraint paper_signatures_member_fkey foreign key (member_id, party_id) references members (id, party_id),
  constraint paper_signatures_organisation_fkey foreign key (organisation_id, party_id) references organisations (id, party_id)
);
create unique index paper_signatures_organisation_key on paper_signatures (paper_id, organisation_id)
  where organisation_id is not null and withdrawn_at is null;
create unique index paper_signatures_person_key on paper_signatures (paper_id, member_id)
  where organisation_id is null and withdrawn_at is null;
create index paper_signatures_member_idx on paper_signatures (member_id);
alter table paper_signatures enable row level security;
create policy paper_signatures_party on paper_signatures to reciproca_app using (party_id = (select current_party()));

create table decisions (
  id uuid constraint decisions_pkey primary key,
  party_id uuid not null,
  space_id uuid not null,
  -- A decision on a paper is on the text as it stands then.
  paper_id uuid,
  question text not null constraint decisions_question_check check (char_length(question) between 1 and 300),
  explanation text constraint decisions_explanation_check check (char_length(explanation) <= 10000),
  language text not null,
  method text not null constraint decisions_method_check
    check (method in ('consensus', 'consent', 'silence', 'ranked-choice', 'sense-check')),
  -- Ranked choice only: what is chosen among.
  options text[] not null default '{}',
  -- Who was entitled when it opened.
  entitled text not null constraint decisions_entitled_check check (entitled in ('people-of-space', 'organisations-of-space', 'members')),
  quorum integer not null constraint decisions_quorum_check check (quorum >= 0),
  opens_at timestamptz not null,
  closes_at timestamptz not null,
  outcome_due_days smallint not null constraint decisions_outcome_due_check check (outcome_due_days between 1 and 90),
  opened_by uuid constraint decisions_opened_by_fkey references accounts,
  -- 'withdrawn': taken back by those who convene before it closed.
  state text not null constraint decisions_state_check check (state in ('open', 'closed', 'withdrawn')),
  closed_at timestamptz,
  withdrawal_reason text constraint decisions_withdrawal_check check ((withdrawal_reason is not null) = (state = 'withdrawn')),
  -- As it was counted at its time; positions that came in later change nothing.
  result text constraint decisions_result_check
    check (result in ('adopted', 'not-adopted', 'broken', 'no-quorum', 'closed') and (result is not null) = (state = 'closed')),
  outcome text constraint decisions_outcome_text_check check (char_length(outcome) between 1 and 20000),
  -- Answers to those who objected: {"position": "reason"}.
  outcome_answers jsonb not null default '{}' constraint decisions_answers_check check (jsonb_typeof(outcome_answers) = 'object'),
  outcome_at timestamptz constraint decisions_outcome_check check ((outcome_at is not null) = (outcome is not null)),
  reminded_at timestamptz,
  constraint decisions_party_key unique (id, party_id),
  constraint decisions_time_check check (closes_at > opens_at),
  constraint decisions_options_check check ((method = 'ranked-choice') = (cardinality(options) > 0)),
  constraint decisions_space_fkey foreign key (space_id, party_id) references spaces (id, party_id),
  constraint decisions_paper_fkey foreign key (paper_id, party_id) references papers (id, party_id)
);
create index decisions_space_idx on decisions (space_id, opens_at desc);
create index decisions_paper_idx on decisions (paper_id);
alter table decisions enable row level security;
create policy decisions_party on decisions to reciproca_app using (party_id = (select current_party()));

-- One voice each: of a member, or of an organisation.
create table decision_voices (
  decision_id uuid not null,
  party_id uuid not null,
  member_id uuid,
  organisation_id uuid,
  constraint decision_voices_one_check check ((member_id is null) <> (organisation_id is null)),
  constraint decision_voices_decision_fkey foreign key (decision_id, party_id) references decisions (id, party_id),
  constraint decision_voices_member_fkey foreign key (member_id, party_id) references members (id, party_id),
  constraint decision_voices_organisation_fkey foreign key (organisation_id, party_id) references organisations (id, party_id)
);
create unique index decision_voices_key on decision_voices (decision_id, member_id, organisation_id) nulls not distinct;
create index decision_voices_member_idx on decision_voices (member_id);
alter table decision_voices enable row level security;
create policy decision_voices_party on decision_voices to reciproca_app using (party_id = (select current_party()));

-- Every position that was ever taken; the latest of each voice counts.
create table decision_positions (
  id uuid constraint decision_positions_pkey primary key,
  decision_id uuid not null,
  party_id uuid not null,
  member_id uuid not null,
  -- For which the member spoke; null: for herself.
  organisation_id uuid,
  choice text constraint decision_positions_choice_check check (choice in ('agree', 'stand-aside', 'object', 'abstain')),
  -- Ranked choice: numbers of options from the most wanted on.
  ranking smallint[],
  reason text constraint decision_positions_reason_check check (char_length(reason) between 1 and 2000),
  at timestamptz not null,
  constraint decision_positions_content_check check ((choice is null) <> (ranking is null)),
  constraint decision_positions_objection_check check (choice is distinct from 'object' or reason is not null),
  constraint decision_positions_decision_fkey foreign key (decision_id, party_id) references decisions (id, party_id),
  constraint decision_positions_member_fkey foreign key (member_id, party_id) references members (id, party_id),
  constraint decision_positions_organisation_fkey foreign key (organisation_id, party_id) references organisations (id, party_id)
);
create index decision_positions_decision_idx on decision_positions (decision_id, at);
create index decision_positions_member_idx on decision_positions (member_id);
alter table decision_positions enable row level security;
create policy decision_positions_party on decision_positions to reciproca_app using (party_id = (select current_party()));
