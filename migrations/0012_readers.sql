-- What is known since when, and readers of the log by capture position (docs/adr/0024).

-- The registration of a credit code takes a capture position of its own: what was known before it knows nothing of it.
-- 0: it was registered before such positions were kept.
alter table organisation add column registered_position bigint;
alter table organisation add column registered bigint;      -- microseconds since 1970-01-01T00:00:00Z
update organisation set registered_position = 0, registered = created where credit_code is not null;
-- How many events were kept aside until then. The n-th of them is told anew at registered_position + n.
alter table organisation add column released int not null default 0;

-- Events that left quarantine, in the order in which they had been captured.
create table released_event (
  organisation int not null,
  n int not null,                            -- from 1
  event_position bigint not null,            -- of the event, or of one of its error declarations
  primary key (organisation, n)
);

-- A reader keeps the capture position up to which it has taken everything: the same whether the log is on or off.
alter table log_reader rename column next to position;
update log_reader set position = 0;

-- The lists of what events name are one of the readers.
insert into log_reader (name, position) select 'event-vocabulary', position from event_vocabulary_mark
  on conflict (name) do update set position = excluded.position;
drop table event_vocabulary_mark;
