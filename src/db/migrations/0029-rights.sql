-- Rights inside a network: its code of conduct, and complaints. See src/dialogue/rights/.

create table conduct_codes (
  party_id uuid not null,
  version integer not null constraint conduct_codes_version_check check (version > 0),
  -- By language.
  words jsonb not null constraint conduct_codes_words_check check (jsonb_typeof(words) = 'object'),
  -- Without an answer after so many days a complaint goes to the next instance.
  answer_days smallint not null constraint conduct_codes_days_check check (answer_days between 1 and 90),
  published_at timestamptz not null,
  published_by uuid constraint conduct_codes_published_by_fkey references accounts,
  constraint conduct_codes_pkey primary key (party_id, version)
);
alter table conduct_codes enable row level security;
create policy conduct_codes_party on conduct_codes to reciproca_app using (party_id = (select current_party()));

create table complaint_handlers (
  party_id uuid not null,
  member_id uuid not null,
  -- 1 answers first.
  instance smallint not null constraint complaint_handlers_instance_check check (instance between 1 and 5),
  since date not null,
  constraint complaint_handlers_pkey primary key (party_id, member_id),
  constraint complaint_handlers_member_fkey foreign key (member_id, party_id) references members (id, party_id)
);
alter table complaint_handlers enable row level security;
create policy complaint_handlers_party on complaint_handlers to reciproca_app using (party_id = (select current_party()));

-- Read by whoever complains and by those who handle it, never by the secretariat as such.
create table complaints (
  id uuid constraint complaints_pkey primary key,
  party_id uuid not null,
  member_id uuid not null,
  space_id uuid,
  state text not null constraint complaints_state_check check (state in ('waiting', 'answered', 'closed')),
  instance smallint not null constraint complaints_instance_check check (instance between 1 and 5),
  filed_at timestamptz not null,
  due_at timestamptz not null,
  constraint complaints_party_key unique (id, party_id),
  constraint complaints_member_fkey foreign key (member_id, party_id) references members (id, party_id),
  constraint complaints_space_fkey foreign key (space_id, party_id) references spaces (id, party_id)
);
create index complaints_member_idx on complaints (member_id);
create index complaints_due_idx on complaints (party_id, due_at) where state = 'waiting';
alter table complaints enable row level security;
create policy complaints_party on complaints to reciproca_app using (party_id = (select current_party()));

-- Handlers whom it is about: they never see it.
create table complaint_subjects (
  complaint_id uuid not null,
  member_id uuid not null,
  party_id uuid not null,
  constraint complaint_subjects_pkey primary key (complaint_id, member_id),
  constraint complaint_subjects_complaint_fkey foreign key (complaint_id, party_id) references complaints (id, party_id) on delete cascade,
  constraint complaint_subjects_member_fkey foreign key (member_id, party_id) references members (id, party_id)
);
create index complaint_subjects_member_idx on complaint_subjects (member_id);
alter table complaint_subjects enable row level security;
create policy complaint_subjects_party on complaint_subjects to reciproca_app using (party_id = (select current_party()));

create table complaint_words (
  id uuid constraint complaint_words_pkey primary key,
  complaint_id uuid not null,
  party_id uuid not null,
  member_id uuid not null,
  words text not null constraint complaint_words_words_check check (char_length(words) between 1 and 20000),
  at timestamptz not null,
  constraint complaint_words_complaint_fkey foreign key (complaint_id, party_id) references complaints (id, party_id) on delete cascade,
  constraint complaint_words_member_fkey foreign key (member_id, party_id) references members (id, party_id)
);
create index complaint_words_complaint_idx on complaint_words (complaint_id, at);
create index complaint_words_member_idx on complaint_words (member_id);
alter table complaint_words enable row level security;
create policy complaint_words_party on complaint_words to reciproca_app using (party_id = (select current_party()));
