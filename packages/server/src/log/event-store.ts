import type { StoredColumns } from '../capture/capture.ts'
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

/**
 * Events at positions from … to, in order, with what is derived from their bytes. They come as one text: on the embedded
 * database a row of so many columns takes four times as long by itself.
 */
export async function derivedBetween(
  db: Queryable,
  from: number,
  to: number,
): Promise<(LoggedEvent & StoredColumns)[]> {
  const row = await db.row<{ events: string | null }>(
    sql`select json_agg(json_build_array(encode(uuid_send(e.key), 'hex'), e.part, e.id, e.position, e.recorded, e.organisation,
            e.context, e.document, e.block, e.slot, e.type, e.action, e.time, e.zone, e.biz_step, e.disposition, e.read_point,
            e.biz_location, e.flags, e.units, e.flow, encode(e.declaration, 'hex')) order by e.position)::text as events
        from event e where e.position between ${from} and ${to}`,
  )
  return (JSON.parse(row?.events ?? '[]') as EventTuple[]).map(e => ({
    key: e[0],
    part: e[1],
    id: e[2],
    position: e[3],
    recorded: e[4],
    organisation: e[5],
    context: e[6],
    document: e[7],
    block: e[8],
    slot: e[9],
    type: e[10],
    action: e[11],
    time: e[12],
    zone: e[13],
    biz_step: e[14],
    disposition: e[15],
    read_point: e[16],
    biz_location: e[17],
    flags: e[18],
    units: e[19],
    flow: e[20],
    declaration: e[21],
  }))
}

type Id = number | null
// biome-ignore format: one line for each table's worth of columns reads better
type EventTuple = [
  string, number, string, number, number, number, number, number, number, number,
  number, number, number, number, Id, Id, Id, Id, number, string, string | null, string | null,
]

/** Events beyond the clock, which no capture can have written: it moves in the transaction that writes them. */
export function eventsBeyondClock(db: Queryable, limit: number): Promise<LoggedEvent[]> {
  return db.rows<LoggedEvent>(
    sql`select ${COLUMNS} from event e where e.position > (select position from capture_clock) order by e.position limit ${limit}`,
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

/** All tombstones that are stored: where each stands, and which entry it names. */
export function tombstoneTargets(db: Queryable): Promise<{ position: number; target: number }[]> {
  return db.rows(sql`select position, target from log_tombstone order by position`)
}
