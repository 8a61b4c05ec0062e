import type { Queryable } from '../lib/db/db.ts'
import { sql } from '../lib/db/sql.ts'

/** A log that has ended, as it is stored and shown. */
export interface RetiredRow {
  suite: number
  origin: string
  key: string
  size: number
  checkpoint: Buffer
  new_origin: string
  new_key: string
  statement: Buffer
  /** microseconds since 1970 */
  retired: number
}

/** Notes that a log has ended; does nothing where that is noted. */
export async function insertRetired(db: Queryable, r: RetiredRow): Promise<void> {
  await db.run(
    sql`insert into log_retired (suite, origin, key, size, checkpoint, new_origin, new_key, statement, retired)
        values (${r.suite}::smallint, ${r.origin}, ${r.key}, ${r.size}, ${r.checkpoint}, ${r.new_origin}, ${r.new_key}, ${r.statement}, ${r.retired})
        on conflict (suite, origin) do nothing`,
  )
}

/** Logs that have ended, the last one first. */
export function readRetired(db: Queryable): Promise<RetiredRow[]> {
  return db.rows<RetiredRow>(
    sql`select suite, origin, key, size, checkpoint, new_origin, new_key, statement, retired from log_retired order by retired desc, suite`,
  )
}

/** Whether the database has the tables of a log. */
export async function hasLogTables(db: Queryable): Promise<boolean> {
  const row = await db.row<{ there: boolean }>(sql`select to_regclass('public.log_tree') is not null as there`)
  return row?.there ?? false
}

/** Sets the statements on deleted events of a log aside: the indexes they name are of that log only. */
export async function setTombstonesAside(tx: Queryable, origin: string): Promise<void> {
  await tx.run(
    sql`insert into log_retired_tombstone (origin, position, target, reason, statement, salt, recorded, organisation)
        select ${origin}, position, target, reason, statement, salt, recorded, organisation from log_tombstone`,
  )
}

/**
 * Tables of the log, and what ending a log does with them: emptied, since they are of one log, or kept. A test holds this list against the catalogue.
 */
export const LOG_TABLES: Record<string, 'emptied' | 'kept'> = {
  log_state: 'emptied',
  log_tree: 'emptied',
  log_queue: 'emptied',
  log_range: 'emptied',
  log_bundle: 'emptied',
  log_tile: 'emptied',
  log_tombstone: 'emptied',
  // The next log says it again.
  log_statement: 'emptied',
  log_witness: 'emptied',
  log_cosigned: 'emptied',
  log_cosignature: 'emptied',
  log_anchor: 'emptied',
  // Evidence against a log does not end with it.
  log_fork: 'kept',
  log_lease: 'kept',
  // Readers follow capture positions, which go on.
  log_reader: 'kept',
  log_retired: 'kept',
  log_retired_tombstone: 'kept',
}

/** Empties what belongs to one log. */
export async function emptyLog(tx: Queryable): Promise<void> {
  const names = Object.keys(LOG_TABLES).filter(name => LOG_TABLES[name] === 'emptied')
  await tx.script(names.map(name => `delete from ${name}`).join(';'))
}

/** Positions up to this one have been given out, though the database does not know them any more. */
export async function passPositions(tx: Queryable, position: number): Promise<void> {
  await tx.run(sql`update capture_clock set position = greatest(position, ${position})`)
}
