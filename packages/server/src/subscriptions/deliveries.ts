import type { Schedule } from '@yuanliu/core'
import type { Events } from '../events/events.ts'
import type { Db } from '../lib/db/db.ts'
import type { Metrics } from '../lib/metrics.ts'
import type { Feed } from './feed.ts'
import type { Poster } from './post.ts'
import { readSchedule, type Timetable } from './schedule.ts'
import * as store from './store.ts'
import { startWorker, type Worker } from './worker.ts'

export interface DeliveryParts {
  db: Db
  events: Events
  feed: Feed
  poster: Poster
  metrics: Pick<Metrics, 'count' | 'observe'>
  /** number of this process */
  process: number
  zone: string
  log: (error: unknown, about: string) => void
  /** milliseconds since the epoch */
  clock: () => number
  pace: Pace
}

/** Milliseconds. */
export interface Pace {
  /** how long a subscription is held without word; longer than a message may take */
  lease: number
  /** how often leases are renewed and others looked for */
  renew: number
  /** what is left of a lease when the last message may begin */
  margin: number
  /** how often progress is written */
  write: number
  /** how often a worker looks at the clock */
  tick: number
}

export const PACE: Pace = { lease: 20_000, renew: 2_000, margin: 11_000, write: 200, tick: 30_000 }
/** Progress without anything sent is written so seldom, in milliseconds: to look again at some events does no harm. */
const SEEN = 5_000
/** Subscriptions taken at a time. */
const TAKEN = 1_000

/**
 * The subscriptions that this process delivers. Each is held by a lease, so that one process delivers it at a time and
 * another takes over when the lease runs out; a lease that could run out during a message is not used any more.
 */
export interface Deliveries {
  /** Looks for subscriptions that nobody holds. */
  take(alone?: boolean): Promise<void>
  /** Stops delivering these; their leases stay as they are. */
  drop(ids: readonly string[]): Promise<void>
  /** Those of a query that are delivered here. */
  ofQuery(query: number): string[]
  /** The place of the one furthest behind that is delivered here; null where there is none. */
  last(): number | null
  /** Writes what is known of progress. */
  flush(): Promise<void>
  /** Stops all; with `release` others may take over at once. */
  stop(release?: boolean): Promise<void>
}

interface Held {
  worker: Worker
  epoch: number
  query: number
  /** by performance.now() */
  until: number
}

