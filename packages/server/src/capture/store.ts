import { byteaArray, int2Array, int4Array, int8Array, textArray, uuidArray } from '../lib/db/binary.ts'
import type { Queryable } from '../lib/db/db.ts'
import { late, type Sql, sql } from '../lib/db/sql.ts'
import type { eventColumns, unitColumns } from './columns.ts'

/** Moves the clock on by `count` and holds it until the transaction ends. Returns the first position given. */
export async function takePositions(db: Queryable, count: number): Promise<number> {
  const row = await db.row<{ position: number }>(
    sql`update capture_clock set position = position + ${count} returning position`,
  )
  if (!row) throw new Error('capture_clock is empty')
  return row.position - count + 1
}

/** Capture position: everything acknowledged so far is at or before it. */
export async function position(db: Queryable): Promise<number> {
  return (await db.row<{ position: number }>(sql`select position from capture_clock`))?.position ?? 0
}

export interface StoredRow {
  key: string
  part: number
  organisation: number
  organisation_code: string
  declaration: Buffer | null
  block: number
  slot: number
  context: string
}

/** What is stored under these keys, with its document's context. */
export function storedParts(db: Queryable, keys: readonly string[]): Promise<StoredRow[]> {
  return db.rows<StoredRow>(
    sql`select replace(e.key::text, '-', '') as key, e.part, e.organisation, o.code as organisation_code, e.declaration, e.block, e.slot, c.body as context
        from event e join organisation o on o.id = e.organisation join context c on c.id = e.context
        where e.key = any(${uuidArray(keys)}::uuid[]) order by e.key, e.part`,
  )
}

/** Blocks by number; not joined to events, which a cluster keeps elsewhere. */
export async function storedBlocks(db: Queryable, ids: readonly number[]): Promise<Map<number, Buffer>> {
  if (!ids.length) return new Map()
  const rows = await db.rows<{ id: number; body: Buffer }>(
    sql`select id, body from event_block where id = any(${int8Array(ids)}::bigint[])`,
  )
  return new Map(rows.map(r => [r.id, r.body]))
}

/** Events at positions `first`, `first + 1`, … in the order of the columns. */
export async function insertEvents(
  db: Queryable,
  c: ReturnType<typeof eventColumns>,
  recorded: number,
  first: number,
): Promise<void> {
  await db.run(
    sql`insert into event (key, part, id, position, type, action, time, zone, recorded, biz_step, disposition, read_point, biz_location,
          organisation, context, document, flags, block, slot, units, flow, declaration)
        select key, part, id, ${first}::bigint + n - 1, type, action, time, zone, ${recorded}::bigint, biz_step, disposition, read_point, biz_location,
          organisation, context, document, flags, block, slot, units, flow, declaration
        from unnest(${c.key}::uuid[], ${c.part}::smallint[], ${c.id}::text[], ${c.type}::smallint[],
          ${c.action}::smallint[], ${c.time}::bigint[], ${c.zone}::smallint[], ${c.bizStep}::int[], ${c.disposition}::int[],
          ${c.readPoint}::int[], ${c.bizLocation}::int[], ${c.organisation}::int[], ${c.context}::int[], ${c.document}::int[], ${c.flags}::smallint[],
          ${c.block}::bigint[], ${c.slot}::smallint[], ${c.units}::text[], ${c.flow}::text[], ${c.declaration}::bytea[]) with ordinality
          as r (key, part, id, type, action, time, zone, biz_step, disposition, read_point, biz_location,
            organisation, context, document, flags, block, slot, units, flow, declaration, n)`,
  )
}

/**
 * Takes the clock and writes events that nobody has sent before, in one statement: the clock is held only from here to
 * the end of the transaction. Where one of the events was declared in error before it came, none is written; one whose id
 * is taken is a unique violation. Arrays are unnested side by side in the select list: `from unnest(…)` would first lay the rows
 * aside, which costs a tenth of the statement. That all were written is demanded (`isUnmet` tells where they were not).
 * @param columns are asked for when the statement is sent
 * @returns the last position taken
 */
export async function insertNewEvents(
  db: Queryable,
  columns: () => ReturnType<typeof eventColumns>,
  recorded: number,
  count: number,
): Promise<number> {
  const row = await db.row<{ position: number }>(late(() => newEvents(columns(), recorded, count)))
  if (!row) throw new Error('capture_clock is empty')
  return row.position
}

