-- One ledger of everything that a party lets out of its counts. See src/exchange/ledger.ts.

-- Warnings and public bulletins stand in it as well: null in `act` for what was let out by no act, in `recipient` for what everybody reads.
alter table released_columns drop constraint released_columns_pkey;
alter table released_columns add column id bigint generated always as identity constraint released_columns_pkey primary key;
alter table released_columns alter column act drop not null;
alter table released_columns alter column recipient drop not null;
create unique index released_columns_act_key on released_columns (act, recipient, indicator) where act is not null;

-- Which indicator is the sum of which others: whoever holds some of them can work out the rest.
create table indicator_parts (
  whole_id integer not null,
  part_id integer not null,
  party_id uuid not null,
  constraint indicator_parts_pkey primary key (whole_id, part_id),
  constraint indicator_parts_whole_fkey foreign key (whole_id, party_id) references indicators (id, party_id),
  constraint indicator_parts_part_fkey foreign key (part_id, party_id) references indicators (id, party_id),
  constraint indicator_parts_self_check check (whole_id <> part_id)
);
create index indicator_parts_part_idx on indicator_parts (part_id);
alter table indicator_parts enable row level security;
create policy indicator_parts_party on indicator_parts to reciproca_app using (party_id = (select current_party()));

-- When its date comes, what became public of a flow is that it was, and what about: never the counts.
alter table flows drop column release_withheld;
alter table flows add column published_by text constraint flows_published_by_fkey references acts;
-- Its giver published something else about it than what arrived here.
alter table flows add column is_published_otherwise boolean not null default false;

-- Of how many reports that were due a count is made up. Null: not said.
alter table received_counts add column reported integer constraint received_counts_reported_check check (reported >= 0);
alter table received_counts add column expected integer constraint received_counts_expected_check check (expected >= reported);

-- Communities elsewhere that a party, or whoever hosts it, holds data about, by its own act.
create table recognised_communities (
  recogniser text not null,
  community text not null,
  act text not null references acts,
  constraint recognised_communities_pkey primary key (recogniser, community)
);
