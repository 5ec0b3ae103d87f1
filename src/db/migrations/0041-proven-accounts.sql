-- In which networks an account is a member. A row of members is seen by its own party alone, and whether an administrator may have a person's password
-- set anew depends on all of them. This tells the networks to whoever has the account's identifier, and nothing else.
create function networks_of_account(account uuid) returns setof uuid
language sql stable security definer set search_path = public, pg_temp
begin atomic
  select members.party_id from members join parties on parties.id = members.party_id
  where members.account_id = account and parties.is_hosted;
end;
revoke execute on function networks_of_account(uuid) from public;
grant execute on function networks_of_account(uuid) to reciproca_app;

-- Whoever was signed in and typed an address used to be written beside it, without having proved the mailbox. What the key from a mail linked stays.
update members set account_id = null, revision = revision + 1
where account_id is not null and not exists (
  select from audit
  where audit.party_id = members.party_id
    and audit.action in ('member.link-account', 'member.open-account')
    and audit.details ->> 'member' = members.id::text
    and audit.details ->> 'account' = members.account_id::text
);
