import { int4Array, uuidArray } from '../lib/db/binary.ts'
import type { Queryable } from '../lib/db/db.ts'
import { sql } from '../lib/db/sql.ts'
import type { unitColumns } from './columns.ts'

/** Comparing the rows of `event_unit` with those that events give. */

/** A row of `event_unit`, as far as it is told apart. */
export interface UnitRow {
  /** of the event, 32 hex digits */
  event: string
  unit: string
  role: number
}

/**
 * Sums of the rows that events have on some pages, by bucket, as unit-sums.ts makes them: 128 binary digits each. Rows by
 * which an error declaration without its event is found (role below 0) are left out.
 * @param pages numbers of the first page and of the one behind the last; null: all that follow
 */
export function unitSums(
  db: Queryable,
  key: string,
  { from, to }: { from: number; to: number | null },
): Promise<{ bucket: number; sum: string }[]> {
  const behind = to === null ? sql`true` : sql`ctid < ${`(${to},0)`}::tid`
  // `concat` takes null as nothing. A length is told before the unit, so that no two rows have one text.
  return db.rows(
    sql`select get_byte(uuid_send(event), 0) as bucket,
          bit_xor(('x' || left(encode(sha256(convert_to(concat(${key}::text, '|', time, '|', encode(uuid_send(event), 'hex'), '|',
            role, '|', kind, '|', uom, '|', trim_scale(quantity), '|', octet_length(unit), '|', unit, '|' || parent), 'UTF8')), 'hex'), 32))::bit(128))::text as sum
        from event_unit where role >= 0 and ctid >= ${`(${from},0)`}::tid and ${behind} group by 1`,
  )
}

/** Pages of `event_unit`. */
export async function unitPages(db: Queryable): Promise<number> {
  const row = await db.row<{ pages: number }>(
    sql`select pg_relation_size('event_unit') / current_setting('block_size')::bigint as pages`,
  )
  return row?.pages ?? 0
}

/** An event proper, as far as its units are told. */
export interface UnitsOfEvent {
  /** 32 hex digits */
  key: string
  id: string
  type: number
  action: number
  time: number
  units: string
}

/** Events of a bucket behind a key, in the order of their keys. */
export function eventsOfBucket(db: Queryable, bucket: number, after: string, limit: number): Promise<UnitsOfEvent[]> {
  const byte = bucket.toString(16).padStart(2, '0')
  return db.rows(
    sql`select replace(key::text, '-', '') as key, id, type, action, time, units from event
        where key between ${byte.padEnd(32, '0')}::uuid and ${byte.padEnd(32, 'f')}::uuid and key > ${after}::uuid and part = 0
        order by key limit ${limit}`,
  )
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

/** The rows of `event_unit` behind a place that are in one of these buckets, in the order of its key. */
export function unitsAfter(
  db: Queryable,
  after: UnitRow & { time: number },
  buckets: readonly number[],
  limit: number,
): Promise<(UnitRow & { time: number })[]> {
  return db.rows(
    sql`select unit, time, replace(event::text, '-', '') as event, role from event_unit
        where (unit, time, event, role) > (${after.unit}, ${after.time}, ${after.event}::uuid, ${after.role}::smallint) and role >= 0
          and get_byte(uuid_send(event), 0) = any(${int4Array(buckets)}::int[])
        order by unit, time, event, role limit ${limit}`,
  )
}
/** What events proper say of their units and time, by key. */
export function unitTexts(
  db: Queryable,
  keys: readonly string[],
): Promise<{ event: string; id: string; units: string; time: number }[]> {
  return db.rows(
    sql`select replace(key::text, '-', '') as event, id, units, time from event where key = any(${uuidArray(keys)}::uuid[]) and part = 0`,
  )
}
