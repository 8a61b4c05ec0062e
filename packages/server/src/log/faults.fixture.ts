import { open, rename } from 'node:fs/promises'
import type { Db, Queryable } from '../lib/db/db.ts'
import { sql } from '../lib/db/sql.ts'
import type { Files } from '../lib/durable-files.ts'
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
    // Outside of a transaction each write is one of its own, and they are counted one after the other.
    async run(s) {
      const { fault } = state
      const isHere = fault?.at === 1
      state.fault = fault && typeof fault.at === 'number' && !isHere ? { ...fault, at: fault.at - 1 } : null
      if (!isHere || fault.stored) await db.run(s)
      return isHere ? fail() : 1
    },
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

/**
 * Has some work fail at each of its writes and at the commit, each failed and failed though it was stored.
 * @param work done on a database that fails once
 * @param before what has to be there each time
 * @param after what has to hold each time; null: the work was not disturbed, since it has no more writes
 * @returns how many faults there were
 */
export async function atEveryWrite(
  db: Db,
  work: (faulty: Db) => Promise<unknown>,
  after: (fault: Fault | null) => Promise<void>,
  before: () => Promise<void> = async () => {},
): Promise<number> {
  const { db: faulty, state } = faultyDatabase(db)
  let faults = 0
  const isDisturbed = async (fault: Fault) => {
    await before()
    state.fault = fault
    const failed = await work(faulty).then(
      () => false,
      (error: Error) => {
        if (!error.message.includes('injected fault')) throw error
        return true
      },
    )
    state.fault = null
    faults += Number(failed)
    await after(failed ? fault : null)
    return failed
  }
  for (const stored of [false, true]) {
    await isDisturbed({ at: 'commit', stored })
    for (let at = 1; await isDisturbed({ at, stored }); ) at++
  }
  return faults
}

/** A step by which the checkpoint store writes: of the draft, then of the folder. */
export type FileStep = 'open' | 'write' | 'sync' | 'close' | 'rename' | 'folder'

/** Files of which one step fails once; with `stored` it came about all the same, else a write is torn. */
export function faultyFiles() {
  const state = { fault: null as { step: FileStep; stored: boolean } | null }
  async function through(
    step: FileStep,
    real: () => Promise<unknown>,
    torn: () => Promise<unknown> = () => Promise.resolve(),
  ) {
    const { fault } = state
    if (fault?.step !== step) return real()
    state.fault = null
    await (fault.stored ? real() : torn())
    throw new Error('injected fault')
  }
  const files: Files = {
    async open(path, flags, mode) {
      const isDraft = flags === 'w'
      if (isDraft) await through('open', async () => (await open(path, flags, mode)).close())
      const file = await open(path, flags, mode)
      return {
        writeFile: bytes =>
          through(
            'write',
            () => file.writeFile(bytes),
            () => file.writeFile((bytes as Uint8Array).subarray(0, 40)),
          ) as Promise<void>,
        sync: () => through(isDraft ? 'sync' : 'folder', () => file.sync()) as Promise<void>,
        close: () =>
          isDraft
            ? (through(
                'close',
                () => file.close(),
                () => file.close(),
              ) as Promise<void>)
            : file.close(),
      }
    },
    rename: (from, to) => through('rename', () => rename(from, to)) as Promise<void>,
  }
  return { files, state }
}
