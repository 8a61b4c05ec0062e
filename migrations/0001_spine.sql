-- The spine: who reports, what was received, what it says, where it is found again.
-- Times are microseconds since 1970-01-01T00:00:00Z (bigint): exact, compared as numbers in the program too.
-- No foreign keys between tables that Citus distributes (event, event_unit, event_block): see docs/adr/0003.

create table organisation (
  id int generated always as identity primary key,
  code text collate "C" not null unique,
  name text not null,
  created bigint not null
);

create table api_key (
  id text collate "C" primary key,           -- readable part of the key
  digest bytea not null,                     -- SHA-256 of the whole key
  organisation int not null references organisation (id),
  label text not null,
  permissions text[] not null,
  created bigint not null,
  expires bigint,
  revoked bigint,
  last_used bigint
);

-- Texts that many events repeat (business steps, places, units of measure), stored once.
create table term (
  id int generated always as identity primary key,
  digest bytea not null unique,              -- SHA-256: a text may be longer than an index entry
  text text collate "C" not null
);

-- The @context of documents, by content.
create table context (
  id int generated always as identity primary key,
  digest bytea not null unique,
  body text not null
);

-- One row, locked by the writer from its first statement to its commit: so positions are the order of commit.
create table capture_clock (
  one boolean primary key default true check (one),
  position bigint not null
);
insert into capture_clock (position) values (0);

create table capture (
  id uuid primary key,
  number int not null,                       -- short for the id, in events
  organisation int not null references organisation (id),
  may_void boolean not null,
  behaviour text not null check (behaviour in ('rollback', 'proceed')),
  state text not null check (state in ('staging', 'staged', 'done', 'failed')),
  created bigint not null,
  process int not null,                      -- who works on it; see process_id
  finished bigint,
  context int,
  header text,
  events int not null default 0,
  applied int not null default 0,
  accepted int not null default 0,
  duplicate int not null default 0,
  conflict int not null default 0,
  rejected int not null default 0,
  errors jsonb not null default '[]'
);
create index capture_list on capture (organisation, created desc, id);
create index capture_open on capture (created) where state in ('staging', 'staged');

-- Receipts of what was not simply accepted; an accepted event without remarks has its receipt in `event` itself.
create table capture_receipt (
  capture uuid not null,
  ordinal int not null,
  status text not null check (status in ('accepted', 'duplicate', 'conflict', 'rejected')),
  event_id text,
  body jsonb not null,
  primary key (capture, ordinal)
);

-- The other content that came under an id already taken: kept aside, with who sent it.
create table event_conflict (
  key uuid not null,
  capture uuid not null,
  ordinal int not null,
  organisation int not null,
  first_organisation int not null,
  recorded bigint not null,
  event_id text not null,
  block bigint not null,
  slot smallint not null,
  primary key (key, capture, ordinal)
);
create index event_conflict_list on event_conflict (recorded, capture, ordinal);

-- Every running process has a number of its own and holds an advisory lock on it while it lives.
create sequence process_id as int;

create sequence event_block_id increment 1024;
create sequence document_number as int increment 1024;

-- The bytes received, up to 64 events of one document in a block, deflated.
create table event_block (
  id bigint primary key,
  capture uuid not null,
  first_ordinal int not null,
  events int not null,                       -- ordinals it spans
  body bytea not null
);
alter table event_block alter column body set storage external;
create index event_block_capture on event_block (capture, first_ordinal);

create table event (
  key uuid not null,                         -- first 16 bytes of SHA-256 of the event id
  part smallint not null,                    -- 0 the event, 1.. its error declarations
  id text collate "C" not null,
  position bigint not null,
  type smallint not null,
  action smallint not null,
  time bigint not null,
  zone smallint not null,
  recorded bigint not null,
  biz_step int,
  disposition int,
  read_point int,
  biz_location int,
  organisation int not null,
  context int not null,
  document int not null,                     -- number of the capture that brought it
  flags smallint not null,
  block bigint not null,
  slot smallint not null,
  units text collate "C" not null,           -- a line each: role, key, lot, quantity, unit of measure, by tabs
  flow text collate "C",                     -- a line each: s or d, type, value
  declaration bytea,                         -- SHA-256 of the error declaration, for parts 1..
  primary key (key, part)
);
-- The few events that are declared in error: whether an id was declared before its event came.
create index event_declared on event (key) where part > 0;
create unique index event_position on event (position);
create index event_time on event (time, position);

create table event_unit (
  unit text collate "C" not null,
  time bigint not null,
  event uuid not null,
  role smallint not null,
  kind smallint not null,                    -- type * 8 + action * 2 + 1 where a parent row names no children
  parent text collate "C",                   -- for child rows
  quantity numeric,
  uom int,
  primary key (unit, time, event, role)
);

-- Master data from document headers: every version, newest last.
create table master_data (
  id text collate "C" not null,
  vocabulary text collate "C" not null,
  position bigint not null,
  ordinal int not null,
  organisation int not null,
  recorded bigint not null,
  digest bytea not null,
  attributes jsonb not null,
  primary key (id, vocabulary, position, ordinal)
);
