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
const AGAIN_MS = 1_000

/** How many processes run on this database now; the embedded one is opened by one process only, which is who asks. */
export async function livingProcesses(db: Db): Promise<number> {
  if (db.kind === 'embedded') return 0
  const row = await db.row<{ n: number }>(
    sql`select count(*)::int as n from pg_locks where locktype = 'advisory' and classid = ${SPACE}::oid and granted
          and database = (select oid from pg_database where datname = current_database())`,
  )
  return row?.n ?? 0
}

/**
 * On PostgreSQL a process holds an advisory lock on its number over a connection of its own: the database lets go of it
 * the moment the process is gone. When the connection is lost it is made anew; until then others may take this process
 * for dead, so whoever takes work over must do it by a statement that only one of them can win.
 * The embedded database has one process.
 */
export async function openPresence(db: Db, databaseUrl: string | null): Promise<Presence> {
  const row = await db.row<{ id: number }>(sql`select nextval('process_id')::int as id`)
  const id = row?.id ?? 0
  if (!databaseUrl) return { id, isAlive: async other => other === id, close: async () => {} }
  const url = databaseUrl
  let client: pg.Client | null = null
  let timer: NodeJS.Timeout | undefined
  let closed = false

  async function hold(): Promise<void> {
    const fresh = new pg.Client({ connectionString: url, keepAlive: true, connectionTimeoutMillis: 10_000 })
    fresh.on('error', () => {})
    fresh.on('end', () => {
      if (client === fresh) client = null
      again()
    })
    await fresh.connect()
    // Not waiting: who looks whether we live holds the lock for a moment.
    const { rows } = await fresh.query<{ held: boolean }>('select pg_try_advisory_lock($1, $2) as held', [SPACE, id])
    if (rows[0]?.held) client = fresh
    else await fresh.end()
  }
  function again(): void {
    if (closed || client) return
    clearTimeout(timer)
    timer = setTimeout(() => void hold().catch(again), AGAIN_MS)
  }
  await hold()

  return {
    id,
    async isAlive(other) {
      if (other === id) return true
      const free = await db.tx(tx =>
        tx.row<{ free: boolean }>(sql`select pg_try_advisory_xact_lock(${SPACE}, ${other}) as free`),
      )
      return !free?.free
    },
    async close() {
      closed = true
      clearTimeout(timer)
      await client?.end().catch(() => {})
    },
  }
}
