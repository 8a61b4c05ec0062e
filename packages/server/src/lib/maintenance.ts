import type { Db } from './db/db.ts'
import { type Sql, sql } from './db/sql.ts'

/** How often it is looked whether something is due. */
const LOOK_MS = 10_000
/** Local hour in which tables are cleaned. */
const NIGHT = 3
/** Growth since the last ANALYZE after which plans would be made from wrong numbers. */
const GROWN_ROWS = 5_000
const GROWN_SHARE = 0.2
/** Of a large table the shape is known, and half a second is long for who waits meanwhile: then when it has doubled. */
const LARGE_ROWS = 50_000

/** A table that is mostly what was there before, a queue, is cleaned at once: it stays small, and that takes milliseconds. */
const DEAD_ROWS = 100
const DEAD_SHARE = 4

export interface Maintenance {
  /** Does what is due by `at`; called by a timer, and by tests. */
  look(at: Date): Promise<void>
  /** Resolves when what is being done has ended. */
  stop(): Promise<void>
}

interface Table {
  name: string
  rows: number
  analyzed: number
  live: number
  dead: number
}

/**
 * What PostgreSQL's own autovacuum does and the embedded database, which has no background processes, does not:
 * `VACUUM (ANALYZE)` once a night, `VACUUM` of queues and `ANALYZE` after bulk loads meanwhile, one table at a time so that
 * requests get in between.
 * Does nothing on a PostgreSQL server.
 */
export function startMaintenance(db: Db, log: (error: unknown, about: string) => void): Maintenance {
  if (db.kind !== 'embedded') return { look: async () => {}, stop: async () => {} }
  let stopping = false
  let lastNight = ''
  let running: Promise<void> = Promise.resolve()

  /** A table that is gone meanwhile, with a schema that was dropped, is no reason to leave out the others. */
  async function upkeep(words: string, table: Table): Promise<void> {
    await db.run(onTable(words, table.name)).catch(error => log(error, `maintenance: ${table.name}`))
  }
  async function clean(): Promise<void> {
    for (const table of await tables(db)) if (!stopping) await upkeep('vacuum (analyze) ', table)
  }
  async function analyzeGrown(): Promise<void> {
    for (const table of await tables(db)) {
      const grown = table.rows - table.analyzed
      const share = table.analyzed < LARGE_ROWS ? GROWN_SHARE : 1
      if (stopping || grown < GROWN_ROWS || grown < table.analyzed * share) continue
      await upkeep('analyze ', table)
    }
  }
  async function cleanQueues(): Promise<void> {
    for (const table of await tables(db))
      if (!stopping && table.dead > DEAD_ROWS && table.dead > table.live * DEAD_SHARE) await upkeep('vacuum ', table)
  }
  async function look(at: Date): Promise<void> {
    const day = at.toDateString()
    if (at.getHours() === NIGHT && lastNight !== day) {
      lastNight = day
      await clean()
    } else {
      await cleanQueues()
      await analyzeGrown()
    }
  }
  function due(at: Date): Promise<void> {
    running = running.then(() => (stopping ? undefined : look(at))).catch(error => log(error, 'maintenance'))
    return running
  }
  const timer = setInterval(() => void due(new Date()), LOOK_MS)
  timer.unref()
  return {
    look: due,
    async stop() {
      stopping = true
      clearInterval(timer)
      await running
    },
  }
}

/**
 * The program's tables with their rows now and when they were last analyzed. Rows now: as many as were analyzed and
 * were added since, which the statistics of the running database count without reading the table.
 */
function tables(db: Db): Promise<Table[]> {
  return db.rows<Table>(
    sql`select quote_ident(schemaname) || '.' || quote_ident(relname) as name, greatest(0, reltuples)::float8 + n_mod_since_analyze as rows,
          greatest(0, reltuples)::float8 as analyzed, n_live_tup as live, n_dead_tup as dead
        from pg_stat_user_tables join pg_class using (relname) where pg_class.oid = pg_stat_user_tables.relid order by 1`,
  )
}

/** Names of tables cannot be values of a statement; these come quoted from the catalogue. */
function onTable(words: string, name: string): Sql {
  return { strings: [words + name], values: [] }
}
