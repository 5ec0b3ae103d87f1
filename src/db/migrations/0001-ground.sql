-- Statements of the node run as reciproca_app, which owns nothing: row-level security binds it, and only what is granted
-- below is open to it. Migrations and backups run as the owner of the database.

-- Roles belong to the whole server. Two databases of one server may be migrated at the same moment.
do $$
begin
  create role reciproca_app nologin;
exception
  when duplicate_object or unique_violation then null;
end
$$;

do $$
begin
  if not pg_has_role(current_user, 'reciproca_app', 'set') then
    execute format('grant reciproca_app to %I', current_user);
  end if;
exception
  when insufficient_privilege then
    raise exception 'the role % may not become reciproca_app', current_user
      using hint = format('As a superuser run once: GRANT reciproca_app TO %I', current_user);
end
$$;

grant usage on schema public to reciproca_app;
alter default privileges in schema public grant select, insert, update, delete on tables to reciproca_app;
alter default privileges in schema public grant usage on sequences to reciproca_app;

-- The party that this transaction works for; null when it works for the node as a whole.
create function current_party() returns uuid
language sql stable parallel safe
return nullif(current_setting('reciproca.party', true), '')::uuid;
