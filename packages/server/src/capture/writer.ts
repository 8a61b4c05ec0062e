import type { Codes } from '@yuanliu/core'
import { now } from '../lib/clock.ts'
import type { Db, Queryable } from '../lib/db/db.ts'
import { DatabaseUnavailable } from '../lib/db/unavailable.ts'
import type { Terms } from '../lib/terms.ts'
import { eventReading } from '../lib/xml/stored-context.ts'
import type { Committable, HandOver } from '../log/log.ts'
import type { Batch, Outcome } from './batch.ts'
import { unpackBlock } from './block.ts'
import { eventColumns, type Row, unitColumns } from './columns.ts'
import { applyNew, committables, declares, gaveWay, KnownEvents, type Plan, planNew } from './fast-path.ts'
import { recordCaptures } from './finished-store.ts'
import { insertMasterData } from './master-store.ts'
import { createPreparer } from './prepare.ts'
import { receiptRows, tallyOf } from './receipt-rows.ts'
import { hasEvent, type Settled, type StoredPart, settle } from './settle.ts'
import type { Place } from './staging.ts'
import * as store from './store.ts'

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

/** Events in one transaction: enough to share its cost, few enough to hold the clock only briefly. */
const EVENTS_PER_TRANSACTION = 1_000

/** Events from which on a batch gains nothing by sharing a transaction. */
const WORTH_A_TRANSACTION = 250

interface Waiting {
  batch: Batch
  /** made while other transactions are on their way; such a batch goes alone */
  plan: Plan | null
  resolve: (outcome: Outcome) => void
  reject: (error: unknown) => void
}

/**
 * The writer of events of a process. Chunks that wait share a transaction (group commit), and where the database takes
 * several transactions at once, one writes units and blocks while another holds the capture clock: positions are the
 * order of commit over all processes all the same (fast-path.ts). Chunks with events that are known already, or that
 * declare errors, are settled one by one under the clock.
 */
