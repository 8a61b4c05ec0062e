import type { Queryable } from '../lib/db/db.ts'
import { sql } from '../lib/db/sql.ts'
import type { RangeRow } from './store.ts'

export async function ensureReader(db: Queryable, name: string): Promise<void> {
  await db.run(sql`insert into log_reader (name, position) values (${name}, 0) on conflict (name) do nothing`)
}

/** Capture position up to which a reader has taken everything. */
export async function readReader(db: Queryable, name: string): Promise<number> {
  return (await db.row<{ position: number }>(sql`select position from log_reader where name = ${name}`))?.position ?? 0
}

/** Moves a reader on from where it was (from wherever it is, for null); false where another process has done so. */
export async function moveReader(db: Queryable, name: string, from: number | null, to: number): Promise<boolean> {
  const moved = await db.run(
    sql`update log_reader set position = ${to} where name = ${name} and (${from}::bigint is null or position = ${from})`,
  )
  return moved === 1
}

/** The runs of entries with positions from … to, in order. */
export function rangesBetween(db: Queryable, from: number, to: number): Promise<RangeRow[]> {
  return db.rows<RangeRow>(
    sql`select first_index, first_position, count from log_range
        where first_position <= ${to}
          and first_position >= coalesce((select max(first_position) from log_range where first_position <= ${from}), 0)
        order by first_position`,
  )
}
