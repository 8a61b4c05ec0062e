import pg from 'pg'
import type { Db } from './db/db.ts'
import { sql } from './db/sql.ts'

/** Tells which processes are alive, so that work a dead one left behind can be taken over. */
export interface Presence {
  /** number of this process, never given twice */
  readonly id: number
  isAlive(id: number): Promise<boolean>
  close(): Promise<void>
}

// Namespace of the advisory locks ("yuan" in ASCII): one lock per living process.
const SPACE = 0x7975616e

/**
 * On PostgreSQL a process holds an advisory lock on its number over a connection of its own: the database lets go of it
 * the moment the process is gone. The embedded database has one process.
 */
export async function openPresence(db: Db, databaseUrl: string | null): Promise<Presence> {
  const row = await db.row<{ id: number }>(sql`select nextval('process_id')::int as id`)
  const id = row?.id ?? 0
  if (!databaseUrl) return { id, isAlive: async other => other === id, close: async () => {} }
  const client = new pg.Client({ connectionString: databaseUrl, keepAlive: true })
  let open = true
  client.on('error', () => {
    open = false
  })
  await client.connect()
  await client.query('select pg_advisory_lock($1, $2)', [SPACE, id])
  return {
    id,
    async isAlive(other) {
      if (other === id) return open
      const free = await db.tx(tx =>
        tx.row<{ free: boolean }>(sql`select pg_try_advisory_xact_lock(${SPACE}, ${other}) as free`),
      )
      return !free?.free
    },
    close: () => client.end(),
  }
}
