import pg from 'pg'
import { queryable, transaction } from './connection.ts'
import type { Db } from './db.ts'
import { reach, reasonOf } from './unavailable.ts'

/** How long to wait for a connection, to the server or from the pool, before the caller is told to come back. */
const CONNECT_MS = 10_000

/**
 * PostgreSQL (15 or newer) behind a pool of connections. Throws an error in words where it cannot be reached.
 * @param url `postgres://…`; @param max number of connections
 */
export async function openPostgres(url: string, max: number): Promise<Db> {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    // What a transaction has to say is sent without waiting for each answer.
    pipeline: true,
    options: '-c jit=off -c client_min_messages=warning',
  })
  // A connection that the server closes must not end the process, idle or lent out: the next query says what is wrong.
  pool.on('error', () => {})
  pool.on('connect', client => client.on('error', () => {}))
  const version = await serverVersion(pool, url)
  return {
    kind: 'postgresql',
    version,
    ...queryable(pool),
    async tx(work) {
      const client = await reach(pool.connect())
      let broken = false
      try {
        return await transaction(client, work, worked => {
          broken = !worked
        })
      } finally {
        client.release(broken)
      }
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
