import type { Codes } from '@yuanliu/core'
import type { Db } from '../lib/db/db.ts'
import { DatabaseUnavailable } from '../lib/db/unavailable.ts'
import type { Terms } from '../lib/terms.ts'
import type { HandOver } from '../log/log.ts'
import type { Batch, Outcome, PackedBatch } from './batch.ts'
import { termsOf } from './columns.ts'
import { declares, gaveWay, KnownEvents, type Plan, planNew, writePlan } from './fast-path.ts'
import { settleBatches } from './slow-path.ts'
import { type Numbers, packTogether } from './staging.ts'

export interface Writer {
  /** Resolves when the batch is durable. */
  write(batch: Batch): Promise<Outcome>
  /** Position of the last event written by this process. */
  position(): number
  /** Calls whoever wants to know that something has been written: durable, at the position above. */
  onWritten(listener: () => void): void
  /** Resolves when everything handed over has been written. */
  idle(): Promise<void>
}

/** Events from which on a batch gains nothing by sharing a transaction, and a transaction nothing by more of them. */
const WORTH_A_TRANSACTION = 250

/**
 * Transactions of a process that are on their way at once, where each is worth it: the database finds the next one there
 * when it is done with one. Small batches gather meanwhile: fewer and larger transactions cost less than what waiting
 * for one costs.
 */
const LANES = 2
const lanesFor = (waiting: Waiting | undefined) => (size(waiting) < WORTH_A_TRANSACTION ? 1 : LANES)

const isPacked = (batch: Batch): batch is PackedBatch => batch.packed !== null
const size = (waiting: Waiting | undefined) => waiting?.batch.events.length ?? 0

interface Waiting {
  batch: Batch
  /** made while other transactions are on their way; such a batch goes alone */
  plan: Plan | null
  resolve: (outcome: Outcome) => void
  reject: (error: unknown) => void
}

/**
 * The writer of events of a process. Small chunks that wait share a transaction and its blocks (group commit); large ones
 * go alone, two on their way, and where the database takes several at once, one writes units and blocks while another
 * holds the capture clock: positions are the order of commit over all processes all the same (fast-path.ts). Chunks with
 * events that are known already, or that declare errors, are settled one by one under the clock (slow-path.ts).
 */
export function createWriter(db: Db, terms: Terms, codes: Codes, handOver: HandOver, blockIds: Numbers): Writer {
  const queue: Waiting[] = []
  const known: Waiting[] = []
  const busy = new Set<Promise<void>>()
  const listeners: (() => void)[] = []
  let last = 0

  /** What is worth a transaction goes alone: whoever sent it can send the next one while others are written. */
  function take(): Waiting[] {
    const group = [queue.shift() as Waiting]
    let events = size(group[0])
    while (events < WORTH_A_TRANSACTION && queue[0] && size(queue[0]) < WORTH_A_TRANSACTION) {
      const next = queue.shift() as Waiting
      group.push(next)
      events += size(next)
    }
    return group
  }

  function next(): void {
    // What has to be settled waits until no other transaction of ours is on its way: neither can block the other.
    if (known.length) {
      if (!busy.size) lane(known.splice(0), settleOneByOne)
    } else while (queue.length && busy.size < lanesFor(queue[0])) lane(take(), writeNew)
  }

  function lane(group: Waiting[], work: (group: Waiting[]) => Promise<void>): void {
    const running = work(group).finally(() => {
      busy.delete(running)
      next()
    })
    busy.add(running)
  }

  function done(group: readonly Waiting[], outcomes: readonly Outcome[]): void {
    group.forEach((w, i) => {
      const outcome = outcomes[i] as Outcome
      last = Math.max(last, outcome.position)
      w.resolve(outcome)
    })
    for (const tell of listeners) tell()
    handOver.wake()
  }

  async function writeNew(group: Waiting[]): Promise<void> {
    const batches = group.map(w => w.batch)
    try {
      const plan = group[0]?.plan ?? (await planned(batches))
      done(group, await writePlan(db, plan, handOver))
    } catch (error) {
      // Not so where the database was lost: the transaction may have been committed.
      if (error instanceof DatabaseUnavailable && !gaveWay(error)) for (const w of group) w.reject(error)
      else known.push(...group)
    }
  }

  async function planned(group: readonly Batch[]): Promise<Plan> {
    const batches = await packTogether(db, blockIds, group)
    const plan = planNew(batches, terms, handOver)
    if (plan) return plan
    if (batches.some(declares)) throw new KnownEvents()
    await Promise.all([terms.ensure(termsOf(eventsOf(batches))), ensureContexts(batches)])
    const now = planNew(batches, terms, handOver)
    if (!now) throw new KnownEvents()
    return now
  }

  function ensureContexts(batches: readonly Batch[]): Promise<void> {
    return handOver.ensure(
      db,
      batches.map(b => b.context),
    )
  }

  /** While it has to wait anyway, a batch that is worth a transaction of its own is planned. */
  function planAhead(batch: Batch): Plan | null {
    if (busy.size < LANES || batch.events.length < WORTH_A_TRANSACTION || !isPacked(batch)) return null
    return planNew([batch], terms, handOver)
  }

  async function settleOneByOne(group: Waiting[]): Promise<void> {
    for (const waiting of group) {
      try {
        const batches = await packTogether(db, blockIds, [waiting.batch])
        await Promise.all([terms.ensure(termsOf(eventsOf(batches))), ensureContexts(batches)])
        done([waiting], await db.tx(tx => settleBatches(tx, batches, terms, codes, handOver)))
      } catch (error) {
        waiting.reject(error)
      }
    }
  }

  return {
    write: batch =>
      new Promise((resolve, reject) => {
        queue.push({ batch, plan: planAhead(batch), resolve, reject })
        if (queue.length > 1) return
        // A turn of the event loop lets requests that arrive together share a transaction.
        if (batch.events.length < WORTH_A_TRANSACTION) setImmediate(next)
        else next()
      }),
    position: () => last,
    onWritten(listener) {
      listeners.push(listener)
    },
    idle: async () => {
      while (queue.length || known.length || busy.size) {
        await Promise.all(busy)
        await new Promise(resolve => setImmediate(resolve))
      }
    },
  }
}

const eventsOf = (batches: readonly Batch[]) => batches.flatMap(b => b.events.map(event => ({ event })))