function newEvents(c: ReturnType<typeof eventColumns>, recorded: number, count: number): Sql {
  return sql`with clock as (update capture_clock set position = position + ${count} returning position),
        written as (
          insert into event (key, part, id, position, type, action, time, zone, recorded, biz_step, disposition, read_point, biz_location,
            organisation, context, document, flags, block, slot, units, flow)
          select key, 0, id, (select position from clock) - ${count}::bigint + n, type, action, time, zone, ${recorded}::bigint, biz_step, disposition,
            read_point, biz_location, organisation, context, document, flags, block, slot, units, flow
          from (select unnest(${c.key}::uuid[]) as key, unnest(${c.ordinal}::int[]) as n, unnest(${c.id}::text[]) as id,
              unnest(${c.type}::smallint[]) as type, unnest(${c.action}::smallint[]) as action,
              unnest(${c.time}::bigint[]) as time, unnest(${c.zone}::smallint[]) as zone,
              unnest(${c.bizStep}::int[]) as biz_step, unnest(${c.disposition}::int[]) as disposition,
              unnest(${c.readPoint}::int[]) as read_point, unnest(${c.bizLocation}::int[]) as biz_location,
              unnest(${c.organisation}::int[]) as organisation, unnest(${c.context}::int[]) as context,
              unnest(${c.document}::int[]) as document, unnest(${c.flags}::smallint[]) as flags,
              unnest(${c.block}::bigint[]) as block, unnest(${c.slot}::smallint[]) as slot,
              unnest(${c.units}::text[]) as units, unnest(${c.flow}::text[]) as flow) as r
          where not declared_among(${c.key}::uuid[])
          returning 1)
        select position, 1 / ((select count(*) from written) = ${count})::int as whole from clock`
}

export async function insertUnits(db: Queryable, c: ReturnType<typeof unitColumns>): Promise<void> {
  if (!c.count) return
  await db.run(
    sql`insert into event_unit (unit, time, event, role, kind, parent, quantity, uom)
        select unnest(${c.unit}::text[]), unnest(${c.time}::bigint[]), unnest(${c.event}::uuid[]),
          unnest(${c.role}::smallint[]), unnest(${c.kind}::smallint[]), unnest(${c.parent}::text[]),
          unnest(${c.quantity}::text[])::numeric, unnest(${c.uom}::int[])`,
  )
}

export interface BlockRow {
  id: number
  capture: string
  firstOrdinal: number
  events: number
  /** the events, packed when it is asked for */
  body: () => Buffer
  salts: Buffer
}

export async function insertBlocks(db: Queryable, blocks: readonly BlockRow[]): Promise<void> {
  if (!blocks.length) return
  await db.run(
    late(
      () =>
        sql`insert into event_block (id, capture, first_ordinal, events, body, salts)
            select * from unnest(${int8Array(blocks.map(b => b.id))}::bigint[], ${uuidArray(blocks.map(b => b.capture))}::uuid[],
              ${int4Array(blocks.map(b => b.firstOrdinal))}::int[], ${int4Array(blocks.map(b => b.events))}::int[],
              ${byteaArray(blocks.map(b => b.body()))}::bytea[], ${byteaArray(blocks.map(b => b.salts))}::bytea[])`,
    ),
  )
}

/** The first of 1,024 numbers that nobody else gets. */
export async function takeRange(db: Queryable, sequence: 'event_block_id' | 'document_number'): Promise<number> {
  const row = await db.row<{ id: number }>(sql`select nextval(${sequence}::regclass) as id`)
  if (!row) throw new Error(`${sequence}: no number`)
  return row.id
}

export interface ConflictRow {
  key: string
  capture: string
  ordinal: number
  organisation: number
  first: number
  recorded: number
  id: string
  block: number
  slot: number
  /** capture position, one that no event has */
  position: number
}

export async function insertConflicts(db: Queryable, rows: readonly ConflictRow[]): Promise<void> {
  if (!rows.length) return
  await db.run(
    sql`insert into event_conflict (key, capture, ordinal, organisation, first_organisation, recorded, event_id, block, slot, position)
        select * from unnest(${uuidArray(rows.map(r => r.key))}::uuid[], ${uuidArray(rows.map(r => r.capture))}::uuid[],
          ${int4Array(rows.map(r => r.ordinal))}::int[], ${int4Array(rows.map(r => r.organisation))}::int[],
          ${int4Array(rows.map(r => r.first))}::int[], ${int8Array(rows.map(r => r.recorded))}::bigint[],
          ${textArray(rows.map(r => r.id))}::text[], ${int8Array(rows.map(r => r.block))}::bigint[],
          ${int2Array(rows.map(r => r.slot))}::smallint[], ${int8Array(rows.map(r => r.position))}::bigint[])`,
  )
}

export interface ReceiptRow {
  capture: string
  ordinal: number
  status: string
  id: string | null
  body: unknown
}

export async function insertReceipts(db: Queryable, rows: readonly ReceiptRow[]): Promise<void> {
  if (!rows.length) return
  await db.run(
    sql`insert into capture_receipt (capture, ordinal, status, event_id, body)
        select capture, ordinal, status, event_id, body::jsonb
        from unnest(${uuidArray(rows.map(r => r.capture))}::uuid[], ${int4Array(rows.map(r => r.ordinal))}::int[],
          ${textArray(rows.map(r => r.status))}::text[], ${textArray(rows.map(r => r.id))}::text[],
          ${textArray(rows.map(r => JSON.stringify(r.body)))}::text[]) as r (capture, ordinal, status, event_id, body)
        on conflict (capture, ordinal) do nothing`,
  )
}

export async function ensureContext(db: Queryable, digest: Buffer, body: string): Promise<number> {
  await db.run(sql`insert into context (digest, body) values (${digest}, ${body}) on conflict (digest) do nothing`)
  const row = await db.row<{ id: number }>(sql`select id from context where digest = ${digest}`)
  if (!row) throw new Error('context: the row just written is not there')
  return row.id
}
