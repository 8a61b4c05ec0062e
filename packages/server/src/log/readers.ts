import type { Queryable } from '../lib/db/db.ts'
import { eventsBetween, type LoggedEvent, tombstonesBetween } from './event-store.ts'
import type { Log } from './log.ts'
import { ensureReader, moveReader, readReader } from './reader-store.ts'
import { type RangeRow, rangesFrom } from './store.ts'

/** One entry of the log, as a part of the program that follows it gets it. */
export type LogItem = { index: number; position: number } & (
  | { kind: 'event'; event: LoggedEvent }
  /** the content of the entry at `target` was deleted */
  | { kind: 'tombstone'; target: number }
  /** an event whose content has been deleted since */
  | { kind: 'deleted' }
)

/** A part of the program that follows the log. */
export interface LogFollower {
  /** under which its position is kept: letters, digits, hyphens */
  name: string
  /** entries at once; 500 if absent */
  batch?: number
  /**
   * Takes entries in order. What it writes with `tx` is committed together with its position, so once; anything else may
   * happen again after a crash. It must not wait for the network inside.
   */
  take(items: readonly LogItem[], tx: Queryable): Promise<void>
}

export interface Following {
  /** index of the entry that comes next */
  next(): number
  /** entries that are published and not yet taken */
  lag(): number
  /** Takes everything that is published now; resolves when that is done. */
  catchUp(): Promise<void>
  /** Begins again with the first entry. */
  rebuild(): Promise<void>
  stop(): Promise<void>
}

const BATCH = 500
/** How often it is looked whether there is more, and after an error whether it goes again. */
const LOOK_MS = 1_000

/**
 * Follows the log from the position that is kept for this name: every entry that a published checkpoint covers, in the
 * order of the log, in batches. Of several processes that follow under one name, each batch is taken by one.
 */
export function followLog(log: Log, follower: LogFollower): Following {
  const { db } = log.parts
  let next = 0
  let stopping = false
  let working: Promise<void> = Promise.resolve()
  const published = () => (log.suites[0] ? (log.published(log.suites[0].id)?.size ?? 0) : 0)

  /** One batch; false where there is none, or another process has taken it. */
  async function step(): Promise<boolean> {
    next = await readReader(db, follower.name)
    const to = Math.min(published(), next + (follower.batch ?? BATCH))
    if (to <= next) return false
    const items = await itemsBetween(db, next, to)
    const from = next
    const moved = await db.tx(async tx => {
      if (!(await moveReader(tx, follower.name, from, to))) return false
      await follower.take(items, tx)
      return true
    })
    if (moved) next = to
    return moved
  }

  function catchUp(): Promise<void> {
    const work = working.then(async () => {
      while (!stopping && (await step())) {
        // on to the next batch
      }
    })
    working = work.catch(() => {})
    return work
  }

  async function run(): Promise<void> {
    await ensureReader(db, follower.name)
    while (!stopping) {
      await catchUp().catch(error => log.parts.log(error, `log reader ${follower.name}`))
      await log.grown(LOOK_MS)
    }
  }
  const running = run().catch(error => log.parts.log(error, `log reader ${follower.name}`))
  const following: Following = {
    next: () => next,
    lag: () => Math.max(0, published() - next),
    catchUp: async () => {
      await ensureReader(db, follower.name)
      await catchUp()
    },
    async rebuild() {
      await working
      await moveReader(db, follower.name, null, 0)
      await catchUp()
    },
    async stop() {
      stopping = true
      await working
      await running
    },
  }
  log.parts.metrics.gauge(
    `yuanliu_log_reader_lag_${follower.name.replace(/\W/g, '_')}`,
    `Published entries that the reader ${follower.name} has not taken`,
    following.lag,
  )
  return following
}

/** The entries from … to (not included), in order, with the events as they are stored now. */
export async function itemsBetween(db: Queryable, from: number, to: number): Promise<LogItem[]> {
  const runs = await rangesFrom(db, from, to - from + 1)
  const items: LogItem[] = []
  for (const run of runs) {
    const [first, end] = [Math.max(from, run.first_index), Math.min(to, run.first_index + run.count)]
    if (first < end) items.push(...(await itemsOfRun(db, run, first, end)))
  }
  if (items.length !== to - from) throw new Error(`log_range: entries ${from} to ${to} are not covered`)
  return items
}

async function itemsOfRun(db: Queryable, run: RangeRow, first: number, end: number): Promise<LogItem[]> {
  const shift = run.first_position - run.first_index
  const events = new Map((await eventsBetween(db, first + shift, end + shift - 1)).map(e => [e.position, e]))
  const stones = new Map((await tombstonesBetween(db, first + shift, end + shift - 1)).map(t => [t.position, t]))
  return Array.from({ length: end - first }, (_, i): LogItem => {
    const at = { index: first + i, position: first + i + shift }
    const event = events.get(at.position)
    if (event) return { ...at, kind: 'event', event }
    const stone = stones.get(at.position)
    return stone ? { ...at, kind: 'tombstone', target: stone.target } : { ...at, kind: 'deleted' }
  })
}
