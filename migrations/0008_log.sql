-- The signed log over all events (docs/adr/0011, 0012, 0017, 0018).
-- None of the tables made here is distributed; all are written by the one process that leads.

-- 16 random bytes for each slot of the block, in their order. Null: the block was written before there was a log.
alter table event_block add column salts bytea;
alter table event_block alter column salts set storage external;

-- How far the log has come: one row from the day on which the log was made. Who wants to extend the log must move
-- `size` on from the value that it read.
create table log_state (
  one boolean primary key default true check (one),
  size bigint not null,                      -- entries
  position bigint not null,                  -- the last capture position that has an entry
  process int not null                       -- who extended it last; see process_id
);

-- A tree for each suite, over the same entries: 1 SHA-256 with Ed25519, 2 SM3 with SM2.
create table log_tree (
  suite smallint primary key,
  origin text not null,
  key text not null,                         -- verifier key of the log, as others get it
  size bigint not null,                      -- entries that its tiles cover
  note bytea not null                        -- the last signed checkpoint
);

-- What a capture hands over, a row for each transaction. Rows stay until their entries stand in full bundles.
create table log_queue (
  first bigint primary key,                  -- capture position of its first event
  count int not null,
  kind smallint not null,                    -- 1 events, 2 a tombstone
  suites smallint not null,                  -- which commitments: bit 0 SHA-256, bit 1 SM3
  body bytea not null                        -- commitments, 32 bytes each, event by event; see log/entries.ts
);
alter table log_queue alter column body set storage external;

-- Which entries have which positions: runs without gaps.
create table log_range (
  first_index bigint primary key,
  first_position bigint not null unique,
  count bigint not null
);

-- Full bundles of 256 entries, and tiles. Level 0 has full tiles only: the open end is in log_queue.
create table log_bundle (
  n bigint primary key,
  body bytea not null
);
alter table log_bundle alter column body set storage external;
create table log_tile (
  suite smallint not null,
  level smallint not null,
  n bigint not null,
  body bytea not null,                       -- 32 bytes a hash; shorter than 8192 at the open end
  primary key (suite, level, n)
);
alter table log_tile alter column body set storage external;

-- Events whose content is gone, and the statement that says why.
create table log_tombstone (
  position bigint primary key,               -- of the tombstone
  target bigint not null unique,             -- index of the entry whose content is gone
  reason smallint not null,
  statement text not null,                   -- JSON: who, why, on what ground
  salt bytea not null,
  recorded bigint not null,
  organisation int not null references organisation (id)
);

-- Parts of the program that follow the log, and the index of the entry that each takes next.
create table log_reader (
  name text primary key,
  next bigint not null
);
