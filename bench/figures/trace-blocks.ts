import type { Db } from '../../packages/server/src/lib/db/db.ts'
import { sql } from '../../packages/server/src/lib/db/sql.ts'
import type { Figure } from '../lib/figure.ts'
import { progress } from '../lib/progress.ts'
import { atMost } from '../lib/row.ts'
import { median, pause } from '../lib/stats.ts'
import { figures } from '../lib/table.ts'
import { chooseFamilies, traceTimes } from '../lib/trace.ts'
import type { World } from '../lib/worlds.ts'

const FAMILIES = 40
/** PostgreSQL 15 writes a session's counters down when it has been idle for 10 s. */
const SETTLED_MS = 11_500

/** Blocks of tables and indexes touched by a backward trace, which no noise of the machine changes. */
export const traceBlocksFigure: Figure = {
  id: 'trace-blocks',
  databases: ['postgresql'],
  async run({ database, worlds }) {
    const [large, small] = await Promise.all([measure(await worlds.large()), measure(await worlds.small())])
    progress(`trace-blocks: ${figures(small)} small, ${figures(large)} large`)
    return [
      {
        id: 'trace-blocks',
        title: 'database blocks touched by a backward trace, over those at a tenth of the events',
        database,
        value: large / small,
        unit: 'x',
        bar: atMost(1.5),
        raw: null,
        note: `${figures(large)} and ${figures(small)} blocks a trace`,
      },
    ]
  },
}

async function measure(world: World): Promise<number> {
  const server = await world.server()
  const families = chooseFamilies(world.families, FAMILIES, 1)
  // Once before: statements are prepared and catalogues read.
  await traceTimes(server.client, families)
  const db = await world.database.open()
  const counts: number[] = []
  await pause(SETTLED_MS)
  let before = await blocks(db)
  for (let round = 0; round < 2; round++) {
    await traceTimes(server.client, families)
    await pause(SETTLED_MS)
    const after = await blocks(db)
    counts.push((after - before) / families.length)
    before = after
  }
  await db.close()
  return median(counts)
}

async function blocks(db: Db): Promise<number> {
  const row = await db.row<{ n: number }>(
    sql`select sum(heap_blks_hit + heap_blks_read + idx_blks_hit + idx_blks_read + coalesce(toast_blks_hit + toast_blks_read, 0))::bigint as n
        from pg_statio_user_tables where relname in ('event', 'event_unit', 'event_block', 'term')`,
  )
  return row?.n ?? 0
}
