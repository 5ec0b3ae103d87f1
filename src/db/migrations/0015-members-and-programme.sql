-- People and organisations of a network, and its programme: spaces (series of dialogues, communities of practice), sessions, who takes part, and
-- references. A network is any party hosted here. See src/network/members/ and src/dialogue/programme/.

-- What a network says of itself on its first page, by language.
create table network_profiles (
  party_id uuid constraint network_profiles_pkey primary key,
  about jsonb not null constraint network_profiles_about_check check (jsonb_typeof(about) = 'object'),
  contact text constraint network_profiles_contact_check check (char_length(contact) <= 300),
  website text,
  revision integer not null
);
alter table network_profiles enable row level security;
create policy network_profiles_party on network_profiles to reciproca_app using (party_id = (select current_party()));

create table organisations (
  id uuid constraint organisations_pkey primary key,
  party_id uuid not null,
  name text not null constraint organisations_name_check check (char_length(name) between 1 and 200 and name = btrim(name)),
  -- Kinds of party, mission.md S6.
  kind text not null constraint organisations_kind_check check (kind in ('government', 'international-organisation',
    'development-partner', 'academia', 'civil-society', 'private-sector', 'community', 'union', 'patients-organisation',
    'indigenous-peoples-organisation', 'foundation', 'network')),
  -- ISO 3166-1 alpha-2. Null: none, or not known.
  country text constraint organisations_country_check check (country ~ '^[A-Z]{2}$'),
  -- When it is a party of its own on some node.
  did text,
  website text,
  revision integer not null,
  created_at timestamptz not null,
  constraint organisations_party_key unique (id, party_id)
);
create unique index organisations_name_key on organisations (party_id, lower(name));
alter table organisations enable row level security;
create policy organisations_party on organisations to reciproca_app using (party_id = (select current_party()));

