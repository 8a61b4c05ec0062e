import type { Db } from './db.ts'
import { DatabaseUnavailable } from './unavailable.ts'

/** The name of a schema as it stands in SQL. Throws where it would need quotes. */
export function schemaName(schema: string): string {
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(schema)) throw new Error(`"${schema}" is not the name of a schema`)
  return schema
}

// 42P01 undefined_table, 3F000 invalid_schema_name: what stood there has been dropped meanwhile.
const GONE = new Set(['42P01', '3F000'])

/**
 * A view on one schema that another process may drop at any time: what is asked of it then is unavailable, as with a
 * database that is away, and no fault of the program. Once closed it is unavailable, too.
 */
export function asSchema(db: Db): Db {
  let closed = false
  async function ask<T>(question: () => Promise<T>): Promise<T> {
    if (closed) throw new DatabaseUnavailable(new Error('This view of the database is closed'))
    try {
      return await question()
    } catch (error) {
      throw GONE.has(String((error as { code?: unknown }).code)) ? new DatabaseUnavailable(error) : error
    }
  }
  return {
    kind: db.kind,
    version: db.version,
    rows: statement => ask(() => db.rows(statement)),
    row: statement => ask(() => db.row(statement)),
    run: statement => ask(() => db.run(statement)),
    script: text => ask(() => db.script(text)),
    tx: work => ask(() => db.tx(work)),
    atOnce: work => ask(() => db.atOnce(work)),
    within: db.within,
    async close() {
      if (closed) return
      closed = true
      await db.close()
    },
  }
}
