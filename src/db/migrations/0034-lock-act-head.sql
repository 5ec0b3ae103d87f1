-- Locks an author's chain on a subject and reads its head, in one round trip. The lock must be held before the head is read: each statement of a
-- volatile function sees what was committed before that statement began, while a single statement would see what was there before it waited.
create function lock_act_head(author text, on_subject text) returns text
language plpgsql volatile
as $$
begin
  perform pg_advisory_xact_lock(hashtextextended(author || ' ' || on_subject, 0));
  return (select act from act_heads where party = author and subject = on_subject);
end
$$;
