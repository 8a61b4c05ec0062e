import type { Codes } from '@yuanliu/core'
import { now } from '../lib/clock.ts'
import type { Db, Queryable } from '../lib/db/db.ts'
import { DatabaseUnavailable } from '../lib/db/unavailable.ts'
import type { Terms } from '../lib/terms.ts'
import { unpackBlock } from './block.ts'
import { eventColumns, type Row, unitColumns } from './columns.ts'
import type { Tally } from './job-store.ts'
import { insertMasterData, type MasterElement } from './master-store.ts'
import { createPreparer, FLAG, type Prepared } from './prepare.ts'
import { type Settled, type StoredPart, settle } from './settle.ts'
import * as store from './store.ts'

/** One chunk of one document, checked and identified, to be written whole or not at all. */
export interface Batch {
  capture: string
  organisation: number
  organisationCode: string
  context: number
  /** number of the capture */
  document: number
  events: readonly Prepared[]
  /** block and slot of each event, in the order of `events` */
  places: readonly { block: number; slot: number }[]
  /** blocks to write with it; empty where they are already staged */
  blocks: readonly store.BlockRow[]
  masterData: readonly MasterElement[]
  hash(event: Prepared): string
  /** what the capture's own row needs, in the same transaction */
  record(db: Queryable, tally: Omit<Tally, 'applied'>): Promise<void>
}

export interface Outcome {
  settled: Settled[]
  recorded: number
  /** the last position taken; what was written is at or before it */
  position: number
}

export interface Writer {
  /** Resolves when the batch is durable. */
  write(batch: Batch): Promise<Outcome>
  /** Position of the last event written by this process. */
  position(): number
  /** Resolves when everything handed over has been written. */
  idle(): Promise<void>
}

/** Events in one transaction: enough to share its cost, few enough to hold the clock only briefly. */
const EVENTS_PER_TRANSACTION = 1_000

interface Waiting {
  batch: Batch
  resolve: (outcome: Outcome) => void
  reject: (error: unknown) => void
}

/**
 * The one writer of events of a process. Chunks that wait share a transaction (group commit). The transaction takes
 * the capture clock first and holds it until it commits, so positions are the order of commit over all processes.
 */
