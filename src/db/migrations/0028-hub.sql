-- What a network tells: news, events and resources, its own and gathered from its members' feeds; who follows it from elsewhere; newsletters; and
-- the words of everything public, for searching. See src/dialogue/hub/.

create extension if not exists unaccent;

-- A language's own stems, without accents, so that "sante" finds "santé". Snowball has these five among others; whatever is written in another
-- language is found by its words as they stand.
create text search configuration words_en (copy = english);
alter text search configuration words_en alter mapping for hword, hword_part, word with unaccent, english_stem;
create text search configuration words_fr (copy = french);
alter text search configuration words_fr alter mapping for hword, hword_part, word with unaccent, french_stem;
create text search configuration words_es (copy = spanish);
alter text search configuration words_es alter mapping for hword, hword_part, word with unaccent, spanish_stem;
create text search configuration words_pt (copy = portuguese);
alter text search configuration words_pt alter mapping for hword, hword_part, word with unaccent, portuguese_stem;
create text search configuration words_ar (copy = arabic);
alter text search configuration words_ar alter mapping for hword, hword_part, word with unaccent, arabic_stem;
create text search configuration words_any (copy = simple);
alter text search configuration words_any alter mapping for hword, hword_part, word with unaccent, simple;

create function words_of(language text) returns regconfig
language sql immutable parallel safe
return case split_part(language, '-', 1)
  when 'en' then 'words_en'::regconfig when 'fr' then 'words_fr'::regconfig when 'es' then 'words_es'::regconfig
  when 'pt' then 'words_pt'::regconfig when 'ar' then 'words_ar'::regconfig else 'words_any'::regconfig end;

-- Romance endings are known by their accents (informação, informações): what was written with them is found by its stem as well.
create function words_in(language text, body text) returns tsvector
language sql immutable parallel safe
return to_tsvector(words_of(language), body) || case split_part(language, '-', 1)
  when 'fr' then to_tsvector('french'::regconfig, body) when 'es' then to_tsvector('spanish'::regconfig, body)
  when 'pt' then to_tsvector('portuguese'::regconfig, body) else '' end;

create function searchable(language text, title text, body text) returns tsvector
language sql immutable parallel safe
return setweight(words_in(language, coalesce(title, '')), 'A') || setweight(words_in(language, coalesce(body, '')), 'B');

create aggregate tsvector_all (tsvector) (sfunc = tsvector_concat, stype = tsvector, initcond = '', parallel = safe);

-- Of texts by language, {"en": "...", "fr": "..."}: each in its own.
create function searchable_texts(title jsonb, body jsonb) returns tsvector
language sql immutable parallel safe
return (select coalesce(tsvector_all(searchable(language, title ->> language, body ->> language)), '')
  from (select jsonb_object_keys(title) as language union select jsonb_object_keys(body)) as languages);

