-- Sandboxes of organisations (docs/adr/0019), and who was admitted after trying there.
-- None of these tables is distributed. A sandbox has the same tables in a schema of its own, where these stay empty.
-- Times are microseconds since 1970-01-01T00:00:00Z.

-- A key that opens its organisation's sandbox and nothing else; its text begins with yls_.
alter table api_key add column sandbox boolean not null default false;

-- Numbers of schemas, never given twice: whoever still looks into one that was reset finds nothing, never another's.
create sequence sandbox_number as int;

create table sandbox (
  organisation int primary key references organisation (id),
  number int not null unique,                -- its data are in the schema sandbox_<number>; another one after each reset
  created bigint not null,
  reset bigint,
  used bigint not null                       -- some request came not long after; see sandbox/sandbox.ts
);
create index sandbox_used on sandbox (used);

-- The last report of what an organisation had tried, and whether it passed.
create table admission (
  organisation int primary key references organisation (id),
  at bigint not null,
  passed boolean not null,
  report jsonb not null
);
