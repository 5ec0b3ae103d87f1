-- Two decisions on a statement can fall into one instant; the log of moderation says which came after which.
alter table statement_decisions add column position bigint generated always as identity;
