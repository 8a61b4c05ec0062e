import { createHash } from 'node:crypto'
import { byteaArray } from './db/binary.ts'
import type { Queryable } from './db/db.ts'
import { sql } from './db/sql.ts'

/** Page tokens that were given back (EPCIS 2.0 §12.7): nothing is held for a token, but it is good no longer. */
export interface ReleasedTokens {
  release(token: string): Promise<void>
  isReleased(token: string): Promise<boolean>
}

/** @param life milliseconds after which a token would have expired anyway */
export function createReleasedTokens(db: Queryable, life: number, clock: () => number = Date.now): ReleasedTokens {
  const digest = (token: string) => createHash('sha256').update(token).digest()
  return {
    async release(token) {
      await db.run(sql`delete from page_token_released where expires < ${clock()}`)
      await db.run(
        sql`insert into page_token_released (digest, expires)
            select d, ${clock() + life} from unnest(${byteaArray([digest(token)])}::bytea[]) as d
            on conflict (digest) do nothing`,
      )
    },
    async isReleased(token) {
      const row = await db.row(
        sql`select 1 as one from page_token_released where digest = any(${byteaArray([digest(token)])}::bytea[])`,
      )
      return row !== undefined
    },
  }
}
