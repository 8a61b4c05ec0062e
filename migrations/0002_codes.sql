-- Codes that this platform issues, their states, and how often items are scanned.
-- None of these tables is distributed. Times are microseconds since 1970-01-01T00:00:00Z, hours are hours since then.

-- Who an organisation is: 统一社会信用代码 (GB 32100). One organisation each.
alter table organisation add column credit_code text collate "C";
create unique index organisation_credit_code on organisation (credit_code) where credit_code is not null;

-- One row per scheme: locked while a new space of it is made.
create table code_scheme (
  id text collate "C" primary key
);

-- Numbers below a prefix of unit keys, handed out from `first` on: those before `next` are taken.
create table code_space (
  id int generated always as identity primary key,
  prefix text collate "C" not null,          -- a unit key is prefix + serial + check character
  length smallint not null,                  -- what comes behind the prefix, in characters
  scheme text collate "C" not null,
  subject text collate "C" not null,         -- what the caller named: a unit key, a company prefix, or nothing
  head text collate "C" not null,            -- part of the prefix that a check over the body takes in
  organisation int not null references organisation (id),
  alphabet text not null check (alphabet in ('digits', 'base32')),
  checked boolean not null,
  first bigint not null,
  next bigint not null,
  capacity bigint not null,
  unique (prefix, length)
);
create index code_space_of on code_space (scheme, organisation, subject, length);

-- Numbers of issuers in codes of the platform's own.
create sequence code_issuer as int minvalue 1 maxvalue 1048575;

create table code_range (
  id bigint generated always as identity primary key,
  space int not null references code_space (id),
  organisation int not null references organisation (id),
  start bigint not null,                     -- the block is start … start + size − 1
  size bigint not null,
  count bigint not null,
  secret bytea,                              -- of the permutation; null: sequential
  label text not null,
  created bigint not null,
  key_id text collate "C" not null
);
create unique index code_range_place on code_range (space, start);
create index code_range_list on code_range (organisation, id);

-- State of the codes first … last of a range; together the rows cover it without overlap.
create table code_state (
  range bigint not null,
  first bigint not null,
  last bigint not null,
  state text not null check (state in ('issued', 'printed', 'active', 'used', 'retired', 'void')),
  since bigint not null,
  primary key (range, first)
);

-- Every change, as it was asked for.
create table code_change (
  id bigint generated always as identity primary key,
  range bigint not null,
  first bigint not null,
  last bigint not null,
  state text not null,
  at bigint not null,
  organisation int not null,
  key_id text collate "C" not null,
  note text not null
);
create index code_change_list on code_change (range, id);

-- Requests that bore an Idempotency-Key, and the range that each made.
create table code_request (
  organisation int not null,
  request text collate "C" not null,
  digest bytea not null,                     -- of what was asked for
  range bigint,
  primary key (organisation, request)
);

-- One row, counted up by every change of states: pages that say something of a code know by it when to look again.
create table code_clock (
  one boolean primary key default true check (one),
  version bigint not null
);
insert into code_clock (version) values (0);

-- Scans of items, counted by hour and coarse place: nothing of who scanned.
create table code_scan (
  unit text collate "C" not null,
  hour int not null,
  place text collate "C" not null,           -- area code of a city or province, six digits; empty: not known
  n int not null,
  primary key (unit, hour, place)
);
create index code_scan_old on code_scan (hour);

-- What is suspicious in them.
create table code_signal (
  id bigint generated always as identity primary key,
  unit text collate "C" not null,
  rule text not null,
  organisations int[] not null,
  first bigint not null,
  last bigint not null,
  detail jsonb not null,
  unique (unit, rule)
);
create index code_signal_list on code_signal (last desc, id desc);
