import type { Db, Queryable } from '../lib/db/db.ts'
import { sql } from '../lib/db/sql.ts'
import type { CheckpointStore } from './checkpoint-store.ts'

/** Where the next write goes wrong. */
export interface Fault {
  /** number of the statement inside the transaction, from 1; `commit`: none of them, but the commit */
  at: number | 'commit'
  /** the write came about all the same, and only its answer was lost */
  stored: boolean
  /** so does every one after it, until the fault is taken away */
  stays?: boolean
}

/**
 * A database whose next transaction fails once, and how many statements its transactions have had. What is sent whole waits
 * for `held` first.
 */
export function faultyDatabase(db: Db) {
  const state = { fault: null as Fault | null, statements: 0, held: Promise.resolve() as Promise<unknown> }
  const fail = () => {
    throw new Error('injected fault')
  }
  const faulty: Db = {
    ...db,
    kind: db.kind,
    version: db.version,
    rows: s => db.rows(s),
    row: s => db.row(s),
    run: s => db.run(s),
    script: t => db.script(t),
    within: schema => db.within(schema),
    close: () => db.close(),
    async atOnce(work) {
      await state.held
      const { fault } = state
      if (!fault?.stays) state.fault = null
      let n = 0
      // Sent whole: what fails has to fail in the database.
      const broken = (tx: Queryable) => tx.run(sql`select 'injected fault'::int`) as Promise<never>
      const result = await db.atOnce(async tx => {
        const counted =
          <A, R>(real: (argument: A) => Promise<R>) =>
          (argument: A): Promise<R> => {
            state.statements = ++n
            if (fault?.at !== n) return real(argument)
            return fault.stored ? Promise.all([real(argument), broken(tx)]).then(([value]) => value) : broken(tx)
          }
        const done = work(watched(tx, counted))
        return fault?.at === 'commit' && !fault.stored ? Promise.all([done, broken(tx)]).then(([v]) => v) : done
      })
      if (fault?.at === 'commit') fail()
      return result
    },
    async tx(work) {
      const { fault } = state
      state.fault = null
      let n = 0
      const counted =
        <A, R>(real: (argument: A) => Promise<R>) =>
        async (argument: A): Promise<R> => {
          state.statements = ++n
          if (fault?.at !== n) return real(argument)
          if (fault.stored) await real(argument)
          return fail()
        }
      const result = await db.tx(async tx => {
        const value = await work(watched(tx, counted))
        if (fault?.at === 'commit' && !fault.stored) fail()
        return value
      })
      if (fault?.at === 'commit') fail()
      return result
    },
  }
  return { db: faulty, state }
}

/** A transaction each of whose questions passes through `counted`. */
function watched(
  tx: Queryable,
  counted: <A, R>(real: (argument: A) => Promise<R>) => (argument: A) => Promise<R>,
): Queryable {
  return {
    rows: counted(s => tx.rows(s)) as Queryable['rows'],
    row: counted(s => tx.row(s)) as Queryable['row'],
    run: counted(s => tx.run(s)),
    script: counted(t => tx.script(t)),
  }
}

/** A checkpoint store whose next write fails once. */
export function faultyStore(store: CheckpointStore) {
  const state = { fault: null as { stored: boolean } | null }
  const faulty: CheckpointStore = {
    ...store,
    async write(suite, note) {
      const { fault } = state
      state.fault = null
      if (!fault || fault.stored) await store.write(suite, note)
      if (fault) throw new Error('injected fault')
    },
  }
  return { store: faulty, state }
}
