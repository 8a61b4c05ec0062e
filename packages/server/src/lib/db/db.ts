import type { Sql } from './sql.ts'

/** What a store may do, inside a transaction or outside. */
export interface Queryable {
  /** Rows of one statement. Integers of 8 bytes come as numbers (every one of ours is below 2^53). */
  rows<R>(statement: Sql): Promise<R[]>
  /** The first row, if any. */
  row<R>(statement: Sql): Promise<R | undefined>
  /** Number of rows written. */
  run(statement: Sql): Promise<number>
  /** Several statements without values, separated by semicolons: migrations and settings. */
  script(text: string): Promise<void>
}

export type DatabaseKind = 'embedded' | 'postgresql'

/**
 * The database behind one narrow interface; the same SQL runs on PGlite and on PostgreSQL, and the same suite of tests.
 */
export interface Db extends Queryable {
  readonly kind: DatabaseKind
  /** Server version as the database says it. */
  readonly version: string
  /**
   * Runs `work` in one transaction (read committed). Throws what `work` throws, after rolling back.
   * On the embedded database there is one connection: transactions wait for each other, so never wait for the
   * network inside one.
   */
  tx<T>(work: (db: Queryable) => Promise<T>): Promise<T>
  /**
   * The same, sent whole: `work` asks all its questions before it waits for the first answer, and the commit goes right
   * behind them. So the database never waits for this process while it holds a lock, or while it could do what comes
   * next. What has to hold is demanded in SQL (`demand.ts`), and undoes everything where it does not. Where `work` fails
   * before anything is sent, nothing is; it must not ask, or fail, later, when everything may be committed.
   */
  atOnce<T>(work: (db: Queryable) => Promise<T>): Promise<T>
  /**
   * The same database seen from one schema: names mean what stands in it and nothing of any other. It has its own
   * connections where the engine has several; to close it leaves this one open, and whoever still asks it is told that
   * the database is not available.
   * @param schema name of the schema (`[a-z0-9_]+`), which need not be there yet
   */
  within(schema: string): Db
  /** Returns when what was in flight has ended and the database is closed. */
  close(): Promise<void>
}
