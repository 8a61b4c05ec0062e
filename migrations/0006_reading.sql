-- The reading side: hierarchies of master data, what events name, company prefixes that were seen.
-- None of these tables is distributed. Times are microseconds since 1970-01-01T00:00:00Z.

-- Elements directly below this one, as unit keys or URIs (EPCIS 2.0 §6.5).
alter table master_data add column children text[] collate "C" not null default '{}';
create index master_data_list on master_data (vocabulary, id);

-- Company prefixes that were seen in EPC URNs, where a dot marks their end.
create table company_prefix (
  prefix text collate "C" primary key
);

-- What events name in a field, and who reported it; made by reading the events in the order of their positions.
create table event_vocabulary (
  field smallint not null,                   -- 1 bizStep, 2 disposition, 3 readPoint, 4 bizLocation, 5 own event type
  term int not null,
  organisation int not null,
  primary key (field, term, organisation)
);

-- One row: the position up to which events were read for it.
create table event_vocabulary_mark (
  one boolean primary key default true check (one),
  position bigint not null
);
insert into event_vocabulary_mark (position) values (0);

-- Page tokens that were given back, until they would have expired.
create table page_token_released (
  digest bytea primary key,                  -- SHA-256 of the token
  expires bigint not null
);
