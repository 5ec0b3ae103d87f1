-- A question put to a space: statements, votes on them, moderation that everybody can read, and what came out. See src/dialogue/statements/.

create table inquiries (
  id uuid constraint inquiries_pkey primary key,
  party_id uuid not null,
  space_id uuid not null,
  session_id uuid,
  -- Repeats the session's own value, held equal by the foreign key: then no author of a statement is stored. False without a session.
  is_chatham_house boolean not null,
  slug text not null constraint inquiries_slug_check check (slug ~ '^[a-z0-9][a-z0-9-]{0,79}$'),
  -- Texts of people stand by language: {"en": "...", "fr": "..."}.
  question jsonb not null,
  introduction jsonb not null constraint inquiries_introduction_check check (jsonb_typeof(introduction) = 'object'),
  -- The language of its first question.
  language text not null,
  -- In which statements are taken.
  languages text[] not null constraint inquiries_languages_check check (cardinality(languages) between 1 and 10),
  -- Days on the calendar of this zone: votes from the beginning of the first to the end of the last. Statements are taken as soon as it is open.
  votes_from date not null,
  closes_on date not null,
  time_zone text not null constraint inquiries_time_zone_check check (char_length(time_zone) between 1 and 60),
  -- 'anyone' who gives a mailbox; 'members' by the day it was opened; who takes part in the 'space'.
  voters text not null constraint inquiries_voters_check check (voters in ('anyone', 'members', 'space')),
  -- Whether statements are shown before or after somebody has looked at them.
  moderation text not null constraint inquiries_moderation_check check (moderation in ('before', 'after')),
  statements_each smallint not null constraint inquiries_statements_each_check check (statements_each between 0 and 50),
  state text not null constraint inquiries_state_check check (state in ('draft', 'open', 'closed')),
  opened_on date,
  closed_at timestamptz,
  closed_by uuid constraint inquiries_closed_by_fkey references accounts,
  -- What follows from it, in the words of whoever closed it.
  outcome jsonb not null constraint inquiries_outcome_check check (jsonb_typeof(outcome) = 'object'),
  revision integer not null,
  created_at timestamptz not null,
  constraint inquiries_party_key unique (id, party_id),
  constraint inquiries_chatham_key unique (id, party_id, is_chatham_house),
  constraint inquiries_slug_key unique (party_id, slug),
  constraint inquiries_space_fkey foreign key (space_id, party_id) references spaces (id, party_id),
  constraint inquiries_session_fkey foreign key (session_id, party_id, is_chatham_house)
    references dialogue_sessions (id, party_id, is_chatham_house) on update cascade,
  constraint inquiries_chatham_check check (session_id is not null or not is_chatham_house),
  constraint inquiries_question_check check (jsonb_typeof(question) = 'object' and question ? language),
  constraint inquiries_days_check check (closes_on >= votes_from),
  constraint inquiries_opened_check check ((state = 'draft') = (opened_on is null)),
  -- Closed by somebody, never by the clock.
  constraint inquiries_closed_check check ((state = 'closed') = (closed_at is not null) and (closed_at is null) = (closed_by is null))
);
create index inquiries_space_idx on inquiries (space_id, created_at);
create index inquiries_session_idx on inquiries (session_id);
create index inquiries_listed_idx on inquiries (party_id, opened_on desc, id) where state <> 'draft';
alter table inquiries enable row level security;
create policy inquiries_party on inquiries to reciproca_app using (party_id = (select current_party()));

-- The words never change. What was taken out stays, with the decision that took it out.
create table statements (
  id uuid constraint statements_pkey primary key,
  party_id uuid not null,
  inquiry_id uuid not null,
  is_chatham_house boolean not null,
  -- By which people answer in mails; given once.
  number integer not null constraint statements_number_check check (number > 0),
  text text not null constraint statements_text_check check (char_length(text) between 1 and 280 and text = btrim(text)),
  language text not null,
  -- The words without case, accents and punctuation: the same statement twice is one.
  fingerprint text not null,
  -- The author. Null: written by whoever convenes, or under the Chatham House Rule.
  member_id uuid,
  is_by_convenor boolean not null,
  source text not null constraint statements_source_check check (source in ('web', 'mail')),
  state text not null constraint statements_state_check check (state in ('held', 'shown', 'hidden')),
  -- How soon it is put before people, packages/opinion/src/routing.ts.
  priority double precision not null,
  submitted_at timestamptz not null,
  constraint statements_party_key unique (id, party_id),
  constraint statements_inquiry_key unique (id, inquiry_id, party_id),
  constraint statements_number_key unique (inquiry_id, number),
  constraint statements_same_key unique (inquiry_id, fingerprint),
  constraint statements_chatham_check check (not is_chatham_house or member_id is null),
  constraint statements_inquiry_fkey foreign key (inquiry_id, party_id, is_chatham_house)
    references inquiries (id, party_id, is_chatham_house) on update cascade,
  constraint statements_member_fkey foreign key (member_id, party_id) references members (id, party_id)
);
create index statements_state_idx on statements (inquiry_id, state, number);
create index statements_member_idx on statements (member_id);
alter table statements enable row level security;
create policy statements_party on statements to reciproca_app using (party_id = (select current_party()));

