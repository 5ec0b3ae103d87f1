-- The sentences of a bulletin as they were drafted, each with the counts that it tells, so that it is known what becomes public with them.
alter table bulletins add column drafted jsonb not null default '[]';
