import { int4Array, textArray } from '../lib/db/binary.ts'
import type { Queryable } from '../lib/db/db.ts'
import { and, type Sql, sql } from '../lib/db/sql.ts'

/** Scans of a unit in one hour at one coarse place. */
export interface ScanRow {
  unit: string
  /** hours since 1970-01-01T00:00:00Z */
  hour: number
  /** area code of a city or province; empty: not known */
  place: string
  n: number
}

/** Adds counts to those that are there. Every row of another unit, hour or place. */
export async function addScans(db: Queryable, rows: readonly ScanRow[]): Promise<void> {
  await db.run(
    // in one order: two processes that write the same rows wait for each other instead of for ever
    sql`insert into code_scan (unit, hour, place, n)
        select * from unnest(${textArray(rows.map(r => r.unit))}::text[], ${int4Array(rows.map(r => r.hour))}::int[],
          ${textArray(rows.map(r => r.place))}::text[], ${int4Array(rows.map(r => r.n))}::int[]) as r (unit, hour, place, n)
        order by 1, 2, 3
        on conflict (unit, hour, place) do update set n = code_scan.n + excluded.n`,
  )
}

/** How often a unit was scanned, and the hour of the first time; 0 and null: never. */
export async function countScans(db: Queryable, unit: string): Promise<{ n: number; first: number | null }> {
  const row = await db.row<{ n: number; first: number | null }>(
    sql`select coalesce(sum(n), 0)::bigint as n, min(hour) as first from code_scan where unit = ${unit}`,
  )
  return row ?? { n: 0, first: null }
}

/** Scans of units since an hour, by unit, hour and place. */
export function scansSince(db: Queryable, units: readonly string[], hour: number): Promise<ScanRow[]> {
  return db.rows<ScanRow>(
    sql`select unit, hour, place, n from code_scan where unit = any(${textArray(units)}::text[]) and hour >= ${hour}
        order by unit, hour, place`,
  )
}

/** Removes counts from before an hour. */
export async function forgetScans(db: Queryable, before: number): Promise<number> {
  return db.run(sql`delete from code_scan where hour < ${before}`)
}

/** Whether anything is recorded of the unit. */
export async function isRecorded(db: Queryable, unit: string): Promise<boolean> {
  return (await db.row(sql`select 1 as one from event_unit where unit = ${unit} and role > 0 limit 1`)) !== undefined
}

/** Organisations that reported events of a unit; the newest thousand events are looked at. */
export async function reportersOf(db: Queryable, unit: string): Promise<number[]> {
  const events = await db.rows<{ event: string }>(
    sql`select event::text as event from event_unit where unit = ${unit} and role > 0 order by time desc limit 1000`,
  )
  if (!events.length) return []
  const rows = await db.rows<{ organisation: number }>(
    sql`select distinct organisation from event where key = any(${textArray(events.map(e => e.event))}::text[]::uuid[])`,
  )
  return rows.map(row => row.organisation)
}

export interface SignalRow {
  id: number
  unit: string
  rule: string
  organisations: number[]
  first: number
  last: number
  detail: Record<string, unknown>
}

/** Writes a signal; one that is there already becomes newer and tells the latest detail. */
export async function putSignal(db: Queryable, s: Omit<SignalRow, 'id'>): Promise<void> {
  await db.run(
    sql`insert into code_signal (unit, rule, organisations, first, last, detail)
        values (${s.unit}, ${s.rule}, ${int4Array(s.organisations)}::int[], ${s.first}, ${s.last}, ${JSON.stringify(s.detail)}::jsonb)
        on conflict (unit, rule) do update set last = excluded.last, detail = excluded.detail, organisations = excluded.organisations`,
  )
}

/** Signals, newest first; of one organisation, or (null) all. */
export function listSignals(
  db: Queryable,
  organisation: number | null,
  since: number | null,
  after: { last: number; id: number } | null,
  limit: number,
): Promise<SignalRow[]> {
  const where: Sql[] = []
  if (organisation !== null) where.push(sql`${organisation} = any(organisations)`)
  if (since !== null) where.push(sql`last >= ${since}`)
  if (after) where.push(sql`(last, id) < (${after.last}, ${after.id})`)
  return db.rows<SignalRow>(
    sql`select * from code_signal where ${and(where)} order by last desc, id desc limit ${limit}`,
  )
}

/** Codes of organisations by id. */
export async function organisationCodes(db: Queryable, ids: readonly number[]): Promise<Map<number, string>> {
  const rows = await db.rows<{ id: number; code: string }>(
    sql`select id, code from organisation where id = any(${int4Array([...new Set(ids)])}::int[])`,
  )
  return new Map(rows.map(row => [row.id, row.code]))
}
