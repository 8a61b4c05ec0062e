import pg from 'pg'
import { queryable } from './connection.ts'
import type { Db } from './db.ts'

/**
 * PostgreSQL (15 or newer) behind a pool of connections.
 * @param url `postgres://…`; @param max number of connections
 */
export async function openPostgres(url: string, max: number): Promise<Db> {
  const pool = new pg.Pool({ connectionString: url, max, options: '-c jit=off -c client_min_messages=warning' })
  // An idle connection that the server closes must not end the process; the next query reports what is wrong.
  pool.on('error', () => {})
  const { rows } = await pool.query<{ version: string; num: string }>(
    `select current_setting('server_version') as version, current_setting('server_version_num') as num`,
  )
  const version = rows[0]?.version ?? ''
  if (Number(rows[0]?.num) < 150000) {
    await pool.end()
    throw new Error(`DATABASE_URL: PostgreSQL ${version} is too old; 15 or newer is needed`)
  }
  return {
    kind: 'postgresql',
    version,
    ...queryable(pool),
    async tx(work) {
      const client = await pool.connect()
      let broken = false
      try {
        await client.query('begin')
        const result = await work(queryable(client))
        await client.query('commit')
        return result
      } catch (error) {
        await client.query('rollback').catch(() => {
          broken = true
        })
        throw error
      } finally {
        client.release(broken)
      }
    },
    close: () => pool.end(),
  }
}
