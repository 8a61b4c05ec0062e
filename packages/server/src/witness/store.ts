import type { Queryable } from '../lib/db/db.ts'
import { sql } from '../lib/db/sql.ts'

/** What is remembered of a log; null before its first checkpoint. */
export interface WatchedRow {
  origin: string
  note: Buffer | null
  cosigned: Buffer | null
  /** POSIX seconds of the last cosignature */
  cosigned_s: number | null
  /** it came with a backup, and nothing was cosigned since */
  restored: boolean
}

/** What is stored with a cosignature. */
export type CosignedRow = { [K in keyof Omit<WatchedRow, 'restored'>]: NonNullable<WatchedRow[K]> }

/** The row of a log, made where there is none, and held until the transaction ends. */
export async function lockLog(tx: Queryable, origin: string): Promise<WatchedRow> {
  await tx.run(sql`insert into witness_log (origin) values (${origin}) on conflict (origin) do nothing`)
  const row = await tx.row<WatchedRow>(
    sql`select origin, note, cosigned, cosigned_s, restored from witness_log where origin = ${origin} for update`,
  )
  if (!row) throw new Error(`witness_log: no row for ${origin}`)
  return row
}

export async function putLog(tx: Queryable, { origin, note, cosigned, cosigned_s }: CosignedRow): Promise<void> {
  await tx.run(
    sql`update witness_log set note = ${note}, cosigned = ${cosigned}, cosigned_s = ${cosigned_s}, restored = false where origin = ${origin}`,
  )
}

/** Rows that came with a backup. */
export function readRestored(db: Queryable): Promise<WatchedRow[]> {
  return db.rows<WatchedRow>(
    sql`select origin, note, cosigned, cosigned_s, restored from witness_log where restored order by origin`,
  )
}

/** Says of rows that nothing was cosigned behind what is known of them. */
export async function vouchFor(db: Queryable, origins: readonly string[]): Promise<void> {
  await db.run(sql`update witness_log set restored = false where origin = any(${origins}::text[])`)
}

/** Marks all that was cosigned as having come with a backup, where the database can say so already. @returns their origins */
export async function markRestored(db: Queryable): Promise<string[]> {
  const column = await db.row(
    sql`select 1 from information_schema.columns where table_schema = current_schema() and table_name = 'witness_log' and column_name = 'restored'`,
  )
  if (!column) return []
  const rows = await db.rows<{ origin: string }>(
    sql`update witness_log set restored = true where note is not null returning origin`,
  )
  return rows.map(row => row.origin).sort()
}

export function readLog(db: Queryable, origin: string): Promise<WatchedRow | undefined> {
  return db.row<WatchedRow>(
    sql`select origin, note, cosigned, cosigned_s, restored from witness_log where origin = ${origin} and note is not null`,
  )
}

export function readLogs(db: Queryable): Promise<WatchedRow[]> {
  return db.rows<WatchedRow>(
    sql`select origin, note, cosigned, cosigned_s, restored from witness_log where note is not null order by origin`,
  )
}
