import { setTimeout } from 'node:timers/promises'
import { Problem } from '@yuanliu/core'
import type { Db, Queryable } from '../lib/db/db.ts'
import type { Metrics } from '../lib/metrics.ts'
import { itemsBetween, type LogItem } from './items.ts'
import type { Line } from './line.ts'
import { ensureReader, moveReader, readReader } from './reader-store.ts'

/** Positions that a follower takes at once: those behind `after`, up to and with `upTo`. Not each has an event. */
export interface Run {
  after: number
  upTo: number
  /** What stands at them, in order. */
  items(): Promise<LogItem[]>
}

/** A part of the program that follows what is captured. */
export interface LogFollower {
  /** under which its position is kept: letters, digits, hyphens */
  name: string
  /** positions at once; 500 if absent */
  batch?: number
  /** `always` (if absent): as soon as there is more; `asked`: when somebody calls `catchUp` */
  when?: 'always' | 'asked'
  /**
   * True, if absent: `take` runs in the transaction that moves the position, so what it writes with its database is
   * written once; it must not wait for the network, nor for another connection. False: `take` runs first, and may run
   * again after a crash, or at once in two processes.
   */
  atomic?: boolean
  /** Takes runs in order. */
  take(run: Run, db: Queryable): Promise<void>
  /** Throws away what it has made, before it begins again with the first event. A follower without cannot be rebuilt. */
  clear?(tx: Queryable): Promise<void>
}

export interface Following {
  /** capture position up to which everything was taken, as last seen */
  position(): number
  /** capture positions that were not yet taken, as far as is known without asking */
  lag(): number
  /**
   * Takes what may be read now, or everything up to a position that is captured.
   * @param deadline milliseconds of `performance.now()` behind which no run is begun
   * @returns the position reached
   */
  catchUp(upTo?: number, deadline?: number): Promise<number>
  /** Begins again with the first event. */
  rebuild(): Promise<void>
  stop(): Promise<void>
}

/** A reader as `yuanliu log readers` lists it. */
export interface Reader {
  name: string
  /** Where it is; `followers`: how many have places of their own under this name, the last of which counts. */
  place(): Promise<{ position: number; followers: number }>
  /** Positions not taken, as far as is known without asking. */
  lag(): number
  /** absent: it cannot be rebuilt; `instead` says what can be done */
  rebuild?(): Promise<void>
  instead?: string
}

const BATCH = 500
/** After an error, and where nothing says that there is more, it is looked again. */
const LOOK_MS = 1_000

/** The readers of a process: what follows the line from a durable position of its own. */
export interface Readers {
  /** Follows the line from the position that is kept for this name. */
  follow(follower: LogFollower): Following
  /** Lists, and measures the lag of, a reader that keeps its places itself. */
  add(reader: Reader): void
  list(): Reader[]
  /** @throws Problem 404 */
  find(name: string): Reader
  /** @throws Problem 404 for no such reader, 400 for one that cannot be rebuilt */
  rebuild(name: string): Promise<void>
  stop(): Promise<void>
}

export function createReaders(parts: {
  db: Db
  line: Line
  metrics: Metrics
  log: (error: unknown, about: string) => void
}): Readers {
  const { db, line, metrics, log } = parts
  const readers = new Map<string, Reader>()
  const followings: Following[] = []

  function add(reader: Reader): void {
    readers.set(reader.name, reader)
    metrics.gauge(
      `yuanliu_log_reader_lag_${reader.name.replace(/\W/g, '_')}`,
      `Capture positions that the reader ${reader.name} has not taken`,
      reader.lag,
    )
  }

  function find(name: string): Reader {
    const reader = readers.get(name)
    if (reader) return reader
    const names = [...readers.keys()].join(', ')
    throw new Problem('not-found', { detail: `${name.slice(0, 100)}: 没有此读者 no such reader; there are ${names}` })
  }

  return {
    add,
    find,
    follow(follower) {
      const following = followLine({ db, line, log }, follower)
      followings.push(following)
      const { name } = follower
      add({
        name,
        place: async () => ({ position: await readReader(db, name), followers: 1 }),
        lag: following.lag,
        ...(follower.clear && { rebuild: following.rebuild }),
      })
      return following
    },
    list: () => [...readers.values()],
    async rebuild(name) {
      const reader = find(name)
      if (!reader.rebuild) {
        const message = `${name} cannot be rebuilt${reader.instead ? `: ${reader.instead}` : ''} 该读者不能重建`
        throw new Problem('invalid-input', { errors: [{ pointer: '/params/name', message }] })
      }
      await reader.rebuild()
    },
    async stop() {
      await Promise.all(followings.map(f => f.stop()))
    },
  }
}

/** Follows the line in batches. Of several processes that follow under one name, each batch moves the position once. */
function followLine(
  { db, line, log }: { db: Db; line: Line; log: (error: unknown, about: string) => void },
  follower: LogFollower,
): Following {
  const { name, batch = BATCH } = follower
  let position = 0
  let stopping = false
  let working: Promise<unknown> = Promise.resolve()
  let wake = () => {}
  const about = `reader ${name}`

  /** One batch; false where there is none. */
  async function step(upTo: number): Promise<boolean> {
    const after = await readReader(db, name)
    position = after
    const to = Math.min(upTo, after + batch)
    if (to <= after) return false
    const run = (on: Queryable): Run => ({ after, upTo: to, items: () => itemsBetween(on, after, to) })
    if (follower.atomic === false) {
      await follower.take(run(db), db)
      if (await moveReader(db, name, after, to)) position = to
      return true
    }
    await db.tx(async tx => {
      // Who has taken it meanwhile has moved the position: nothing is taken twice.
      if (!(await moveReader(tx, name, after, to))) return
      await follower.take(run(tx), tx)
    })
    return true
  }

  function catchUp(upTo?: number, deadline = Number.POSITIVE_INFINITY): Promise<number> {
    const work = working.then(async () => {
      await ensured()
      while (!stopping && performance.now() < deadline && (await step(upTo ?? line.head()))) {
        // on to the next batch
      }
      return position
    })
    working = work.catch(() => {})
    return work
  }

  let made: Promise<void> | null = null
  function ensured(): Promise<void> {
    made ??= ensureReader(db, name).catch(error => {
      made = null
      throw error
    })
    return made
  }

  async function run(): Promise<void> {
    let moved = false
    wake = () => {
      moved = true
    }
    const unlisten = line.onMoved(() => wake())
    while (!stopping) {
      moved = false
      await catchUp().catch(error => log(error, about))
      if (moved || stopping) continue
      const pause = new AbortController()
      wake = () => {
        moved = true
        pause.abort()
      }
      await setTimeout(LOOK_MS, undefined, { signal: pause.signal, ref: false }).catch(() => {})
    }
    unlisten()
  }

  const running = follower.when === 'asked' ? Promise.resolve() : run().catch(error => log(error, about))
  return {
    position: () => position,
    lag: () => Math.max(0, line.seen() - position),
    async catchUp(upTo, deadline) {
      if (upTo === undefined) await line.look()
      return catchUp(upTo, deadline)
    },
    async rebuild() {
      const { clear } = follower
      if (!clear) throw new Error(`${about} cannot be rebuilt`)
      const begun = working.then(async () => {
        await ensured()
        await db.tx(async tx => {
          await moveReader(tx, name, null, 0)
          await clear(tx)
        })
      })
      working = begun.catch(() => {})
      await begun
      void line
        .look()
        .then(() => catchUp())
        .catch(error => log(error, about))
    },
    async stop() {
      stopping = true
      wake()
      await working
      await running
    },
  }
}
