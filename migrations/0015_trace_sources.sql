-- What a unit came from, several levels in one call (docs/design/trace.md §10). The tables stay as they are.

-- Everything that a backward search will ask for, as far as it can be told beforehand. Rows, told by how they begin:
-- the fields of an event divided by U+001F; U+001E and a unit of which every event is here or was known; or the key of
-- an event alone, where the first level has more than `most_first` of them: then nothing else comes.
-- A level behind the first is left out, and all that would follow, where it has more than `most_units` units, or where
-- the levels behind the first would have more than `most_namings` namings; so what is fetched in vain is bounded.
-- Roles as in @yuanliu/core (facts.ts): 4 and 5 children, 6, 7 and 12 inputs, 8, 9 and 13 outputs.
create function trace_sources(
  units text[], known uuid[], levels int, most_first int, most_units int, most_namings int
) returns setof text
language plpgsql stable as $$
declare
  frontier text[] := units;
  asked text[] := units;
  before uuid[] := known;
  named uuid[];
  fresh uuid[];
  events text[];
  left_over int := most_namings;
begin
  for level in 1 .. levels loop
    if level = 1 then
      named := array(select distinct u.event from event_unit u where u.unit = any(frontier));
    else
      named := array(select u.event from event_unit u where u.unit = any(frontier) limit left_over + 1);
      left_over := left_over - cardinality(named);
      exit when left_over < 0;
    end if;
    -- Neighbouring levels share events; that one comes twice over more levels does no harm.
    fresh := array(select unnest(named) except select unnest(before));
    if level = 1 and cardinality(fresh) > most_first then
      return query select replace(k::text, '-', '') from unnest(fresh) as k;
      return;
    end if;
    events := array(
      select concat(replace(e.key::text, '-', ''), chr(31), e.part, chr(31), e.position, chr(31), e.type, chr(31),
        e.action, chr(31), e.time, chr(31), e.zone, chr(31), e.recorded, chr(31), e.biz_step, chr(31), e.disposition,
        chr(31), e.read_point, chr(31), e.biz_location, chr(31), e.organisation, chr(31), e.flags, chr(31), e.document,
        chr(31), e.id, chr(31), e.flow, chr(31), e.units)
      from event e where e.key = any(fresh));
    return query select unnest(events);
    if level > 1 then
      return query select chr(30) || f from unnest(frontier) as f;
    end if;
    before := named;
    frontier := array(
      with line as materialized (
        select n, split_part(l, chr(9), 1) as role, split_part(l, chr(9), 2) as unit
          from unnest(events) with ordinality as e (t, n), string_to_table(split_part(t, chr(31), 18), chr(10)) as l),
      part as (
        select n, role in ('8', '9', '13') as made from line
          where unit = any(frontier) and role in ('4', '5', '8', '9', '13'))
      select unit from line join part using (n) where line.role = any(case when made then array['6', '7', '12'] else array['3'] end)
      except select unnest(asked));
    exit when cardinality(frontier) = 0 or cardinality(frontier) > most_units;
    asked := asked || frontier;
  end loop;
end
$$;
