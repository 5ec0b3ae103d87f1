-- What the councils of communities have said their people's data may be used for: the latest act of each, by purpose.
create table community_answers (
  party text not null,
  purpose text not null,
  answer text not null constraint community_answers_answer_check check (answer in ('agreed', 'refused')),
  act text not null references acts,
  constraint community_answers_pkey primary key (party, purpose)
);