-- A person that a network knows. Whoever asks to come in has no confirmed_at until the link in the mail is used.
create table members (
  id uuid constraint members_pkey primary key,
  party_id uuid not null,
  account_id uuid constraint members_account_fkey references accounts on delete set null,
  -- Null only after erasure.
  email text constraint members_email_check check (email = lower(email) and char_length(email) between 3 and 254),
  name text not null constraint members_name_check check (char_length(name) between 1 and 200),
  -- BCP 47, of the mails this person gets.
  language text not null constraint members_language_check check (language ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$'),
  -- IANA.
  time_zone text not null constraint members_time_zone_check check (char_length(time_zone) between 1 and 60),
  organisation_id uuid,
  constituency text not null constraint members_constituency_check check (constituency in ('government', 'international-organisation',
    'development-partner', 'academia', 'civil-society', 'private-sector', 'community', 'union', 'patients-organisation',
    'indigenous-peoples-organisation', 'foundation', 'network')),
  country text constraint members_country_check check (country ~ '^[A-Z]{2}$'),
  -- As the person says. Null: not said, which is not the same as preferring not to say.
  gender text constraint members_gender_check check (gender in ('woman', 'man', 'another', 'prefer-not-to-say')),
  about text constraint members_about_check check (char_length(about) <= 2000),
  digest text not null constraint members_digest_check check (digest in ('each', 'daily', 'weekly', 'none')),
  mail_state text not null constraint members_mail_state_check check (mail_state in ('active', 'bouncing', 'unsubscribed')),
  -- Each consent with the moment it was given; null: not given, or taken back.
  directory_consent_at timestamptz,
  contact_consent_at timestamptz,
  photo_consent_at timestamptz,
  recording_consent_at timestamptz,
  joined_on date not null,
  confirmed_at timestamptz,
  left_on date,
  erased_at timestamptz,
  revision integer not null,
  constraint members_party_key unique (id, party_id),
  constraint members_email_key unique (party_id, email),
  constraint members_account_key unique (party_id, account_id),
  constraint members_organisation_fkey foreign key (organisation_id, party_id) references organisations (id, party_id),
  constraint members_left_check check (left_on >= joined_on),
  constraint members_erased_check check ((email is null) = (erased_at is not null) and (erased_at is null or left_on is not null)),
  -- Who has left gave no consent to go on being shown.
  constraint members_left_consent_check check (left_on is null or (directory_consent_at is null and contact_consent_at is null))
);
create index members_organisation_idx on members (organisation_id);
create index members_account_idx on members (account_id);
create index members_present_idx on members (party_id, lower(name), id) where left_on is null and confirmed_at is not null;
create index members_listed_idx on members (party_id, lower(name), id)
  where left_on is null and confirmed_at is not null and directory_consent_at is not null;
create index members_pending_idx on members (party_id, joined_on desc, id) where left_on is null and confirmed_at is null;
create index members_left_idx on members (id) where left_on is not null;
create index members_digest_idx on members (party_id, digest, id)
  where left_on is null and confirmed_at is not null and mail_state = 'active';
alter table members enable row level security;
create policy members_party on members to reciproca_app using (party_id = (select current_party()));

-- Who speaks for whom.
create table mandates (
  id uuid constraint mandates_pkey primary key,
  party_id uuid not null,
  member_id uuid not null,
  organisation_id uuid not null,
  -- What it covers, in the words of who gave it; empty: everything in this network.
  scope text not null constraint mandates_scope_check check (char_length(scope) <= 500),
  since date not null,
  until date,
  recorded_by uuid constraint mandates_recorded_by_fkey references accounts,
  recorded_at timestamptz not null,
  constraint mandates_until_check check (until >= since),
  constraint mandates_member_fkey foreign key (member_id, party_id) references members (id, party_id),
  constraint mandates_organisation_fkey foreign key (organisation_id, party_id) references organisations (id, party_id)
);
create index mandates_organisation_idx on mandates (organisation_id);
create index mandates_member_idx on mandates (member_id);
alter table mandates enable row level security;
create policy mandates_party on mandates to reciproca_app using (party_id = (select current_party()));

-- A key opens one thing for one member: in a reply address and in a link. Only its SHA-256 is kept; every mail carries a new one.
create table mail_keys (
  key_hash bytea constraint mail_keys_pkey primary key constraint mail_keys_hash_check check (octet_length(key_hash) = 32),
  party_id uuid not null,
  member_id uuid not null,
  kind text not null constraint mail_keys_kind_check check (kind ~ '^[a-z][a-z-]{0,40}$'),
  thing_id uuid not null,
  made_at timestamptz not null,
  expires_at timestamptz not null,
  constraint mail_keys_member_fkey foreign key (member_id, party_id) references members (id, party_id) on delete cascade
);
create index mail_keys_member_idx on mail_keys (member_id);
create index mail_keys_expires_idx on mail_keys (expires_at);
alter table mail_keys enable row level security;
create policy mail_keys_party on mail_keys to reciproca_app using (party_id = (select current_party()));

-- WHO region and World Bank income group by country, from the year on; a group is that of the latest year not after the one asked for. Facts, as
-- a compilation of 2021 gives them: WHO's regions, the World Bank's classification of 2018 and 2019. Later years are added as rows.
create table country_groups (
  country text not null,
  since_year smallint not null,
  who_region text constraint country_groups_region_check check (who_region in ('AFR', 'AMR', 'EMR', 'EUR', 'SEAR', 'WPR')),
  income_group text constraint country_groups_income_check check (income_group in ('low', 'lower-middle', 'upper-middle', 'high')),
  constraint country_groups_pkey primary key (country, since_year)
);
insert into country_groups (country, since_year, who_region, income_group) values
  ('AD', 2018, 'EUR', 'high'), ('AE', 2018, 'EMR', 'high'), ('AF', 2018, 'EMR', 'low'), ('AG', 2018, 'AMR', 'high'),
  ('AI', 2018, 'AMR', null), ('AL', 2018, 'EUR', 'upper-middle'), ('AM', 2018, 'EUR', 'upper-middle'),
  ('AO', 2018, 'AFR', 'lower-middle'), ('AR', 2018, 'AMR', 'upper-middle'), ('AS', 2018, 'WPR', 'upper-middle'),
  ('AT', 2018, 'EUR', 'high'), ('AU', 2018, 'WPR', 'high'), ('AW', 2018, 'AMR', 'high'), ('AZ', 2018, 'EUR', 'upper-middle'),
  ('BA', 2018, 'EUR', 'upper-middle'), ('BB', 2018, 'AMR', 'high'), ('BD', 2018, 'SEAR', 'lower-middle'),
  ('BE', 2018, 'EUR', 'high'), ('BF', 2018, 'AFR', 'low'), ('BG', 2018, 'EUR', 'upper-middle'), ('BH', 2018, 'EMR', 'high'),
  ('BI', 2018, 'AFR', 'low'), ('BJ', 2018, 'AFR', 'low'), ('BJ', 2019, 'AFR', 'lower-middle'), ('BM', 2018, 'AMR', 'high'),
  ('BN', 2018, 'WPR', 'high'), ('BO', 2018, 'AMR', 'lower-middle'), ('BQ', 2018, 'AMR', null),
  ('BR', 2018, 'AMR', 'upper-middle'), ('BS', 2018, 'AMR', 'high'), ('BT', 2018, 'SEAR', 'lower-middle'),
  ('BW', 2018, 'AFR', 'upper-middle'), ('BY', 2018, 'EUR', 'upper-middle'), ('BZ', 2018, 'AMR', 'upper-middle'),
  ('CA', 2018, 'AMR', 'high'), ('CD', 2018, 'AFR', 'low'), ('CF', 2018, 'AFR', 'low'), ('CG', 2018, 'AFR', 'lower-middle'),
  ('CH', 2018, 'EUR', 'high'), ('CI', 2018, 'AFR', 'lower-middle'), ('CK', 2018, 'WPR', null), ('CL', 2018, 'AMR', 'high'),
  ('CM', 2018, 'AFR', 'lower-middle'), ('CN', 2018, 'WPR', 'upper-middle'), ('CO', 2018, 'AMR', 'upper-middle'),
  ('CR', 2018, 'AMR', 'upper-middle'), ('CU', 2018, 'AMR', 'upper-middle'), ('CV', 2018, 'AFR', 'lower-middle'),
  ('CW', 2018, 'AMR', 'high'), ('CY', 2018, 'EUR', 'high'), ('CZ', 2018, 'EUR', 'high'), ('DE', 2018, 'EUR', 'high'),
  ('DJ', 2018, 'EMR', 'lower-middle'), ('DK', 2018, 'EUR', 'high'), ('DM', 2018, 'AMR', 'upper-middle'),
  ('DO', 2018, 'AMR', 'upper-middle'), ('DZ', 2018, 'AFR', 'upper-middle'), ('DZ', 2019, 'AFR', 'lower-middle'),
  ('EC', 2018, 'AMR', 'upper-middle'), ('EE', 2018, 'EUR', 'high'), ('EG', 2018, 'EMR', 'lower-middle'),
  ('ER', 2018, 'AFR', 'low'), ('ES', 2018, 'EUR', 'high'), ('ET', 2018, 'AFR', 'low'), ('FI', 2018, 'EUR', 'high'),
  ('FJ', 2018, 'WPR', 'upper-middle'), ('FM', 2018, 'WPR', 'lower-middle'), ('FO', 2018, null, 'high'),
  ('FR', 2018, 'EUR', 'high'), ('GA', 2018, 'AFR', 'upper-middle'), ('GB', 2018, 'EUR', 'high'),
  ('GD', 2018, 'AMR', 'upper-middle'), ('GE', 2018, 'EUR', 'upper-middle'), ('GH', 2018, 'AFR', 'lower-middle'),
  ('GI', 2018, null, 'high'), ('GL', 2018, 'EUR', 'high'), ('GM', 2018, 'AFR', 'low'), ('GN', 2018, 'AFR', 'low'),
  ('GQ', 2018, 'AFR', 'upper-middle'), ('GR', 2018, 'EUR', 'high'), ('GT', 2018, 'AMR', 'upper-middle'),
  ('GU', 2018, 'WPR', 'high'), ('GW', 2018, 'AFR', 'low'), ('GY', 2018, 'AMR', 'upper-middle'), ('HK', 2018, 'WPR', 'high'),
  ('HN', 2018, 'AMR', 'lower-middle'), ('HR', 2018, 'EUR', 'high'), ('HT', 2018, 'AMR', 'low'), ('HU', 2018, 'EUR', 'high'),
  ('ID', 2018, 'SEAR', 'lower-middle'), ('ID', 2019, 'SEAR', 'upper-middle'), ('IE', 2018, 'EUR', 'high'),
  ('IL', 2018, 'EUR', 'high'), ('IM', 2018, null, 'high'), ('IN', 2018, 'SEAR', 'lower-middle'),
  ('IQ', 2018, 'EMR', 'upper-middle'), ('IR', 2018, 'EMR', 'upper-middle'), ('IS', 2018, 'EUR', 'high'),
  ('IT', 2018, 'EUR', 'high'), ('JM', 2018, 'AMR', 'upper-middle'), ('JO', 2018, 'EMR', 'upper-middle'),
  ('JP', 2018, 'WPR', 'high'), ('KE', 2018, 'AFR', 'lower-middle'), ('KG', 2018, 'EUR', 'lower-middle'),
  ('KH', 2018, 'WPR', 'lower-middle'), ('KI', 2018, 'WPR', 'lower-middle'), ('KM', 2018, 'AFR', 'lower-middle'),
  ('KN', 2018, 'AMR', 'high'), ('KP', 2018, 'SEAR', 'low'), ('KR', 2018, 'WPR', 'high'), ('KW', 2018, 'EMR', 'high'),
  ('KY', 2018, 'AMR', 'high'), ('KZ', 2018, 'EUR', 'upper-middle'), ('LA', 2018, 'WPR', 'lower-middle'),
  ('LB', 2018, 'EMR', 'upper-middle'), ('LC', 2018, 'AMR', 'upper-middle'), ('LI', 2018, null, 'high'),
  ('LK', 2018, 'SEAR', 'upper-middle'), ('LK', 2019, 'SEAR', 'lower-middle'), ('LR', 2018, 'AFR', 'low'),
  ('LS', 2018, 'AFR', 'lower-middle'), ('LT', 2018, 'EUR', 'high'), ('LU', 2018, 'EUR', 'high'), ('LV', 2018, 'EUR', 'high'),
  ('LY', 2018, 'EMR', 'upper-middle'), ('MA', 2018, 'EMR', 'lower-middle'), ('MC', 2018, 'EUR', 'high'),
  ('MD', 2018, 'EUR', 'lower-middle'), ('ME', 2018, 'EUR', 'upper-middle'), ('MF', 2018, null, 'high'),
  ('MG', 2018, 'AFR', 'low'), ('MH', 2018, 'WPR', 'upper-middle'), ('MK', 2018, 'EUR', 'upper-middle'),
  ('ML', 2018, 'AFR', 'low'), ('MM', 2018, 'SEAR', 'lower-middle'), ('MN', 2018, 'WPR', 'lower-middle'),
  ('MO', 2018, 'WPR', 'high'), ('MP', 2018, 'WPR', 'high'), ('MR', 2018, 'AFR', 'lower-middle'), ('MS', 2018, 'AMR', null),
  ('MT', 2018, 'EUR', 'high'), ('MU', 2018, 'AFR', 'upper-middle'), ('MU', 2019, 'AFR', 'high'),
  ('MV', 2018, 'SEAR', 'upper-middle'), ('MW', 2018, 'AFR', 'low'), ('MX', 2018, 'AMR', 'upper-middle'),
  ('MY', 2018, 'WPR', 'upper-middle'), ('MZ', 2018, 'AFR', 'low'), ('NC', 2018, 'WPR', 'high'), ('NE', 2018, 'AFR', 'low'),
  ('NG', 2018, 'AFR', 'lower-middle'), ('NI', 2018, 'AMR', 'lower-middle'), ('NL', 2018, 'EUR', 'high'),
  ('NO', 2018, 'EUR', 'high'), ('NP', 2018, 'SEAR', 'low'), ('NP', 2019, 'SEAR', 'lower-middle'),
  ('NR', 2018, 'WPR', 'upper-middle'), ('NR', 2019, 'WPR', 'high'), ('NU', 2018, 'WPR', null), ('NZ', 2018, 'WPR', 'high'),
  ('OM', 2018, 'EMR', 'high'), ('PA', 2018, 'AMR', 'high'), ('PE', 2018, 'AMR', 'upper-middle'), ('PF', 2018, 'WPR', 'high'),
  ('PG', 2018, 'WPR', 'lower-middle'), ('PH', 2018, 'WPR', 'lower-middle'), ('PK', 2018, 'EMR', 'lower-middle'),
  ('PL', 2018, 'EUR', 'high'), ('PR', 2018, 'AMR', 'high'), ('PS', 2018, 'EMR', 'lower-middle'), ('PT', 2018, 'EUR', 'high'),
  ('PW', 2018, 'WPR', 'high'), ('PY', 2018, 'AMR', 'upper-middle'), ('QA', 2018, 'EMR', 'high'),
  ('RO', 2018, 'EUR', 'upper-middle'), ('RO', 2019, 'EUR', 'high'), ('RS', 2018, 'EUR', 'upper-middle'),
  ('RU', 2018, 'EUR', 'upper-middle'), ('RW', 2018, 'AFR', 'low'), ('SA', 2018, 'EMR', 'high'),
  ('SB', 2018, 'WPR', 'lower-middle'), ('SC', 2018, 'AFR', 'high'), ('SD', 2018, 'EMR', 'lower-middle'),
  ('SD', 2019, 'EMR', 'low'), ('SE', 2018, 'EUR', 'high'), ('SG', 2018, 'WPR', 'high'), ('SI', 2018, 'EUR', 'high'),
  ('SK', 2018, 'EUR', 'high'), ('SL', 2018, 'AFR', 'low'), ('SM', 2018, 'EUR', 'high'), ('SN', 2018, 'AFR', 'lower-middle'),
  ('SO', 2018, 'EMR', 'low'), ('SR', 2018, 'AMR', 'upper-middle'), ('SS', 2018, 'AFR', 'low'),
  ('ST', 2018, 'AFR', 'lower-middle'), ('SV', 2018, 'AMR', 'lower-middle'), ('SX', 2018, 'AMR', 'high'),
  ('SY', 2018, 'EMR', 'low'), ('SZ', 2018, 'AFR', 'lower-middle'), ('TC', 2018, 'AMR', 'high'), ('TD', 2018, 'AFR', 'low'),
  ('TG', 2018, 'AFR', 'low'), ('TH', 2018, 'SEAR', 'upper-middle'), ('TJ', 2018, 'EUR', 'low'), ('TK', 2018, 'WPR', null),
  ('TL', 2018, 'SEAR', 'lower-middle'), ('TM', 2018, 'EUR', 'upper-middle'), ('TN', 2018, 'EMR', 'lower-middle'),
  ('TO', 2018, 'WPR', 'upper-middle'), ('TR', 2018, 'EUR', 'upper-middle'), ('TT', 2018, 'AMR', 'high'),
  ('TV', 2018, 'WPR', 'upper-middle'), ('TW', 2018, null, 'high'), ('TZ', 2018, 'AFR', 'low'),
  ('TZ', 2019, 'AFR', 'lower-middle'), ('UA', 2018, 'EUR', 'lower-middle'), ('UG', 2018, 'AFR', 'low'),
  ('US', 2018, 'AMR', 'high'), ('UY', 2018, 'AMR', 'high'), ('UZ', 2018, 'EUR', 'lower-middle'),
  ('VC', 2018, 'AMR', 'upper-middle'), ('VE', 2018, 'AMR', 'upper-middle'), ('VG', 2018, 'AMR', 'high'),
  ('VI', 2018, 'AMR', 'high'), ('VN', 2018, 'WPR', 'lower-middle'), ('VU', 2018, 'WPR', 'lower-middle'),
  ('WF', 2018, 'WPR', null), ('WS', 2018, 'WPR', 'upper-middle'), ('YE', 2018, 'EMR', 'low'),
  ('ZA', 2018, 'AFR', 'upper-middle'), ('ZM', 2018, 'AFR', 'lower-middle'), ('ZW', 2018, 'AFR', 'lower-middle');

-- A series of dialogues or a community of practice. Texts of people stand by language: {"en": "...", "fr": "..."}.
create table spaces (
  id uuid constraint spaces_pkey primary key,
  party_id uuid not null,
  slug text not null constraint spaces_slug_check check (slug ~ '^[a-z0-9][a-z0-9-]{0,79}$'),
  kind text not null constraint spaces_kind_check check (kind in ('series', 'community')),
  title jsonb not null,
  overview jsonb not null,
  -- The language of its first title; what it is shown in when a reader's own is missing.
  language text not null,
  -- Of its sessions, unless they say otherwise. IANA.
  time_zone text not null constraint spaces_time_zone_check check (char_length(time_zone) between 1 and 60),
  mandate jsonb not null,
  charter jsonb not null,
  output_kind text constraint spaces_output_kind_check
    check (output_kind in ('guideline', 'position-paper', 'joint-statement', 'recommendations', 'other')),
  output_due_on date,
  output_paper uuid,
  -- Where the output can be read, when it was published elsewhere.
  output_link text,
  -- A convenor hands over after so many months. Null: no rotation.
  convenor_term_months smallint constraint spaces_convenor_term_check check (convenor_term_months between 1 and 60),
  joining text not null constraint spaces_joining_check check (joining in ('open', 'by-invitation')),
  state text not null constraint spaces_state_check check (state in ('draft', 'open', 'closed')),
  is_template boolean not null,
  copied_from uuid,
  opened_on date,
  revision integer not null,
  created_at timestamptz not null,
  constraint spaces_party_key unique (id, party_id),
  constraint spaces_slug_key unique (party_id, slug),
  constraint spaces_copied_from_fkey foreign key (copied_from, party_id) references spaces (id, party_id),
  -- A community is bound to produce something by a day.
  constraint spaces_output_check check (kind = 'series' or state = 'draft' or is_template or (output_kind is not null and output_due_on is not null)),
  constraint spaces_template_check check (not is_template or state = 'draft'),
  constraint spaces_title_check check (jsonb_typeof(title) = 'object' and title ? language)
);
create index spaces_listed_idx on spaces (party_id, kind, opened_on desc, id) where state <> 'draft';
alter table spaces enable row level security;
create policy spaces_party on spaces to reciproca_app using (party_id = (select current_party()));

create table space_people (
  space_id uuid not null,
  member_id uuid not null,
  role text not null constraint space_people_role_check
    check (role in ('convenor', 'facilitator', 'rapporteur', 'expert', 'participant')),
  party_id uuid not null,
  since date not null,
  until date constraint space_people_until_check check (until >= since),
  constraint space_people_pkey primary key (space_id, member_id, role, since),
  constraint space_people_space_fkey foreign key (space_id, party_id) references spaces (id, party_id),
  constraint space_people_member_fkey foreign key (member_id, party_id) references members (id, party_id)
);
create unique index space_people_present_key on space_people (space_id, member_id, role) where until is null;
create index space_people_role_idx on space_people (space_id, role, member_id) where until is null;
create index space_people_member_idx on space_people (member_id);
alter table space_people enable row level security;
create policy space_people_party on space_people to reciproca_app using (party_id = (select current_party()));

-- The time on the wall and its zone are the truth; the instant is derived from them, so that a State that changes its summer time moves the instant
-- and not the hour that was announced.
create table dialogue_sessions (
  id uuid constraint dialogue_sessions_pkey primary key,
  party_id uuid not null,
  space_id uuid not null,
  position smallint not null,
  slug text not null constraint dialogue_sessions_slug_check check (slug ~ '^[a-z0-9][a-z0-9-]{0,79}$'),
  title jsonb not null constraint dialogue_sessions_title_check check (jsonb_typeof(title) = 'object' and title <> '{}'),
  overview jsonb not null,
  -- Languages spoken, BCP 47.
  languages text[] not null,
  local_start timestamp not null,
  time_zone text not null constraint dialogue_sessions_time_zone_check check (char_length(time_zone) between 1 and 60),
  minutes smallint not null constraint dialogue_sessions_minutes_check check (minutes between 5 and 10080),
  place text constraint dialogue_sessions_place_check check (char_length(place) <= 300),
  meeting_link text,
  -- How to take part by telephone, and whatever else those registered need.
  joining_notes text constraint dialogue_sessions_joining_notes_check check (char_length(joining_notes) <= 2000),
  capacity integer constraint dialogue_sessions_capacity_check check (capacity > 0),
  registration text not null constraint dialogue_sessions_registration_check check (registration in ('open', 'members', 'closed')),
  is_chatham_house boolean not null,
  open_until_days smallint not null constraint dialogue_sessions_open_until_check check (open_until_days between 0 and 365),
  recording_link text,
  state text not null constraint dialogue_sessions_state_check check (state in ('draft', 'announced', 'cancelled')),
  -- RFC 5545: UID never changes, SEQUENCE counts changes of time, place or cancellation.
  uid text not null constraint dialogue_sessions_uid_check check (char_length(uid) between 1 and 255),
  sequence integer not null,
  changed_at timestamptz not null,
  revision integer not null,
  constraint dialogue_sessions_party_key unique (id, party_id),
  constraint dialogue_sessions_chatham_key unique (id, party_id, is_chatham_house),
  constraint dialogue_sessions_slug_key unique (space_id, slug),
  constraint dialogue_sessions_uid_key unique (party_id, uid),
  constraint dialogue_sessions_space_fkey foreign key (space_id, party_id) references spaces (id, party_id),
  -- Nobody is recorded where nobody may be quoted.
  constraint dialogue_sessions_recording_check check (not is_chatham_house or recording_link is null)
);
create index dialogue_sessions_space_idx on dialogue_sessions (space_id, position);
create index dialogue_sessions_time_idx on dialogue_sessions (party_id, local_start) where state <> 'draft';
alter table dialogue_sessions enable row level security;
create policy dialogue_sessions_party on dialogue_sessions to reciproca_app using (party_id = (select current_party()));

-- Who has to do with a session. is_chatham_house repeats the session's own value, held equal by the foreign key: what such a session must not store
-- is refused here, and a session with speakers cannot be put under the rule until they are taken out. Other tables do the same.
create table session_people (
  id uuid constraint session_people_pkey primary key,
  party_id uuid not null,
  session_id uuid not null,
  is_chatham_house boolean not null,
  member_id uuid,
  -- Of somebody who is not a member, with the moment the person agreed to being named.
  name text constraint session_people_name_check check (char_length(name) between 1 and 200),
  named_with_consent_at timestamptz,
  affiliation text constraint session_people_affiliation_check check (char_length(affiliation) <= 200),
  about text constraint session_people_about_check check (char_length(about) <= 2000),
  -- What the person contributed: slides, a paper, a page.
  input_link text,
  role text not null constraint session_people_role_check
    check (role in ('speaker', 'chair', 'moderator', 'rapporteur', 'registered', 'attended')),
  mode text constraint session_people_mode_check check (mode in ('in-person', 'remote', 'phone', 'mail')),
  position smallint not null,
  at timestamptz not null,
  constraint session_people_party_key unique (id, party_id),
  constraint session_people_person_check check ((member_id is null) <> (name is null)),
  constraint session_people_consent_check check (name is null or named_with_consent_at is not null),
  -- Chatham House Rule: neither who spoke nor who was there. The registration remains, for the link; it is never shown.
  constraint session_people_chatham_check check (not is_chatham_house or role not in ('speaker', 'attended')),
  constraint session_people_session_fkey foreign key (session_id, party_id, is_chatham_house)
    references dialogue_sessions (id, party_id, is_chatham_house) on update cascade,
  constraint session_people_member_fkey foreign key (member_id, party_id) references members (id, party_id)
);
create unique index session_people_member_key on session_people (session_id, member_id, role) where member_id is not null;
create index session_people_role_idx on session_people (session_id, role, at, id);
create index session_people_member_idx on session_people (member_id);
alter table session_people enable row level security;
create policy session_people_party on session_people to reciproca_app using (party_id = (select current_party()));

create table session_materials (
  id uuid constraint session_materials_pkey primary key,
  party_id uuid not null,
  session_id uuid not null,
  title text not null constraint session_materials_title_check check (char_length(title) between 1 and 300),
  language text,
  link text,
  -- Or a file: what it is, and under which hash it lies among the attachments.
  file_name text,
  media_type text,
  size_bytes bigint,
  sha256 text constraint session_materials_sha256_check check (sha256 ~ '^[0-9a-f]{64}$'),
  position smallint not null,
  at timestamptz not null,
  constraint session_materials_content_check check ((link is null) <> (sha256 is null)),
  constraint session_materials_session_fkey foreign key (session_id, party_id) references dialogue_sessions (id, party_id)
);
create index session_materials_session_idx on session_materials (session_id, position);
alter table session_materials enable row level security;
create policy session_materials_party on session_materials to reciproca_app using (party_id = (select current_party()));

-- One row for each work, however often and wherever it was shared.
create table shared_references (
  id uuid constraint shared_references_pkey primary key,
  party_id uuid not null,
  -- What it is, normalised: doi:10.1000/182, pmid:123, isbn:978..., who:WHA71.7, sha256:..., or the address without what only tracks its reader.
  key text not null constraint shared_references_key_check check (char_length(key) between 5 and 2100),
  -- CSL-JSON, as far as it is known.
  csl jsonb not null constraint shared_references_csl_check check (jsonb_typeof(csl) = 'object'),
  link text,
  file_name text,
  media_type text,
  size_bytes bigint,
  sha256 text constraint shared_references_sha256_check check (sha256 ~ '^[0-9a-f]{64}$'),
  state text not null constraint shared_references_state_check check (state in ('proposed', 'accepted', 'declined')),
  decided_by uuid constraint shared_references_decided_by_fkey references accounts,
  decided_at timestamptz,
  added_at timestamptz not null,
  revision integer not null,
  constraint shared_references_party_key unique (id, party_id),
  constraint shared_references_key_key unique (party_id, key)
);
create index shared_references_state_idx on shared_references (party_id, state, added_at desc, id);
alter table shared_references enable row level security;
create policy shared_references_party on shared_references to reciproca_app using (party_id = (select current_party()));

-- Credit: who shared it, where and when. The first is the one that brought it; the later ones are kept too.
create table reference_contributions (
  id uuid constraint reference_contributions_pkey primary key,
  party_id uuid not null,
  reference_id uuid not null,
  space_id uuid,
  session_id uuid,
  is_chatham_house boolean not null,
  member_id uuid,
  -- As the chat called somebody who is not known as a member.
  name text constraint reference_contributions_name_check check (char_length(name) between 1 and 200),
  source text not null constraint reference_contributions_source_check check (source in ('chat', 'mail', 'web', 'import')),
  -- When it was said, where the chat tells.
  said_at timestamptz,
  added_at timestamptz not null,
  position integer not null,
  constraint reference_contributions_person_check check (member_id is null or name is null),
  -- A chat under the Chatham House Rule gives its references without who shared them.
  constraint reference_contributions_chatham_check check (not is_chatham_house or (member_id is null and name is null)),
  -- The foreign key below asks nothing where one of its columns is null, so that without a session nothing else may hide the rule.
  constraint reference_contributions_session_check check (session_id is not null or not is_chatham_house),
  constraint reference_contributions_reference_fkey foreign key (reference_id, party_id) references shared_references (id, party_id) on delete cascade,
  constraint reference_contributions_space_fkey foreign key (space_id, party_id) references spaces (id, party_id),
  constraint reference_contributions_session_fkey foreign key (session_id, party_id, is_chatham_house)
    references dialogue_sessions (id, party_id, is_chatham_house) on update cascade,
  constraint reference_contributions_member_fkey foreign key (member_id, party_id) references members (id, party_id)
);
create unique index reference_contributions_once_key
  on reference_contributions (reference_id, space_id, session_id, member_id, name) nulls not distinct;
create index reference_contributions_session_idx on reference_contributions (session_id);
create index reference_contributions_space_idx on reference_contributions (space_id);
create index reference_contributions_member_idx on reference_contributions (member_id);
alter table reference_contributions enable row level security;
create policy reference_contributions_party on reference_contributions to reciproca_app using (party_id = (select current_party()));
