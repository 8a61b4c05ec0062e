-- Steps and dispositions that events name with a prefix are listed by their full names (docs/adr/0015). Where older
-- versions listed some with their prefixes, these go, and the events are read anew.
update log_reader set position = 0 where name = 'event-vocabulary' and exists (
  select from event_vocabulary v join term t on t.id = v.term
    where v.field in (1, 2) and t.text like '%:%' and t.text !~* '^([a-z][a-z0-9+.-]*://|urn:)');
delete from event_vocabulary v using term t
  where t.id = v.term and v.field in (1, 2) and t.text like '%:%' and t.text !~* '^([a-z][a-z0-9+.-]*://|urn:)';
