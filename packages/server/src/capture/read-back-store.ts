import { int2Array, int8Array, textArray, uuidArray } from '../lib/db/binary.ts'
import type { Queryable } from '../lib/db/db.ts'
import { sql } from '../lib/db/sql.ts'

export type ReadBackName = 'company-prefixes' | 'lone-declarations'

/** How far a reading has come and how far it has to go; null where there is nothing left. */
export async function readMark(db: Queryable, name: ReadBackName): Promise<{ position: number; until: number } | null> {
  const row = await db.row<{ position: number; until: number }>(
    sql`select position, until from read_back where name = ${name} and position < until`,
  )
  return row ?? null
}

export async function moveMark(db: Queryable, name: ReadBackName, to: number): Promise<void> {
  await db.run(sql`update read_back set position = ${to} where name = ${name} and position < ${to}`)
}

/** Blocks behind a number, up to and with another, in their order. */
export function blocksBehind(
  db: Queryable,
  after: number,
  until: number,
  limit: number,
): Promise<{ id: number; body: Buffer }[]> {
  return db.rows(
    sql`select id, body from event_block where id > ${after} and id <= ${until} order by id limit ${limit}`,
  )
}

export interface StoredDeclaration {
  /** 32 hex digits */
  key: string
  time: number
  type: number
  action: number
  /** as stored: a line each */
  units: string
}

/** First error declarations behind a key, in the order of keys. */
export function declarationsBehind(db: Queryable, after: string, limit: number): Promise<StoredDeclaration[]> {
  return db.rows(
    sql`select replace(key::text, '-', '') as key, time, type, action, units from event
        where part > 0 and part = 1 and key > ${after}::uuid order by key limit ${limit}`,
  )
}

/** Those of these keys under which there is an event, not only a declaration. */
export async function eventsAmong(db: Queryable, keys: readonly string[]): Promise<Set<string>> {
  const rows = await db.rows<{ key: string }>(
    sql`select replace(key::text, '-', '') as key from event where key = any(${uuidArray(keys)}::uuid[]) and part = 0`,
  )
  return new Set(rows.map(row => row.key))
}

export interface LoneUnit {
  unit: string
  time: number
  event: string
  role: number
  kind: number
}

/** Adds what finds declarations by their units; what is there already stays. */
export async function addLoneUnits(db: Queryable, rows: readonly LoneUnit[]): Promise<void> {
  if (!rows.length) return
  await db.run(
    sql`insert into event_unit (unit, time, event, role, kind)
        select distinct * from unnest(${textArray(rows.map(r => r.unit))}::text[], ${int8Array(rows.map(r => r.time))}::bigint[],
          ${uuidArray(rows.map(r => r.event))}::uuid[], ${int2Array(rows.map(r => r.role))}::smallint[],
          ${int2Array(rows.map(r => r.kind))}::smallint[])
        on conflict (unit, time, event, role) do nothing`,
  )
}
