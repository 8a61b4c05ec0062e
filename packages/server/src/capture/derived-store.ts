import { uuidArray } from '../lib/db/binary.ts'
import type { Queryable } from '../lib/db/db.ts'
import { sql } from '../lib/db/sql.ts'
import type { eventColumns, unitColumns } from './columns.ts'

/** Comparing what is stored of events with the columns that their bytes give. The database compares, in its own types. */

/** Bits of flags by how they follow from an event's bytes (flags.ts). */
export interface FlagMasks {
  /** exactly as the bytes give them */
  exact: number
  /** set where the bytes give them; the document may add some */
  least: number
  /** the event lies ahead of its receipt by more than so many microseconds */
  future: number
  futureMicros: number
  /** so long may have passed between preparing an event and writing it, in microseconds */
  waitMicros: number
  /** set in error declarations only */
  declared: number
}

/** Names of the columns in which stored events differ, by ordinal (1, 2, …); only those that do. */
export function differingEvents(
  db: Queryable,
  c: ReturnType<typeof eventColumns>,
  m: FlagMasks,
): Promise<{ n: number; columns: string }[]> {
  return db.rows(
    sql`select n, columns from (
          select r.n, concat_ws(', ', case when e.type <> r.type then 'type' end, case when e.action <> r.action then 'action' end,
            case when e.time <> r.time then 'time' end, case when e.zone <> r.zone then 'zone' end,
            case when e.biz_step is distinct from r.biz_step then 'biz_step' end,
            case when e.disposition is distinct from r.disposition then 'disposition' end,
            case when e.read_point is distinct from r.read_point then 'read_point' end,
            case when e.biz_location is distinct from r.biz_location then 'biz_location' end,
            case when e.units <> r.units then 'units' end, case when e.flow is distinct from r.flow then 'flow' end,
            case when e.declaration is distinct from r.declaration then 'declaration' end,
            case when (e.part = 0) <> (r.declaration is null) then 'part' end,
            case when (e.flags # r.flags) & ${m.exact}::int <> 0 or (r.flags & ~ e.flags) & ${m.least}::int <> 0
              or e.flags & ~ ${m.exact | m.least | m.future | m.declared}::int <> 0
              or (e.flags & ${m.declared}::int <> 0 and r.declaration is null)
              or (e.flags & ${m.future}::int = 0 and r.time > e.recorded + ${m.futureMicros}::bigint)
              or (e.flags & ${m.future}::int <> 0 and r.time <= e.recorded + ${m.futureMicros - m.waitMicros}::bigint) then 'flags' end) as columns
          from (select unnest(${c.key}::uuid[]) as key, unnest(${c.part}::smallint[]) as part, unnest(${c.ordinal}::int[]) as n,
              unnest(${c.type}::smallint[]) as type, unnest(${c.action}::smallint[]) as action,
              unnest(${c.time}::bigint[]) as time, unnest(${c.zone}::smallint[]) as zone,
              unnest(${c.bizStep}::int[]) as biz_step, unnest(${c.disposition}::int[]) as disposition,
              unnest(${c.readPoint}::int[]) as read_point, unnest(${c.bizLocation}::int[]) as biz_location,
              unnest(${c.flags}::smallint[])::int as flags, unnest(${c.units}::text[]) as units,
              unnest(${c.flow}::text[]) as flow, unnest(${c.declaration}::bytea[]) as declaration) as r
          join event e on e.key = r.key and e.part = r.part) as compared
        where columns <> '' order by n`,
  )
}

/** A row of `event_unit`, as far as it is told apart. */
export interface UnitRow {
  /** of the event, 32 hex digits */
  event: string
  unit: string
  role: number
}

/** Rows of `event_unit` that are missing (no columns named) or differ. */
export function differingUnits(
  db: Queryable,
  c: ReturnType<typeof unitColumns>,
): Promise<(UnitRow & { columns: string })[]> {
  if (!c.count) return Promise.resolve([])
  return db.rows(
    sql`select replace(r.event::text, '-', '') as event, r.unit, r.role, case when u.unit is null then '' else
          concat_ws(', ', case when u.kind <> r.kind then 'kind' end, case when u.parent is distinct from r.parent then 'parent' end,
            case when u.quantity is distinct from r.quantity then 'quantity' end, case when u.uom is distinct from r.uom then 'uom' end) end as columns
        from (select unnest(${c.unit}::text[]) as unit, unnest(${c.time}::bigint[]) as time, unnest(${c.event}::uuid[]) as event,
            unnest(${c.role}::smallint[]) as role, unnest(${c.kind}::smallint[]) as kind, unnest(${c.parent}::text[]) as parent,
            unnest(${c.quantity}::text[])::numeric as quantity, unnest(${c.uom}::int[]) as uom) as r
        left join event_unit u on u.unit = r.unit and u.time = r.time and u.event = r.event and u.role = r.role
        where u.unit is null or u.kind <> r.kind or u.parent is distinct from r.parent or u.quantity is distinct from r.quantity
          or u.uom is distinct from r.uom`,
  )
}

/** Rows of events; those by which an error declaration without its event is found (role below 0) are none. */
export async function countUnits(db: Queryable): Promise<number> {
  return (await db.row<{ count: number }>(sql`select count(*) as count from event_unit where role >= 0`))?.count ?? 0
}

/** The rows of `event_unit` behind a place, in the order of its key. */
export function unitsAfter(
  db: Queryable,
  after: UnitRow & { time: number },
  limit: number,
): Promise<(UnitRow & { time: number })[]> {
  return db.rows(
    sql`select unit, time, replace(event::text, '-', '') as event, role from event_unit
        where (unit, time, event, role) > (${after.unit}, ${after.time}, ${after.event}::uuid, ${after.role}::smallint) and role >= 0
        order by unit, time, event, role limit ${limit}`,
  )
}

/** What events proper say of their units and time, by key. */
export function unitTexts(
  db: Queryable,
  keys: readonly string[],
): Promise<{ event: string; units: string; time: number }[]> {
  return db.rows(
    sql`select replace(key::text, '-', '') as event, units, time from event where key = any(${uuidArray(keys)}::uuid[]) and part = 0`,
  )
}
