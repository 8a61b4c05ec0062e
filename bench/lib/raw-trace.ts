import { textArray } from '../../packages/server/src/lib/db/binary.ts'
import type { Db } from '../../packages/server/src/lib/db/db.ts'
import { sql } from '../../packages/server/src/lib/db/sql.ts'

/**
 * The raw limit of tracing: the events of units that are known beforehand, one statement a level, no rules, nothing
 * parsed, no HTTP.
 */
export async function readLevels(db: Db, levels: readonly (readonly string[])[]): Promise<void> {
  for (const units of levels) {
    await db.row(
      sql`select string_agg(e.units, '') as t from event e
          where e.key in (select event from event_unit where unit = any(${textArray(units)}::text[]))`,
    )
  }
}