export function createDeliveries(parts: DeliveryParts): Deliveries {
  const { db, feed, process, pace, log } = parts
  const held = new Map<string, Held>()
  let progress = new Map<string, store.Progress>()
  let writing: Promise<void> = Promise.resolve()
  let renewing: Promise<void> | null = null
  let seenAt = 0
  let renewedAt = 0
  let stopped = false

  let unlisten: (() => void) | null = null
  /** The log is looked at while there is somebody to tell. */
  function attend(): void {
    if (held.size && !unlisten) {
      unlisten = feed.onMoved(() => {
        for (const { worker } of held.values()) worker.wake()
      })
    }
    if (held.size || !unlisten) return
    unlisten()
    unlisten = null
  }
  const renewTimer = setInterval(() => {
    renewing ??= renew()
      .catch(error => log(error, 'subscriptions: leases'))
      .finally(() => {
        renewing = null
      })
  }, pace.renew)
  const writeTimer = setInterval(() => {
    const now = performance.now()
    const isDue = now - seenAt >= SEEN || [...progress.values()].some(p => p.success > 0 || p.nextRun > 0)
    if (!progress.size || !isDue) return
    seenAt = now
    void flush().catch(error => log(error, 'subscriptions: progress'))
  }, pace.write)

  async function renew(): Promise<void> {
    const began = performance.now()
    const list = [...held].map(([id, { epoch }]) => ({ id, epoch }))
    const ids = list.map(({ id }) => id)
    if (ids.length && began - renewedAt >= pace.lease / 5) {
      renewedAt = began
      const still = new Set(await store.renewLeases(db, process, list, pace.lease * 1000))
      for (const id of ids) {
        const one = held.get(id)
        if (one && still.has(id)) one.until = began + pace.lease
      }
      await letGo(ids.filter(id => !still.has(id)))
    }
    await take(false)
  }

  async function take(alone = false): Promise<void> {
    if (stopped) return
    const began = performance.now()
    const ids = await store.takeLeases(db, process, pace.lease * 1000, TAKEN, alone)
    if (!ids.length) return
    await feed.look()
    for (const row of await store.subscriptionsById(db, ids)) {
      const before = held.get(row.id)
      if (before) before.until = began + pace.lease
      if (stopped || before) continue
      try {
        held.set(row.id, { worker: start(row), epoch: row.epoch, query: row.query, until: began + pace.lease })
      } catch (error) {
        // One that cannot be delivered is no reason not to deliver the others.
        log(error, `subscription ${row.id}`)
      }
    }
    attend()
  }

  /** Progress to be written: what came later, with what was sent before. */
  function note(before: store.Progress | undefined, p: store.Progress): void {
    if (!before || before === p) progress.set(p.id, p)
    else {
      const delivered = before.delivered + p.delivered
      const [success, nextRun] = [p.success || before.success, p.nextRun || before.nextRun]
      progress.set(p.id, { ...p, delivered, success, nextRun })
    }
  }

  function start(row: store.SubscriptionRow): Worker {
    const { id } = row
    return startWorker(
      {
        ...parts,
        tick: pace.tick,
        mayBegin: () => (held.get(id)?.until ?? 0) - performance.now() > pace.margin,
        progressed: p => note(progress.get(id), p),
        async failed(failure) {
          await flush()
          return store.writeFailure(db, process, failure)
        },
        ended: () => void letGo([id]),
        counted(result, seconds) {
          parts.metrics.count('yuanliu_webhook_messages_total', { result })
          parts.metrics.observe('yuanliu_webhook_seconds', seconds)
        },
        log: error => log(error, `subscription ${id}`),
      },
      row,
      timetableOf(row.schedule),
    )
  }

  /** One at a time: what was noted later is written later. */
  function flush(): Promise<void> {
    const before = writing
    const written = (async () => {
      await before.catch(() => {})
      const list = [...progress.values()]
      if (!list.length) return
      progress = new Map()
      try {
        const still = new Set(await store.writeProgress(db, process, list))
        void letGo(list.map(p => p.id).filter(id => !still.has(id)))
      } catch (error) {
        for (const p of list) note(p, progress.get(p.id) ?? p)
        throw error
      }
    })()
    writing = written
    return written
  }

  /** Stops delivering what is not ours any more; what nobody else has is free. */
  async function letGo(ids: readonly string[]): Promise<void> {
    if (!ids.length) return
    await drop(ids)
    await store.releaseLeases(db, process, ids).catch(error => log(error, 'subscriptions: leases'))
  }

  async function drop(ids: readonly string[]): Promise<void> {
    const workers = ids.flatMap(id => held.get(id)?.worker ?? [])
    for (const id of ids) {
      held.delete(id)
      progress.delete(id)
    }
    attend()
    await Promise.all(workers.map(worker => worker.stop()))
    for (const id of ids) if (!held.has(id)) progress.delete(id)
  }

  return {
    take,
    drop,
    flush,
    last: () => (held.size ? Math.min(...Array.from(held.values(), ({ worker }) => worker.position())) : null),
    ofQuery: query => [...held].filter(([, one]) => one.query === query).map(([id]) => id),
    async stop(release = true) {
      stopped = true
      clearInterval(renewTimer)
      clearInterval(writeTimer)
      unlisten?.()
      await renewing
      const ids = [...held.keys()]
      await Promise.all([...held.values()].map(({ worker }) => worker.stop()))
      held.clear()
      if (!release) return
      await flush().catch(error => log(error, 'subscriptions: progress'))
      await store.releaseLeases(db, process, ids).catch(error => log(error, 'subscriptions: leases'))
    },
  }
}

/** A schedule as it was stored: checked when it was made. */
function timetableOf(schedule: string | null): Timetable | null {
  if (schedule === null) return null
  const table = readSchedule(JSON.parse(schedule) as Schedule, '/schedule/')
  if (Array.isArray(table)) throw new Error(`a stored schedule cannot be read: ${schedule}`)
  return table
}
