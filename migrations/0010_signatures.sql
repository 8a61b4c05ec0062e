-- Subjects that sign: their public keys, and what they signed (docs/adr/0021).
-- None of the tables made here is distributed. Times are microseconds since 1970-01-01T00:00:00Z unless it says otherwise.

create table signing_key (
  id int generated always as identity primary key,
  organisation int not null references organisation (id),
  kind text collate "C" not null check (kind in ('enterprise', 'testing', 'certification', 'regulator')),
  key text not null,                         -- verifier key: name+id+base64
  name text collate "C" not null,
  key_id text collate "C" not null,          -- 8 hex digits
  label text not null,
  valid_from bigint not null,
  valid_until bigint,
  registered bigint not null,
  revoked bigint,
  revoked_at bigint,                         -- capture position: what stands before it stays valid
  unique (name, key_id)
);
create index signing_key_list on signing_key (organisation, id);

-- A signed note over one event or over the events of a document.
create table event_signature (
  id bigint generated always as identity primary key,
  signing_key int not null references signing_key (id),
  digest bytea not null unique,              -- SHA-256 of the note
  position bigint not null unique,           -- its own capture position, in the order of commit
  recorded bigint not null,
  signed bigint not null,                    -- claimed time, seconds
  note text not null,
  leaves bytea                               -- leaf hashes, 32 bytes each; null: of one event
);

-- When it came, in the order of commit: pages that show the event follow. Null: from before there was this column.
alter table event_conflict add column position bigint;
create index event_conflict_position on event_conflict (position);

-- Which events it signs; `event` and `part` as in the table of events.
create table signed_event (
  event uuid not null,
  part smallint not null,
  signature bigint not null,
  leaf int not null,                         -- place in the tree
  primary key (event, part, signature)
);
create index signed_event_signature on signed_event (signature);