create table gathered_feeds (
  id uuid constraint gathered_feeds_pkey primary key,
  party_id uuid not null,
  address text not null constraint gathered_feeds_address_check check (char_length(address) <= 2000),
  -- Whose feed it is, as the secretariat says; the feed's own title may be anything.
  title text not null constraint gathered_feeds_title_check check (char_length(title) between 1 and 200),
  language text not null constraint gathered_feeds_language_check check (language ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$'),
  -- Under which its entries stand unless they say otherwise.
  licence text constraint gathered_feeds_licence_check check (char_length(licence) <= 300),
  -- Validators of the last answer (RFC 9110, 8.8).
  etag text constraint gathered_feeds_etag_check check (char_length(etag) <= 300),
  last_modified text constraint gathered_feeds_last_modified_check check (char_length(last_modified) <= 100),
  next_at timestamptz not null,
  read_at timestamptz,
  failures smallint not null,
  -- A code of ours, never the other's words.
  failure text constraint gathered_feeds_failure_check check (char_length(failure) <= 40),
  added_by uuid constraint gathered_feeds_added_by_fkey references accounts,
  added_at timestamptz not null,
  ended_at timestamptz,
  constraint gathered_feeds_party_key unique (id, party_id),
  constraint gathered_feeds_address_key unique (party_id, address)
);
create index gathered_feeds_due_idx on gathered_feeds (next_at) where ended_at is null;
alter table gathered_feeds enable row level security;
create policy gathered_feeds_party on gathered_feeds to reciproca_app using (party_id = (select current_party()));

create table hub_items (
  id uuid constraint hub_items_pkey primary key,
  party_id uuid not null,
  kind text not null constraint hub_items_kind_check check (kind in ('news', 'event', 'resource')),
  state text not null constraint hub_items_state_check check (state in ('proposed', 'published', 'declined', 'withdrawn')),
  language text not null constraint hub_items_language_check check (language ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$'),
  title text not null constraint hub_items_title_check check (char_length(title) between 1 and 300),
  -- Of what was gathered an excerpt only: the whole is where it came from.
  body text not null constraint hub_items_body_check check (char_length(body) <= 50000),
  link text constraint hub_items_link_check check (char_length(link) <= 2000),
  -- An SPDX identifier, or what the source says. Null: nothing was said, so nothing may be assumed.
  licence text constraint hub_items_licence_check check (char_length(licence) <= 300),
  -- Credit, as it is to be given.
  authors text[] not null,
  member_id uuid,
  space_id uuid,
  -- Of an event: the time on a wall and whose wall, as for sessions.
  local_start timestamp,
  time_zone text constraint hub_items_time_zone_check check (char_length(time_zone) between 1 and 60),
  minutes integer constraint hub_items_minutes_check check (minutes between 5 and 44640),
  place text constraint hub_items_place_check check (char_length(place) <= 300),
  -- Gathered from there, under its key there: SHA-256 of its link without what only tracks readers, else of its id.
  feed_id uuid,
  origin_key bytea constraint hub_items_origin_key_check check (octet_length(origin_key) = 32),
  -- Published by another part of the house, about one thing of its own.
  source_kind text constraint hub_items_source_kind_check check (source_kind ~ '^[a-z][a-z-]{0,40}$'),
  source_id uuid,
  created_at timestamptz not null,
  published_at timestamptz,
  changed_at timestamptz not null,
  decided_by uuid constraint hub_items_decided_by_fkey references accounts,
  revision integer not null,
  words tsvector not null generated always as (searchable(language, title, body)) stored,
  constraint hub_items_party_key unique (id, party_id),
  constraint hub_items_origin_unique unique (party_id, origin_key),
  constraint hub_items_source_unique unique (party_id, source_kind, source_id),
  constraint hub_items_feed_fkey foreign key (feed_id, party_id) references gathered_feeds (id, party_id),
  constraint hub_items_member_fkey foreign key (member_id, party_id) references members (id, party_id),
  constraint hub_items_space_fkey foreign key (space_id, party_id) references spaces (id, party_id),
  constraint hub_items_event_check check ((kind = 'event') = (local_start is not null and time_zone is not null and minutes is not null)),
  constraint hub_items_gathered_check check ((feed_id is null) = (origin_key is null)),
  constraint hub_items_source_check check ((source_kind is null) = (source_id is null)),
  -- Withdrawn keeps the day it was published: whoever harvested it must learn that it is gone.
  constraint hub_items_published_check check ((published_at is not null) = (state in ('published', 'withdrawn')))
);
create index hub_items_listed_idx on hub_items (party_id, published_at desc, id desc) where state = 'published';
create index hub_items_waiting_idx on hub_items (party_id, created_at) where state = 'proposed';
create index hub_items_harvested_idx on hub_items (date_trunc('second', changed_at at time zone 'UTC'), id) where published_at is not null and feed_id is null;
create index hub_items_event_idx on hub_items (party_id, local_start) where kind = 'event' and published_at is not null;
create index hub_items_space_idx on hub_items (space_id);
create index hub_items_member_idx on hub_items (member_id);
create index hub_items_feed_idx on hub_items (feed_id, changed_at);
create index hub_items_words_idx on hub_items using gin (words) where state = 'published';
alter table hub_items enable row level security;
create policy hub_items_party on hub_items to reciproca_app using (party_id = (select current_party()));

-- Actors of ActivityPub: the network itself (space_id null) and each of its communities. The key is made when somebody first asks.
create table hub_actors (
  id uuid constraint hub_actors_pkey primary key,
  party_id uuid not null,
  space_id uuid,
  -- PKCS #8 in PEM. It signs what is sent to followers, and nothing on which anybody relies.
  private_key text not null,
  public_key text not null,
  made_at timestamptz not null,
  constraint hub_actors_party_key unique (id, party_id),
  constraint hub_actors_space_key unique nulls not distinct (party_id, space_id),
  constraint hub_actors_space_fkey foreign key (space_id, party_id) references spaces (id, party_id)
);
alter table hub_actors enable row level security;
create policy hub_actors_party on hub_actors to reciproca_app using (party_id = (select current_party()));

create table hub_followers (
  actor_id uuid not null,
  follower text not null constraint hub_followers_follower_check check (char_length(follower) <= 1000),
  party_id uuid not null,
  -- Where its server takes what is for many of its people at once, else its own.
  inbox text not null constraint hub_followers_inbox_check check (char_length(inbox) <= 1000),
  followed_at timestamptz not null,
  constraint hub_followers_pkey primary key (actor_id, follower),
  constraint hub_followers_actor_fkey foreign key (actor_id, party_id) references hub_actors (id, party_id) on delete cascade
);
create index hub_followers_inbox_idx on hub_followers (actor_id, inbox);
alter table hub_followers enable row level security;
create policy hub_followers_party on hub_followers to reciproca_app using (party_id = (select current_party()));

-- Two views are read with the rights of their owner, so that row-level security does not stand in the way of harvesting and searching the whole node.
-- Whatever is not public must not come into them, and nothing is written through them.

-- What libraries harvest, of all parties hosted here: the network's own resources and published texts. Of what was withdrawn only that it was there.
create view harvested_items as
  select id, party_id, state = 'withdrawn' as is_deleted, language, authors, published_at, changed_at,
    case when state = 'published' then title end as title, case when state = 'published' then body end as body,
    case when state = 'published' then link end as link, licence
  from hub_items where published_at is not null and feed_id is null and (kind = 'resource' or source_kind is not null);

create table newsletters (
  id uuid constraint newsletters_pkey primary key,
  party_id uuid not null,
  title jsonb not null constraint newsletters_title_check check (jsonb_typeof(title) = 'object' and title <> '{}'),
  lead jsonb not null constraint newsletters_lead_check check (jsonb_typeof(lead) = 'object'),
  language text not null,
  state text not null constraint newsletters_state_check check (state in ('draft', 'sent')),
  made_by uuid constraint newsletters_made_by_fkey references accounts,
  made_at timestamptz not null,
  sent_at timestamptz,
  -- Members whose mail is queued, and the last of them: where sending goes on after a crash.
  recipients integer not null,
  reached uuid,
  revision integer not null,
  constraint newsletters_party_key unique (id, party_id),
  constraint newsletters_sent_check check ((sent_at is not null) = (state = 'sent'))
);
create index newsletters_made_idx on newsletters (party_id, made_at desc);
alter table newsletters enable row level security;
create policy newsletters_party on newsletters to reciproca_app using (party_id = (select current_party()));

create table newsletter_items (
  newsletter_id uuid not null,
  item_id uuid not null,
  party_id uuid not null,
  position smallint not null,
  constraint newsletter_items_pkey primary key (newsletter_id, item_id),
  constraint newsletter_items_newsletter_fkey foreign key (newsletter_id, party_id) references newsletters (id, party_id) on delete cascade,
  constraint newsletter_items_item_fkey foreign key (item_id, party_id) references hub_items (id, party_id)
);
create index newsletter_items_item_idx on newsletter_items (item_id);
alter table newsletter_items enable row level security;
create policy newsletter_items_party on newsletter_items to reciproca_app using (party_id = (select current_party()));

create index spaces_words_idx on spaces using gin (searchable_texts(title, overview)) where state <> 'draft';
create index dialogue_sessions_words_idx on dialogue_sessions using gin (searchable_texts(title, overview)) where state <> 'draft';
create index shared_references_words_idx on shared_references
  using gin (searchable(coalesce(csl ->> 'language', ''), coalesce(csl ->> 'title', key), csl ->> 'abstract')) where state = 'accepted';
create index organisations_words_idx on organisations using gin (searchable('', name, ''));

-- What anybody may read and therefore search, of all parties hosted here.
create view public_words as
  select party_id, 'item' as kind, id, null::text as space, id::text as slug, jsonb_build_object(language, title) as title,
    jsonb_build_object(language, body) as body, published_at as at, words
  from hub_items where state = 'published'
  union all
  select party_id, kind, id, slug, null, title, overview, opened_on::timestamptz, searchable_texts(title, overview)
  from spaces where state <> 'draft'
  union all
  select s.party_id, 'session', s.id, p.slug, s.slug, s.title, s.overview, s.changed_at, searchable_texts(s.title, s.overview)
  from dialogue_sessions s join spaces p on p.id = s.space_id where s.state <> 'draft' and p.state <> 'draft'
  union all
  select party_id, 'reference', id, null, id::text, jsonb_build_object(coalesce(csl ->> 'language', 'und'), coalesce(csl ->> 'title', key)),
    jsonb_build_object(coalesce(csl ->> 'language', 'und'), coalesce(csl ->> 'abstract', '')), added_at,
    searchable(coalesce(csl ->> 'language', ''), coalesce(csl ->> 'title', key), csl ->> 'abstract')
  from shared_references where state = 'accepted'
  union all
  select party_id, 'organisation', id, null, id::text, jsonb_build_object('und', name), '{}'::jsonb, created_at, searchable('', name, '')
  from organisations;

revoke insert, update, delete on harvested_items, public_words from reciproca_app;
