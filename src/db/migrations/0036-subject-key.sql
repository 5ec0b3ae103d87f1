-- Addresses of pages name a subject by the random half of its id.
create index subjects_key_idx on subjects (right(id, 22));
