import type { Db } from '../../packages/server/src/lib/db/db.ts'
import { openEmbedded } from '../../packages/server/src/lib/db/embedded.ts'
import { openPostgres } from '../../packages/server/src/lib/db/postgres.ts'

/** The database of an environment that no server process uses now, for looking into it. */
export function openDatabase(env: Record<string, string>): Promise<Db> {
  return env.DATABASE_URL ? openPostgres(env.DATABASE_URL, 4) : openEmbedded(env.DATA_DIR ?? '')
}
