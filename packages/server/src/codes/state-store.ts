import type { CodeState } from '@yuanliu/core'
import { int8Array, textArray } from '../lib/db/binary.ts'
import type { Queryable } from '../lib/db/db.ts'
import { sql } from '../lib/db/sql.ts'
import type { Interval, Run } from './intervals.ts'

/** Holds every other change of states in the range until this transaction ends. */
export async function lockRange(db: Queryable, range: number): Promise<void> {
  await db.rows(sql`select id from code_range where id = ${range} for update`)
}

/**
 * The intervals of a range that touch the codes first … last, and their neighbours on both sides, in order; at most
 * `limit`.
 */
export function intervalsAround(
  db: Queryable,
  range: number,
  first: number,
  last: number,
  limit: number,
): Promise<Interval[]> {
  return db.rows<Interval>(
    sql`select first, last, state, since from code_state
        where range = ${range} and first <= ${last + 1} and first >= coalesce(
          (select max(first) from code_state where range = ${range} and first < greatest(${first}, 1)), 0)
        order by first limit ${limit}`,
  )
}

/** Puts intervals in the place of others. Both cover the same codes. */
export async function replaceIntervals(
  db: Queryable,
  range: number,
  before: readonly Interval[],
  after: readonly Interval[],
): Promise<void> {
  const same = (a: Interval, b: Interval | undefined) =>
    b !== undefined && a.last === b.last && a.state === b.state && a.since === b.since
  const old = new Map(before.map(interval => [interval.first, interval]))
  const fresh = new Map(after.map(interval => [interval.first, interval]))
  const gone = before.filter(interval => !same(interval, fresh.get(interval.first)))
  const come = after.filter(interval => !same(interval, old.get(interval.first)))
  await db.run(
    sql`delete from code_state where range = ${range} and first = any(${int8Array(gone.map(i => i.first))}::bigint[])`,
  )
  await db.run(
    sql`insert into code_state (range, first, last, state, since)
        select ${range}, * from unnest(${int8Array(come.map(i => i.first))}::bigint[], ${int8Array(come.map(i => i.last))}::bigint[],
          ${textArray(come.map(i => i.state))}::text[], ${int8Array(come.map(i => i.since))}::bigint[])`,
  )
}

export interface ChangeRow extends Run {
  state: CodeState
  at: number
  organisation_code: string
  key_id: string
  note: string
}

export interface NewChange {
  range: number
  runs: readonly Run[]
  state: CodeState
  at: number
  organisation: number
  keyId: string
  note: string
}

export async function insertChanges(db: Queryable, c: NewChange): Promise<void> {
  await db.run(
    sql`insert into code_change (range, first, last, state, at, organisation, key_id, note)
        select ${c.range}, first, last, ${c.state}, ${c.at}, ${c.organisation}, ${c.keyId}, ${c.note}
        from unnest(${int8Array(c.runs.map(r => r.first))}::bigint[], ${int8Array(c.runs.map(r => r.last))}::bigint[]) as r (first, last)`,
  )
}

/** Changes of the codes first … last of a range, newest first. */
export function listChanges(
  db: Queryable,
  range: number,
  first: number,
  last: number,
  limit: number,
): Promise<ChangeRow[]> {
  return db.rows<ChangeRow>(
    sql`select c.first, c.last, c.state, c.at, o.code as organisation_code, c.key_id, c.note
        from code_change c join organisation o on o.id = c.organisation
        where c.range = ${range} and c.first <= ${last} and c.last >= ${first} order by c.id desc limit ${limit}`,
  )
}

/** How many codes of a range are in each state. */
export function countStates(db: Queryable, range: number): Promise<{ state: CodeState; n: number }[]> {
  return db.rows(
    sql`select state, sum(last - first + 1)::bigint as n from code_state where range = ${range} group by state order by state`,
  )
}

/** The state of one code of each range, in the order asked. */
export async function statesAt(
  db: Queryable,
  places: readonly { range: number; n: number }[],
): Promise<({ state: CodeState; since: number } | null)[]> {
  const rows = await db.rows<{ state: CodeState; since: number; ordinal: number }>(
    sql`select s.state, s.since, p.ordinal
        from unnest(${int8Array(places.map(p => p.range))}::bigint[], ${int8Array(places.map(p => p.n))}::bigint[])
          with ordinality as p (at, n, ordinal)
        cross join lateral (
          select state, since from code_state where range = p.at and first <= p.n order by first desc limit 1) s`,
  )
  const byOrdinal = new Map(rows.map(row => [row.ordinal, row]))
  return places.map((_, i) => byOrdinal.get(i + 1) ?? null)
}

/** Tells everybody that something about codes has changed. Last in a transaction: the row is locked until it ends. */
export async function touchClock(db: Queryable): Promise<void> {
  await db.run(sql`update code_clock set version = version + 1`)
}
