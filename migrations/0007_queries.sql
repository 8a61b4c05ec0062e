-- Named queries and their subscriptions (EPCIS 2.0 §8.2): what is asked, who is told, how far each has been told.
-- Times are microseconds since 1970-01-01T00:00:00Z. None of these tables is distributed.

create table named_query (
  id int generated always as identity primary key,
  organisation int not null references organisation (id),
  name text collate "C" not null,
  parameters text not null,                  -- JSON, as it was given
  created bigint not null,
  created_by text collate "C" not null,      -- id of the key
  unique (organisation, name)
);
create index named_query_name on named_query (name);

create table subscription (
  id uuid primary key,
  query int not null references named_query (id) on delete cascade,
  organisation int not null,
  created bigint not null,
  created_by text collate "C" not null,
  dest text not null,
  secret text,                               -- never leaves the database but as the key of a signature
  format text not null,
  schedule text,                             -- JSON; null: a stream
  report_if_empty boolean not null,
  min_recorded bigint,                       -- initialRecordTime
  position bigint not null,                  -- capture position: everything up to it has been dealt with
  next_run bigint,                           -- of a schedule
  state text not null check (state in ('active', 'dead')),
  batch int not null,                        -- events in one message, at most
  attempts int not null default 0,           -- failures since the last success
  failing_since bigint,
  next_attempt bigint,
  last_success bigint,
  last_run bigint,
  last_error text,
  last_error_at bigint,
  delivered bigint not null default 0,       -- events
  epoch int not null default 0,              -- counted up when it is sent again: whoever delivered it before reads it anew
  holder int,                                -- process that delivers it, while the lease lasts
  lease_until bigint
);
create index subscription_query on subscription (query, created, id);
create index subscription_organisation on subscription (organisation, created, id);
