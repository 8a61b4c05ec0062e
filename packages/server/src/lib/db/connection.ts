import pg from 'pg'
import type { Queryable } from './db.ts'
import { type Sql, toQuery } from './sql.ts'
import { reach } from './unavailable.ts'

// Every 8-byte integer of ours (positions, microseconds, counts) is below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

/** Commits. Throws where an earlier error, caught on the way, has made the database roll back in place of that. */
async function commit(client: Pick<pg.Client, 'query'>): Promise<void> {
  demandCommit(await reach(client.query('commit')))
}

/** Throws where the database has rolled back in place of a commit. */
export function demandCommit({ command }: { command: string }): void {
  if (command !== 'COMMIT') throw new Error('The transaction was rolled back: a statement in it had failed')
}

/**
 * Runs `work` in a transaction of a connection; throws what it throws, after rolling back. `begin` is sent ahead of the
 * first statement, not waited for: on one connection the order holds.
 * @param named as of `queryable`
 * @param undone told whether the rollback worked; where it did not, the connection is of no use any more
 */
export async function transaction<T>(
  client: Pick<pg.Client, 'query'>,
  work: (db: Queryable) => Promise<T>,
  undone: (worked: boolean) => void = () => {},
  named = true,
): Promise<T> {
  const begun = reach(client.query('begin'))
  begun.catch(() => {})
  try {
    const result = await work(queryable(client, named))
    await begun
    await commit(client)
    return result
  } catch (error) {
    // What went wrong first is what the caller must hear.
    await client.query('rollback').then(
      () => undone(true),
      () => undone(false),
    )
    throw error
  }
}

/**
 * A `pg` connection or pool as a `Queryable`. Throws `DatabaseUnavailable` where nobody answers.
 * @param named false: statements are planned each time; for a connection whose prepared statements belong to others
 */
export function queryable(client: Pick<pg.Client, 'query'> | Pick<pg.Pool, 'query'>, named = true): Queryable {
  const ask = (statement: Sql) => reach((client as Pick<pg.Client, 'query'>).query(toQuery(statement, named)))
  return {
    ...answering(ask),
    script: async text => {
      await reach(client.query(text))
    },
  }
}

/** What may be asked, over a way of asking; scripts are not among it. */
export function answering(ask: (statement: Sql) => Promise<pg.QueryResult>): Queryable {
  async function rows<R>(statement: Sql): Promise<R[]> {
    return (await ask(statement)).rows as R[]
  }
  return {
    rows,
    row: async <R>(statement: Sql) => (await rows<R>(statement))[0],
    run: async statement => (await ask(statement)).rowCount ?? 0,
    script: async () => {
      throw new Error('A script cannot be asked here')
    },
  }
}
