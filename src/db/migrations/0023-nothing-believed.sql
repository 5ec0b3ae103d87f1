-- What others say, checked against what others say: views of the same log, states of silent hosts, requests already seen.

-- What a peer has confirmed of another log, compared with the copy held here. `note`: a state larger than ours, compared once ours has grown past it.
create table peer_views (
  log_id integer not null references logs,
  peer_log_id integer not null references logs,
  -- How large our copy was when the two were compared last, and when that was.
  compared_size bigint not null,
  compared_at timestamptz not null,
  note text,
  constraint peer_views_pkey primary key (log_id, peer_log_id)
);

-- The last state of a log, confirmed anew by a copy-keeper: it had shown that keeper nothing newer.
create table silence_confirmations (
  log_id integer not null references logs,
  size bigint not null,
  keeper text not null,
  time bigint not null,
  note text not null,
  constraint silence_confirmations_pkey primary key (log_id, size, keeper)
);

-- Nonces of signed requests between nodes, until the requests expire: a restart must not make room for a replay.
create table used_nonces (
  key_id text not null,
  nonce text not null,
  expires_at timestamptz not null,
  constraint used_nonces_pkey primary key (key_id, nonce)
);
create index used_nonces_expiry_idx on used_nonces (expires_at);

-- The monitoring end point of a copy-keeper serves its own confirmation as well (C2SP tlog-witness).
update witnessed
set note = cosignatures.note
from cosignatures
join logs on logs.id = cosignatures.log_id
join logs as own on own.is_own and own.cosigner_vkey = cosignatures.keeper
where witnessed.origin = logs.origin and witnessed.size = cosignatures.size;
