import pg from 'pg'
import type { Queryable } from './db.ts'
import { type Sql, toQuery } from './sql.ts'
import { reach } from './unavailable.ts'

// Every 8-byte integer of ours (positions, microseconds, counts) is below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

/** Commits. Throws where an earlier error, caught on the way, has made the database roll back in place of that. */
export async function commit(client: Pick<pg.Client, 'query'>): Promise<void> {
  const { command } = await reach(client.query('commit'))
  if (command !== 'COMMIT') throw new Error('The transaction was rolled back: a statement in it had failed')
}

/** A `pg` connection or pool as a `Queryable`. Throws `DatabaseUnavailable` where nobody answers. */
export function queryable(client: Pick<pg.Client, 'query'> | Pick<pg.Pool, 'query'>): Queryable {
  const ask = (statement: Sql) => reach((client as Pick<pg.Client, 'query'>).query(toQuery(statement)))
  async function rows<R>(statement: Sql): Promise<R[]> {
    return (await ask(statement)).rows as R[]
  }
  return {
    rows,
    row: async <R>(statement: Sql) => (await rows<R>(statement))[0],
    run: async statement => (await ask(statement)).rowCount ?? 0,
    script: async text => {
      await reach(client.query(text))
    },
  }
}
