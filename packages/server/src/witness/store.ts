import type { Queryable } from '../lib/db/db.ts'
import { sql } from '../lib/db/sql.ts'

/** What is remembered of a log; null before its first checkpoint. */
export interface WatchedRow {
  origin: string
  note: Buffer | null
  cosigned: Buffer | null
  /** POSIX seconds of the last cosignature */
  cosigned_s: number | null
}

/** The row of a log, made where there is none, and held until the transaction ends. */
export async function lockLog(tx: Queryable, origin: string): Promise<WatchedRow> {
  await tx.run(sql`insert into witness_log (origin) values (${origin}) on conflict (origin) do nothing`)
  const row = await tx.row<WatchedRow>(
    sql`select origin, note, cosigned, cosigned_s from witness_log where origin = ${origin} for update`,
  )
  if (!row) throw new Error(`witness_log: no row for ${origin}`)
  return row
}

export async function putLog(
  tx: Queryable,
  { origin, note, cosigned, cosigned_s }: { [K in keyof WatchedRow]: NonNullable<WatchedRow[K]> },
): Promise<void> {
  await tx.run(
    sql`update witness_log set note = ${note}, cosigned = ${cosigned}, cosigned_s = ${cosigned_s} where origin = ${origin}`,
  )
}

export function readLog(db: Queryable, origin: string): Promise<WatchedRow | undefined> {
  return db.row<WatchedRow>(
    sql`select origin, note, cosigned, cosigned_s from witness_log where origin = ${origin} and note is not null`,
  )
}

export function readLogs(db: Queryable): Promise<WatchedRow[]> {
  return db.rows<WatchedRow>(
    sql`select origin, note, cosigned, cosigned_s from witness_log where note is not null order by origin`,
  )
}
