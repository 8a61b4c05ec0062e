-- What a subscription's messages are written in (EPCIS 2.0 §12.8): JSON as before, or XML with terms as asked for.
alter table subscription add column media text not null default 'json' check (media in ('json', 'xml'));
alter table subscription add column terms text not null default 'No_Preference';

-- An error declaration that comes before its event, or without it, is found by the units that it names all the same: its
-- rows in event_unit bear the role below zero, so that those of the event itself find room beside them.

-- What a newer version reads once of what older ones stored: up to `until`, beginning behind `position`.
create table read_back (
  name text collate "C" primary key,
  position bigint not null,
  until bigint not null
);
insert into read_back (name, position, until)
  select 'company-prefixes', 0, coalesce(max(id), 0) from event_block;
insert into read_back (name, position, until)
  select 'lone-declarations', 0, count(*) from (select from event where part > 0 limit 1) as declared;
