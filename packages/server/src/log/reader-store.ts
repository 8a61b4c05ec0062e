import type { Queryable } from '../lib/db/db.ts'
import { sql } from '../lib/db/sql.ts'

export async function ensureReader(db: Queryable, name: string): Promise<void> {
  await db.run(sql`insert into log_reader (name, next) values (${name}, 0) on conflict (name) do nothing`)
}

/** Index of the entry that a reader takes next. */
export async function readReader(db: Queryable, name: string): Promise<number> {
  return (await db.row<{ next: number }>(sql`select next from log_reader where name = ${name}`))?.next ?? 0
}

/** Moves a reader on from where it was (from wherever it is, for null); false where another process has done so. */
export async function moveReader(db: Queryable, name: string, from: number | null, to: number): Promise<boolean> {
  const moved = await db.run(
    sql`update log_reader set next = ${to} where name = ${name} and (${from}::bigint is null or next = ${from})`,
  )
  return moved === 1
}
