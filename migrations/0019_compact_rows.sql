-- The two largest tables with their columns in the order in which PostgreSQL stores them without gaps: eight bytes first,
-- then four, two, those without alignment, and texts. It saves 12 bytes an event. Only where nothing is captured yet:
-- rows that are there are not written again, and no statement of the program depends on the order.
do $$
begin
  if exists (select from event) then
    return;
  end if;
  drop table event;
  create table event (
    position bigint not null,
    time bigint not null,
    recorded bigint not null,
    block bigint not null,
    organisation int not null,
    context int not null,
    document int not null,                   -- number of the capture that brought it
    part smallint not null,                  -- 0 the event, 1.. its error declarations
    type smallint not null,
    action smallint not null,
    zone smallint not null,
    flags smallint not null,
    slot smallint not null,
    key uuid not null,                       -- first 16 bytes of SHA-256 of the event id
    biz_step int,
    disposition int,
    read_point int,
    biz_location int,
    id text collate "C" not null,
    units text collate "C" not null,         -- a line each: role, key, lot, quantity, unit of measure, by tabs
    flow text collate "C",                   -- a line each: s or d, type, value
    declaration bytea,                       -- SHA-256 of the error declaration, for parts 1..
    primary key (key, part)
  );
  -- The few events that are declared in error: whether an id was declared before its event came.
  create index event_declared on event (key) where part > 0;
  create unique index event_position on event (position);
  create index event_time on event (time, position);
end
$$;

do $$
begin
  if exists (select from event_unit) then
    return;
  end if;
  drop table event_unit;
  create table event_unit (
    time bigint not null,
    event uuid not null,
    role smallint not null,                  -- below zero: a declaration of an event that never came
    kind smallint not null,                  -- type * 8 + action * 2 + 1 where a parent row names no children
    uom int,
    unit text collate "C" not null,
    parent text collate "C",                 -- for child rows
    quantity numeric,
    primary key (unit, time, event, role)
  );
end
$$;