export function createWriter(db: Db, terms: Terms, codes: Codes, handOver: HandOver): Writer {
  const lanes = db.kind === 'postgresql' ? 2 : 1
  const queue: Waiting[] = []
  const known: Waiting[] = []
  const busy = new Set<Promise<void>>()
  const listeners: (() => void)[] = []
  let last = 0

  function take(): Waiting[] {
    const group: Waiting[] = []
    let events = 0
    if (queue[0]?.plan) return [queue.shift() as Waiting]
    while (
      queue[0] &&
      !queue[0].plan &&
      (!group.length || events + queue[0].batch.events.length <= EVENTS_PER_TRANSACTION)
    ) {
      const next = queue.shift() as Waiting
      group.push(next)
      events += next.batch.events.length
    }
    return group
  }

  function next(): void {
    // What has to be settled waits until no other transaction of ours is on its way: neither can block the other.
    if (known.length) {
      if (!busy.size) lane(known.splice(0), settleOneByOne)
    } else while (busy.size < lanes && queue.length) lane(take(), writeNew)
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
      done(group, await db.tx(tx => applyNew(tx, plan, handOver)))
    } catch (error) {
      // Not so where the database was lost: the transaction may have been committed.
      if (error instanceof DatabaseUnavailable && !gaveWay(error)) for (const w of group) w.reject(error)
      else known.push(...group)
    }
  }

  async function planned(batches: readonly Batch[]): Promise<Plan> {
    const plan = planNew(batches, terms, handOver)
    if (plan) return plan
    if (batches.some(declares)) throw new KnownEvents()
    await Promise.all([terms.ensure(termsOf(batches)), ensureContexts(batches)])
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
    return busy.size < lanes || batch.events.length < WORTH_A_TRANSACTION ? null : planNew([batch], terms, handOver)
  }

  async function settleOneByOne(group: Waiting[]): Promise<void> {
    for (const waiting of group) {
      try {
        await Promise.all([terms.ensure(termsOf([waiting.batch])), ensureContexts([waiting.batch])])
        done([waiting], await db.tx(tx => apply(tx, [waiting.batch], terms, codes, handOver)))
      } catch (error) {
        waiting.reject(error)
      }
    }
  }

  return {
    write: batch =>
      new Promise((resolve, reject) => {
        queue.push({ batch, plan: planAhead(batch), resolve, reject })
        // A turn of the event loop lets requests that arrive together share a transaction.
        if (queue.length === 1) setImmediate(next)
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

function* termsOf(batches: readonly Batch[]): Generator<string> {
  for (const batch of batches) {
    for (const { facts: f } of batch.events) {
      if (f.bizStep !== null) yield f.bizStep
      if (f.disposition !== null) yield f.disposition
      if (f.readPoint !== null) yield f.readPoint
      if (f.bizLocation !== null) yield f.bizLocation
      if (f.uoms) for (const uom of f.uoms) if (uom) yield uom
    }
  }
}

async function apply(
  tx: Queryable,
  batches: readonly Batch[],
  terms: Terms,
  codes: Codes,
  handOver: HandOver,
): Promise<Outcome[]> {
  const count = batches.reduce((n, b) => n + b.events.length, 0)
  const taken = Math.max(1, count)
  const first = await store.takePositions(tx, taken)
  const recorded = now()
  const stored = await lookUp(
    tx,
    batches.flatMap(b => b.events.map(e => e.key)),
    codes,
  )
  const fresh = new Map<string, StoredPart[]>()
  const rows: Row[] = []
  const logged: Committable[] = []
  const named = new Set<string>()
  const blocks: store.BlockRow[] = []
  const results = batches.map(batch => {
    const settled = settle(batch.events, stored, batch, batch.hash, fresh)
    const committable = committables(batch)
    const used = new Set<number>()
    settled.forEach((s, i) => {
      const { block, slot } = batch.places[i] as Place
      const { organisation, context, document } = batch
      if (s.status !== 'duplicate') used.add(block)
      if (s.status !== 'accepted') return
      // Declarations of an event that is not there: the first of them is found by its units.
      if (s.part === 0) named.add(s.event.key)
      const isLone = s.part === 1 && !named.has(s.event.key) && !hasEvent(stored, s.event.key)
      rows.push({ event: s.event, part: s.part, organisation, context, document, block, slot, isLone })
      logged.push(committable[i] as Committable)
    })
    // A block that brings nothing new is not kept twice.
    blocks.push(...batch.blocks.filter(b => used.has(b.id)))
    return settled
  })
  await store.insertBlocks(tx, blocks)
  if (rows.length) {
    await store.insertEvents(tx, eventColumns(rows, terms.idOf), recorded, first)
    await store.insertUnits(tx, unitColumns(rows, terms.idOf))
    await handOver.put(tx, handOver.commit(logged, recorded), taken - rows.length)
  }
  // Positions that were taken for events which are none.
  let spare = first + rows.length
  for (const [i, batch] of batches.entries()) {
    const settled = results[i] as Settled[]
    const conflicts = conflictRows(batch, settled, recorded, spare)
    spare += conflicts.length
    await store.insertConflicts(tx, conflicts)
    await store.insertReceipts(tx, receiptRows(batch, settled))
    if (batch.masterData.length)
      await insertMasterData(tx, batch.masterData, { organisation: batch.organisation, recorded, position: first })
  }
  await recordCaptures(tx, batches, results.map(tallyOf), results)
  return results.map(settled => ({ settled, recorded, position: first + count - 1 }))
}

async function lookUp(tx: Queryable, keys: string[], codes: Codes): Promise<Map<string, StoredPart[]>> {
  const found = new Map<string, StoredPart[]>()
  const rows = await store.storedParts(tx, keys)
  const blocks = await store.storedBlocks(tx, [...new Set(rows.map(r => r.block))])
  // Events that come again come as they came: together, from few blocks and contexts.
  const unpacked = new Map<number, ReturnType<typeof unpackBlock>>()
  const preparers = new Map<string, ReturnType<typeof createPreparer>>()
  function hashOf(row: store.StoredRow): string {
    const events = unpacked.get(row.block) ?? unpackBlock(blocks.get(row.block) ?? Buffer.alloc(0))
    unpacked.set(row.block, events)
    const bytes = events[row.slot]?.bytes
    if (!bytes) throw new Error(`event ${row.key}: slot ${row.slot} is not in its block`)
    const preparer = preparers.get(row.context) ?? createPreparer(codes, eventReading(row.context), { mayVoid: false })
    preparers.set(row.context, preparer)
    return preparer.hash(bytes)
  }
  for (const row of rows) {
    let hash: string | null = null
    const part: StoredPart = {
      part: row.part,
      organisation: row.organisation,
      organisationCode: row.organisation_code,
      declaration: row.declaration,
      hash: () => {
        hash ??= hashOf(row)
        return hash
      },
    }
    const list = found.get(row.key)
    if (list) list.push(part)
    else found.set(row.key, [part])
  }
  return found
}

function conflictRows(
  batch: Batch,
  settled: readonly Settled[],
  recorded: number,
  position: number,
): store.ConflictRow[] {
  let next = position
  return settled.flatMap((s, i) =>
    s.status !== 'conflict' || !s.first
      ? []
      : [
          {
            key: s.event.key,
            capture: batch.capture,
            ordinal: s.event.ordinal,
            organisation: batch.organisation,
            first: s.first.organisation,
            recorded,
            id: s.event.id,
            block: (batch.places[i] as Place).block,
            slot: (batch.places[i] as Place).slot,
            position: next++,
          },
        ],
  )
}
