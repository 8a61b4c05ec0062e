-- Whether one of these events was declared in error before it came: asked once for all events of a document, where an
-- anti-join asked for each of them. The few declarations have an index of their own; that it is used must not depend on
-- what the planner believes of a table that is being filled.
create function declared_among(keys uuid[]) returns boolean
language plpgsql stable set enable_seqscan = off as $$
begin
  return exists (select from event e where e.part > 0 and e.key = any(keys));
end
$$;