export function createWriter(db: Db, terms: Terms, codes: Codes): Writer {
  const queue: Waiting[] = []
  let last = 0
  let running: Promise<void> | null = null

  async function drain(): Promise<void> {
    while (queue.length) {
      const group: Waiting[] = []
      let events = 0
      while (queue[0] && (!group.length || events + queue[0].batch.events.length <= EVENTS_PER_TRANSACTION)) {
        const next = queue.shift() as Waiting
        group.push(next)
        events += next.batch.events.length
      }
      await writeGroup(group)
    }
    running = null
  }

  async function writeGroup(group: Waiting[]): Promise<void> {
    try {
      await terms.ensure(termsOf(group.map(w => w.batch)))
      const outcomes = await db.tx(tx =>
        apply(
          tx,
          group.map(w => w.batch),
          terms,
          codes,
        ),
      )
      group.forEach((w, i) => {
        const outcome = outcomes[i] as Outcome
        last = Math.max(last, outcome.position)
        w.resolve(outcome)
      })
    } catch (error) {
      // One bad chunk must not take its neighbours down: each again by itself, then whatever it throws is its own.
      // Not so where the database was lost: the transaction may have been committed, and a second try would fail on it.
      if (error instanceof DatabaseUnavailable) for (const waiting of group) waiting.reject(error)
      else if (group.length > 1) for (const waiting of group) await writeGroup([waiting])
      else group[0]?.reject(error)
    }
  }

  return {
    write: batch =>
      new Promise((resolve, reject) => {
        queue.push({ batch, resolve, reject })
        // A turn of the event loop lets requests that arrive together share a transaction.
        running ??= new Promise<void>(go => setImmediate(go)).then(drain)
      }),
    position: () => last,
    idle: async () => {
      while (running) await running
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

async function apply(tx: Queryable, batches: readonly Batch[], terms: Terms, codes: Codes): Promise<Outcome[]> {
  const count = batches.reduce((n, b) => n + b.events.length, 0)
  const first = await store.takePositions(tx, Math.max(1, count))
  const recorded = now()
  const stored = await lookUp(
    tx,
    batches.flatMap(b => b.events.map(e => e.key)),
    codes,
  )
  const fresh = new Map<string, StoredPart[]>()
  const rows: Row[] = []
  const blocks: store.BlockRow[] = []
  const results = batches.map(batch => {
    const settled = settle(batch.events, stored, batch, batch.hash, fresh)
    const used = new Set<number>()
    settled.forEach((s, i) => {
      const place = batch.places[i] as { block: number; slot: number }
      if (s.status !== 'duplicate') used.add(place.block)
      if (s.status === 'accepted')
        rows.push({
          settled: s,
          organisation: batch.organisation,
          context: batch.context,
          document: batch.document,
          ...place,
        })
    })
    // A block that brings nothing new is not kept twice.
    blocks.push(...batch.blocks.filter(b => used.has(b.id)))
    return settled
  })
  await store.insertBlocks(tx, blocks)
  if (rows.length) {
    await store.insertEvents(tx, eventColumns(rows, first, terms.idOf), recorded)
    await store.insertUnits(tx, unitColumns(rows, terms.idOf))
  }
  for (const [i, batch] of batches.entries()) {
    const settled = results[i] as Settled[]
    await store.insertConflicts(tx, conflictRows(batch, settled, recorded))
    await store.insertReceipts(tx, receiptRows(batch, settled))
    if (batch.masterData.length)
      await insertMasterData(tx, batch.masterData, { organisation: batch.organisation, recorded, position: first })
    await batch.record(tx, tallyOf(settled))
  }
  return results.map(settled => ({ settled, recorded, position: first + count - 1 }))
}

async function lookUp(tx: Queryable, keys: string[], codes: Codes): Promise<Map<string, StoredPart[]>> {
  const found = new Map<string, StoredPart[]>()
  for (const row of await store.storedParts(tx, keys)) {
    let hash: string | null = null
    const part: StoredPart = {
      part: row.part,
      organisation: row.organisation,
      organisationCode: row.organisation_code,
      declaration: row.declaration,
      hash() {
        if (hash !== null) return hash
        const bytes = unpackBlock(row.body)[row.slot]?.bytes
        if (!bytes) throw new Error(`event ${row.key}: slot ${row.slot} is not in its block`)
        hash = createPreparer(codes, JSON.parse(row.context), false).hash(JSON.parse(bytes.toString('utf8')))
        return hash
      },
    }
    const list = found.get(row.key)
    if (list) list.push(part)
    else found.set(row.key, [part])
  }
  return found
}

function tallyOf(settled: readonly Settled[]): Omit<Tally, 'applied'> {
  const tally = { accepted: 0, duplicate: 0, conflict: 0 }
  for (const s of settled) tally[s.status]++
  return tally
}

function conflictRows(batch: Batch, settled: readonly Settled[], recorded: number): store.ConflictRow[] {
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
            ...(batch.places[i] as { block: number; slot: number }),
          },
        ],
  )
}

/** Receipts that say more than "accepted": those are derived from the event itself. */
function receiptRows(batch: Batch, settled: readonly Settled[]): store.ReceiptRow[] {
  return settled.flatMap(s =>
    s.status === 'accepted' && !noteworthy(s.event.flags)
      ? []
      : [
          {
            capture: batch.capture,
            ordinal: s.event.ordinal,
            status: s.status,
            id: s.event.id,
            body: {
              ...(s.event.flags && { flags: s.event.flags }),
              ...(s.first && { firstReporter: s.first.organisationCode }),
            },
          },
        ],
  )
}

function noteworthy(flags: number): boolean {
  return (flags & ~FLAG.mayVoid & ~FLAG.idAssigned) !== 0
}
