-- Logs that have ended (docs/adr/0022): with which checkpoint, why, and which log goes on. Times are microseconds since
-- 1970-01-01T00:00:00Z. None of these tables is distributed.

create table log_retired (
  id int generated always as identity primary key,
  suite smallint not null,
  origin text not null,
  key text not null,                         -- verifier key of the log that ended
  size bigint not null,                      -- entries of its last checkpoint that was published
  checkpoint bytea not null,                 -- that checkpoint, as it was signed
  new_origin text not null,
  new_key text not null,
  statement bytea not null,                  -- signed note: says all this, and why
  retired bigint not null,
  unique (suite, origin)
);

-- Statements on deleted events, of logs that have ended: the indexes are those of that log.
create table log_retired_tombstone (
  origin text collate "C" not null,
  position bigint not null,
  target bigint not null,
  reason smallint not null,
  statement text not null,
  salt bytea not null,
  recorded bigint not null,
  organisation int not null,
  primary key (origin, position)
);
