import type { Queryable } from '../../lib/db/db.ts'
import { sql } from '../../lib/db/sql.ts'

/** A checkpoint that is, or is to be, written down elsewhere. */
export interface AnchorRow {
  suite: number
  size: number
  adapter: string
  note: Buffer
  note_hash: Buffer
  place: string
  read_back: boolean
  /** microseconds */
  recorded: number
  block: number | null
  block_hash: string | null
  transaction_id: string | null
  placed_ms: number | null
}

/** The newest anchor of a suite by an adapter, read back or not. */
export function lastAnchor(db: Queryable, suite: number, adapter: string): Promise<AnchorRow | undefined> {
  return db.row<AnchorRow>(
    sql`select * from log_anchor where suite = ${suite}::smallint and adapter = ${adapter} order by size desc limit 1`,
  )
}

/** Notes that a checkpoint is about to be written down. */
export async function beginAnchor(db: Queryable, a: AnchorRow): Promise<void> {
  await db.run(
    sql`insert into log_anchor (suite, size, adapter, note, note_hash, place, read_back, recorded)
        values (${a.suite}::smallint, ${a.size}, ${a.adapter}, ${a.note}, ${a.note_hash}, ${a.place}, false, ${a.recorded})
        on conflict (suite, size, adapter) do nothing`,
  )
}

/** Keeps what the place said when it was written to; it is shown only once it was read back. */
export async function noteTransaction(
  db: Queryable,
  { suite, size, adapter }: Pick<AnchorRow, 'suite' | 'size' | 'adapter'>,
  transaction: string | null,
  blockHash: string | null,
): Promise<void> {
  await db.run(
    sql`update log_anchor set transaction_id = ${transaction}, block_hash = ${blockHash}
        where suite = ${suite}::smallint and size = ${size} and adapter = ${adapter} and not read_back`,
  )
}

export async function endAnchor(db: Queryable, a: AnchorRow): Promise<void> {
  await db.run(
    sql`update log_anchor set read_back = true, recorded = ${a.recorded}, place = ${a.place}, block = ${a.block},
          block_hash = coalesce(${a.block_hash}, block_hash), transaction_id = coalesce(${a.transaction_id}, transaction_id),
          placed_ms = ${a.placed_ms}
        where suite = ${a.suite}::smallint and size = ${a.size} and adapter = ${a.adapter}`,
  )
}

/** Anchors that were read back, newest first. */
export function readAnchors(db: Queryable, suite: number, limit: number): Promise<AnchorRow[]> {
  return db.rows<AnchorRow>(
    sql`select * from log_anchor where suite = ${suite}::smallint and read_back order by size desc, adapter limit ${limit}`,
  )
}

/** The first anchor that covers an entry. */
export function anchorOver(db: Queryable, suite: number, index: number): Promise<AnchorRow | undefined> {
  return db.row<AnchorRow>(
    sql`select * from log_anchor where suite = ${suite}::smallint and read_back and size > ${index} order by size, adapter limit 1`,
  )
}

/** The newest anchors that were read back from a place. */
export async function anchorsAt(
  db: Queryable,
  suite: number,
  adapter: string,
  place: string,
  limit: number,
): Promise<AnchorRow[]> {
  // A backup may be from before there were anchors.
  const table = await db.row<{ there: boolean }>(sql`select to_regclass('public.log_anchor') is not null as there`)
  if (!table?.there) return []
  return db.rows<AnchorRow>(
    sql`select * from log_anchor where suite = ${suite}::smallint and adapter = ${adapter} and place = ${place} and read_back
        order by size desc limit ${limit}`,
  )
}
