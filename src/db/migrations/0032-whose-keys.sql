-- A prepared act and an act key are somebody's: of a party and of a person that exist.

-- What an earlier release could leave behind.
delete from prepared_acts
where not exists (select from parties where parties.id = prepared_acts.party_id)
  or not exists (select from accounts where accounts.id = prepared_acts.account_id);

alter table prepared_acts
  add constraint prepared_acts_party_fkey foreign key (party_id) references parties,
  add constraint prepared_acts_account_fkey foreign key (account_id) references accounts on delete cascade;

-- Deferred: a party's key signs the act by which the party comes into being.
alter table private_keys
  add constraint private_keys_party_fkey foreign key (party_id) references parties deferrable initially deferred;

-- Moves, confirmations and releases are looked for by their type, in all logs.
create index acts_type_idx on acts (type);