-- The public log of moderation. Rows are added and never changed.
create table statement_decisions (
  id uuid constraint statement_decisions_pkey primary key,
  party_id uuid not null,
  statement_id uuid not null,
  state text not null constraint statement_decisions_state_check check (state in ('held', 'shown', 'hidden')),
  reason text constraint statement_decisions_reason_check
    check (reason in ('names-a-person', 'abusive', 'off-topic', 'said-already', 'several-at-once', 'not-understood', 'other')),
  note text constraint statement_decisions_note_check check (char_length(note) between 1 and 500),
  -- Null: by the rule, because its author said that it names somebody.
  decided_by uuid constraint statement_decisions_decided_by_fkey references accounts,
  at timestamptz not null,
  -- Nothing is taken out without a reason.
  constraint statement_decisions_why_check check (state = 'shown' or reason is not null),
  constraint statement_decisions_statement_fkey foreign key (statement_id, party_id) references statements (id, party_id)
);
create index statement_decisions_statement_idx on statement_decisions (statement_id, at);
alter table statement_decisions enable row level security;
create policy statement_decisions_party on statement_decisions to reciproca_app using (party_id = (select current_party()));

-- The latest of a language is shown; the earlier ones remain.
create table statement_translations (
  id uuid constraint statement_translations_pkey primary key,
  party_id uuid not null,
  statement_id uuid not null,
  language text not null,
  text text not null constraint statement_translations_text_check check (char_length(text) between 1 and 600 and text = btrim(text)),
  -- The name of the machine, as whoever brought it says. Null: a person translated.
  machine text constraint statement_translations_machine_check check (char_length(machine) between 1 and 100),
  brought_by uuid not null constraint statement_translations_brought_by_fkey references accounts,
  at timestamptz not null,
  constraint statement_translations_statement_fkey foreign key (statement_id, party_id) references statements (id, party_id)
);
create index statement_translations_statement_idx on statement_translations (statement_id, language, at);
alter table statement_translations enable row level security;
create policy statement_translations_party on statement_translations to reciproca_app using (party_id = (select current_party()));

-- One row a person and statement: the last vote counts.
create table statement_votes (
  statement_id uuid not null,
  member_id uuid not null,
  inquiry_id uuid not null,
  party_id uuid not null,
  -- 1 agree, 0 pass, -1 disagree.
  vote smallint not null constraint statement_votes_vote_check check (vote between -1 and 1),
  source text not null constraint statement_votes_source_check check (source in ('web', 'mail')),
  voted_at timestamptz not null,
  -- As it stands in what was published. Given or changed since: is_waiting, until enough others wait with it (src/dialogue/statements/results).
  published_vote smallint,
  is_waiting boolean not null,
  constraint statement_votes_pkey primary key (statement_id, member_id),
  constraint statement_votes_statement_fkey foreign key (statement_id, inquiry_id, party_id) references statements (id, inquiry_id, party_id),
  constraint statement_votes_member_fkey foreign key (member_id, party_id) references members (id, party_id)
);
create index statement_votes_member_idx on statement_votes (inquiry_id, member_id, voted_at);
create index statement_votes_waiting_idx on statement_votes (inquiry_id, statement_id, voted_at) where is_waiting;
alter table statement_votes enable row level security;
create policy statement_votes_party on statement_votes to reciproca_app using (party_id = (select current_party()));

-- What anybody may see, and nothing else. The final one never changes.
create table inquiry_results (
  inquiry_id uuid constraint inquiry_results_pkey primary key,
  party_id uuid not null,
  content jsonb not null,
  is_final boolean not null,
  computed_at timestamptz not null,
  revision integer not null,
  constraint inquiry_results_inquiry_fkey foreign key (inquiry_id, party_id) references inquiries (id, party_id)
);
alter table inquiry_results enable row level security;
create policy inquiry_results_party on inquiry_results to reciproca_app using (party_id = (select current_party()));

-- Who was asked by mail, so that nobody is asked twice.
create table inquiry_asked (
  inquiry_id uuid not null,
  member_id uuid not null,
  party_id uuid not null,
  asked_at timestamptz not null,
  constraint inquiry_asked_pkey primary key (inquiry_id, member_id),
  constraint inquiry_asked_inquiry_fkey foreign key (inquiry_id, party_id) references inquiries (id, party_id),
  constraint inquiry_asked_member_fkey foreign key (member_id, party_id) references members (id, party_id)
);
create index inquiry_asked_member_idx on inquiry_asked (member_id);
alter table inquiry_asked enable row level security;
create policy inquiry_asked_party on inquiry_asked to reciproca_app using (party_id = (select current_party()));
