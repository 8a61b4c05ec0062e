import { byteaArray, int4Array, int8Array, uuidArray } from '../lib/db/binary.ts'
import type { Queryable } from '../lib/db/db.ts'
import { sql } from '../lib/db/sql.ts'

/** An event as the log looks at it. */
export interface LoggedEvent {
  key: string
  part: number
  id: string
  position: number
  recorded: number
  organisation: number
  context: number
  document: number
  block: number
  slot: number
}

const COLUMNS = sql`replace(e.key::text, '-', '') as key, e.part, e.id, e.position, e.recorded, e.organisation, e.context, e.document, e.block, e.slot`

/** Events at positions from … to, in order. */
export function eventsBetween(db: Queryable, from: number, to: number): Promise<LoggedEvent[]> {
  return db.rows<LoggedEvent>(
    sql`select ${COLUMNS} from event e where e.position between ${from} and ${to} order by e.position`,
  )
}

/** The last events before a position, newest first. */
export function eventsBefore(db: Queryable, position: number, limit: number): Promise<LoggedEvent[]> {
  return db.rows<LoggedEvent>(
    sql`select ${COLUMNS} from event e where e.position < ${position} order by e.position desc limit ${limit}`,
  )
}

/** An event or one of its error declarations, unless hidden organisations brought it. */
export function eventOf(
  db: Queryable,
  key: string,
  part: number,
  hidden: readonly number[],
): Promise<LoggedEvent | undefined> {
  return db.row<LoggedEvent>(
    sql`select ${COLUMNS} from event e where e.key = ${key}::uuid and e.part = ${part} and e.organisation <> all(${int4Array(hidden)}::int[])`,
  )
}

/** Events proper by their keys, unless hidden organisations brought them. */
export function eventsOf(db: Queryable, keys: readonly string[], hidden: readonly number[]): Promise<LoggedEvent[]> {
  return db.rows<LoggedEvent>(
    sql`select ${COLUMNS} from event e where e.key = any(${uuidArray(keys)}::uuid[]) and e.part = 0
          and e.organisation <> all(${int4Array(hidden)}::int[])`,
  )
}

export interface SaltedBlock {
  id: number
  body: Buffer
  salts: Buffer | null
}

export function saltedBlocks(db: Queryable, ids: readonly number[]): Promise<SaltedBlock[]> {
  return db.rows<SaltedBlock>(sql`select id, body, salts from event_block where id = any(${int8Array(ids)}::bigint[])`)
}

/** Gives salts to blocks that were written before there was a log. */
export async function fillSalts(db: Queryable, blocks: readonly { id: number; salts: Buffer }[]): Promise<void> {
  if (!blocks.length) return
  await db.run(
    sql`update event_block set salts = r.salts
        from unnest(${int8Array(blocks.map(b => b.id))}::bigint[], ${byteaArray(blocks.map(b => b.salts))}::bytea[]) as r (id, salts)
        where event_block.id = r.id and event_block.salts is null`,
  )
}

/** Replaces a block, of which an event was taken out. */
export async function replaceBlock(db: Queryable, block: SaltedBlock): Promise<void> {
  await db.run(sql`update event_block set body = ${block.body}, salts = ${block.salts} where id = ${block.id}`)
}

export function contextBodies(db: Queryable, ids: readonly number[]): Promise<{ id: number; body: string }[]> {
  return db.rows(sql`select id, body from context where id = any(${int4Array(ids)}::int[])`)
}

export function organisationCodes(db: Queryable, ids: readonly number[]): Promise<{ id: number; code: string }[]> {
  return db.rows(sql`select id, code from organisation where id = any(${int4Array(ids)}::int[])`)
}

/** Capture position now: every event at or before it is visible. */
export async function clockPosition(db: Queryable): Promise<number> {
  return (await db.row<{ position: number }>(sql`select position from capture_clock`))?.position ?? 0
}

/** Capture position now, with the clock held until the transaction ends: nothing is captured meanwhile. */
export async function holdClock(db: Queryable, take = 0): Promise<number> {
  const row = await db.row<{ position: number }>(
    sql`update capture_clock set position = position + ${take} returning position`,
  )
  if (!row) throw new Error('capture_clock is empty')
  return row.position
}

/** Removes an event or a declaration and what finds it by its units. */
export async function deleteEvent(db: Queryable, key: string, part: number): Promise<void> {
  await db.run(sql`delete from signed_event where event = ${key}::uuid and part = ${part}`)
  await db.run(sql`delete from event where key = ${key}::uuid and part = ${part}`)
  if (part === 0) await db.run(sql`delete from event_unit where event = ${key}::uuid and role > 0`)
  // Rows that a declaration had of its own serve all declarations of the event that are left.
  else if (!(await db.row(sql`select from event where key = ${key}::uuid and part > 0 limit 1`)))
    await db.run(sql`delete from event_unit where event = ${key}::uuid and role < 0`)
}

export interface TombstoneRow {
  position: number
  target: number
  reason: number
  statement: string
  salt: Buffer
  recorded: number
  organisation: number
}

export async function insertTombstone(db: Queryable, t: TombstoneRow): Promise<void> {
  await db.run(
    sql`insert into log_tombstone (position, target, reason, statement, salt, recorded, organisation)
        values (${t.position}, ${t.target}, ${t.reason}::smallint, ${t.statement}, ${t.salt}, ${t.recorded}, ${t.organisation})`,
  )
}

export function tombstonesBetween(db: Queryable, from: number, to: number): Promise<TombstoneRow[]> {
  return db.rows<TombstoneRow>(
    sql`select position, target, reason, statement, salt, recorded, organisation from log_tombstone
        where position between ${from} and ${to} order by position`,
  )
}

/** Indexes of entries from … to whose content is gone. */
export function tombstonesOf(db: Queryable, from: number, to: number): Promise<{ target: number; position: number }[]> {
  return db.rows(sql`select target, position from log_tombstone where target between ${from} and ${to}`)
}
