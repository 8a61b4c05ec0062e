import pg from 'pg'
import { gather, sendWhole } from './at-once.ts'
import { queryable, transaction } from './connection.ts'
import type { Db } from './db.ts'
import { asSchema, schemaName } from './schema.ts'
import { reach, reasonOf } from './unavailable.ts'

/** How long to wait for a connection, to the server or from the pool, before the caller is told to come back. */
const CONNECT_MS = 10_000
const OPTIONS = '-c jit=off -c client_min_messages=warning'
/** Connections of a schema that is looked into by itself: the two of a writer, and one to read. They end when idle. */
const WITHIN_MAX = 3
const WITHIN_IDLE_MS = 30_000

/**
 * PostgreSQL (15 or newer) behind a pool of connections. Throws an error in words where it cannot be reached.
 * @param url `postgres://…`; @param max number of connections
 */
export async function openPostgres(url: string, max: number): Promise<Db> {
  const pool = openPool(url, { max, options: OPTIONS })
  return over(pool, url, await serverVersion(pool, url))
}

function openPool(url: string, more: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    // What a transaction has to say is sent without waiting for each answer.
    pipeline: true,
    ...more,
  })
  // A connection that the server closes must not end the process, idle or lent out: the next query says what is wrong.
  pool.on('error', () => {})
  pool.on('connect', client => client.on('error', () => {}))
  return pool
}

function over(pool: pg.Pool, url: string, version: string): Db {
  /** Lends a connection; one that could not be brought back from a transaction is given up. */
  async function lent<T>(use: (client: pg.PoolClient, undone: (worked: boolean) => void) => Promise<T>): Promise<T> {
    const client = await reach(pool.connect())
    let broken = false
    try {
      return await use(client, worked => {
        broken = !worked
      })
    } finally {
      client.release(broken)
    }
  }
  return {
    kind: 'postgresql',
    version,
    ...queryable(pool),
    tx: work => lent((client, undone) => transaction(client, work, undone)),
    async atOnce(work) {
      const gathered = await gather(work)
      return lent((client, undone) => sendWhole(client, gathered, undone))
    },
    within(schema) {
      // The path of a connection never changes: plans that it keeps are of this schema.
      const options = `${OPTIONS} -c search_path=${schemaName(schema)}`
      const own = openPool(url, { max: WITHIN_MAX, idleTimeoutMillis: WITHIN_IDLE_MS, options })
      return asSchema(over(own, url, version))
    },
    close: () => pool.end(),
  }
}

async function serverVersion(pool: pg.Pool, url: string): Promise<string> {
  const { host, pathname } = new URL(url)
  try {
    const { rows } = await pool.query<{ version: string; num: string }>(
      `select current_setting('server_version') as version, current_setting('server_version_num') as num`,
    )
    const version = rows[0]?.version ?? ''
    if (Number(rows[0]?.num) < 150000) throw new Error(`PostgreSQL ${version} is too old; 15 or newer is needed`)
    return version
  } catch (error) {
    await pool.end().catch(() => {})
    throw new Error(
      `DATABASE_URL: the database at ${host || 'the local socket'}${pathname} cannot be used: ${reasonOf(error)} 无法连接数据库`,
      { cause: error },
    )
  }
}
