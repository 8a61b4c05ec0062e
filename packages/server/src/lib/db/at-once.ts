import type { Writable } from 'node:stream'
import type pg from 'pg'
import { answering, demandCommit } from './connection.ts'
import type { Queryable } from './db.ts'
import { isLate, type Sql, toQuery } from './sql.ts'
import { reach } from './unavailable.ts'

/** A statement, and whom its answer is for. */
interface Asked {
  statement: Sql
  answer: (result: pg.QueryResult) => void
  fail: (error: unknown) => void
}

/** What a transaction has to say, none of it sent yet. */
export interface Gathered<T> {
  asked: readonly Asked[]
  done: Promise<T>
}

/**
 * Listens to what `work` asks before it waits for an answer. Where it fails by itself, that is thrown, and nothing of it
 * was sent: half of a transaction must never meet the commit.
 */
export async function gather<T>(work: (db: Queryable) => Promise<T>): Promise<Gathered<T>> {
  const asked: Asked[] = []
  let isOpen = true
  const ask = (statement: Sql) =>
    new Promise<pg.QueryResult>((answer, fail) => {
      if (!isOpen) throw new Error('The commit has been sent already')
      asked.push({ statement, answer, fail })
    })
  let failed = false
  const done = (async () => work(answering(ask)))()
  done.catch(() => {
    failed = true
  })
  // From a microtask: what is called next finds all of them done, and so every failure that needs no answer.
  await null
  await new Promise<void>(resolve => process.nextTick(resolve))
  isOpen = false
  if (failed) await done
  return { asked, done }
}

/**
 * Sends a transaction: begin, its statements, the commit, none of them waited for (`Db.atOnce`). It is one write, but where
 * a statement is `late`: what stands before it is on its way while it is made. A statement that fails makes the database
 * roll back where the commit is, and so does one that cannot be made; the first to fail is thrown.
 * @param undone told whether the connection can be used again, where something went wrong
 * @param named as of `queryable`
 */
export async function sendWhole<T>(
  client: Pick<pg.Client, 'query'>,
  { asked, done }: Gathered<T>,
  undone: (worked: boolean) => void = () => {},
  named = true,
): Promise<T> {
  const { stream } = (client as { connection?: { stream?: Partial<Writable> } }).connection ?? {}
  stream?.cork?.()
  const begun = reach(client.query('begin'))
  let isWhole = true
  for (const { statement, answer, fail } of asked) {
    if (isWhole && isLate(statement)) {
      stream?.uncork?.()
      stream?.cork?.()
    }
    try {
      if (!isWhole) throw new Error('What stands before it was not sent')
      reach(client.query(toQuery(statement, named)))
        .catch(afterItsCause)
        .then(answer, fail)
    } catch (error) {
      isWhole = false
      fail(error)
    }
  }
  const ended = reach(client.query(isWhole ? 'commit' : 'rollback'))
  stream?.uncork?.()
  const [first, result, end] = await Promise.allSettled([begun, done, ended])
  if (end.status === 'rejected') undone(false)
  if (first.status === 'rejected') throw first.reason
  if (result.status === 'rejected') throw result.reason
  if (end.status === 'rejected') throw end.reason
  demandCommit(end.value)
  return result.value
}

// SQLSTATE in_failed_sql_transaction: nothing was asked, since an earlier statement failed.
const FOLLOWS = '25P02'

/** An error that only follows from another one is told when whoever waits for that one has heard it. */
async function afterItsCause(error: unknown): Promise<never> {
  if ((error as { code?: unknown }).code === FOLLOWS) await new Promise(resolve => setImmediate(resolve))
  throw error
}
