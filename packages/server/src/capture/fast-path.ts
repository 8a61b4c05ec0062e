import { now } from '../lib/clock.ts'
import type { Db, Queryable } from '../lib/db/db.ts'
import type { Terms } from '../lib/terms.ts'
import type { Commitments, Committable, HandOver } from '../log/log.ts'
import type { Batch, Outcome, PackedBatch } from './batch.ts'
import { eventColumns, type Row, termsOf, unitColumns } from './columns.ts'
import { recordCaptures } from './finished-store.ts'
import { insertMasterData } from './master-store.ts'
import { remarkRows } from './receipt-rows.ts'
import type { Place } from './staging.ts'
import * as store from './store.ts'

/** Some event of the group may be known already: the group has to be settled. */
export class KnownEvents extends Error {}

/** Whether a batch has error declarations, which have to be settled in any case. */
export function declares(batch: Batch): boolean {
  return batch.events.some(e => e.declaration !== null)
}

// SQLSTATE 40001, 40P01: this transaction gave way to another one and was undone.
export function gaveWay(error: Error): boolean {
  const { code } = (error.cause ?? {}) as { code?: string }
  return code === '40001' || code === '40P01'
}

/** Everything that one transaction will write, as parameters: made while another one is on its way. */
export interface Plan {
  batches: readonly PackedBatch[]
  count: number
  recorded: number
  blocks: store.BlockRow[]
  units: ReturnType<typeof unitColumns>
  events: () => ReturnType<typeof eventColumns>
  receipts: store.ReceiptRow[]
  /** for the log */
  commitments: Commitments
}

/**
 * Plans a group of batches on the assumption that all their events are new.
 * @returns null where there are declarations, or terms or contexts that are not known yet
 */
export function planNew(batches: readonly PackedBatch[], terms: Terms, handOver: HandOver): Plan | null {
  if (batches.some(declares) || !batches.every(b => handOver.knows(b.context))) return null
  const rows: Row[] = []
  for (const { events, packed, organisation, context, document } of batches) {
    for (const [i, event] of events.entries()) {
      const { block, slot } = packed.places[i] as Place
      rows.push({ event, part: 0, organisation, context, document, block, slot })
    }
  }
  for (const text of termsOf(rows)) if (terms.knownId(text) === undefined) return null
  const recorded = now()
  return {
    batches,
    count: rows.length,
    recorded,
    blocks: batches.flatMap(b => b.packed.blocks),
    units: unitColumns(rows, terms.idOf),
    events: () => eventColumns(rows, terms.idOf),
    receipts: batches.flatMap(remarkRows),
    commitments: handOver.commit(batches.flatMap(committables), recorded),
  }
}

/** What the log commits to: each event of a batch. */
export function committables({ events, packed, context, organisationCode: reporter }: PackedBatch): Committable[] {
  return events.map(({ bytes }, i) => ({ bytes, salt: (packed.places[i] as Place).salt, context, reporter }))
}

/** Writes a plan in one transaction: whole, unless something in it asks for what another statement has answered. */
export function writePlan(db: Db, plan: Plan, handOver: HandOver): Promise<Outcome[]> {
  const asks = plan.batches.some(b => typeof b.record === 'function' || b.sign || b.masterData.length > 0)
  const apply = (tx: Queryable) => applyNew(tx, plan, handOver)
  return asks ? db.tx(apply) : db.atOnce(apply)
}

/**
 * Units and blocks first, without the clock, the events last, with it. Everything is sent without waiting in between; the
 * database writes the units while the events are put into columns and blocks are packed, and the events while the log's
 * commitments are made. Where some event was not new, a statement fails and nothing is written.
 */
async function applyNew(tx: Queryable, plan: Plan, handOver: HandOver): Promise<Outcome[]> {
  const { batches, recorded } = plan
  const [, , last] = await Promise.all([
    store.insertUnits(tx, plan.units),
    store.insertBlocks(tx, plan.blocks),
    store.insertNewEvents(tx, plan.events, recorded, plan.count),
    handOver.put(tx, plan.commitments),
    store.insertReceipts(tx, plan.receipts),
    recordCaptures(
      tx,
      batches,
      batches.map(({ events }) => ({ accepted: events.length, duplicate: 0, conflict: 0 })),
      null,
    ),
  ])
  const described = batches.some(batch => batch.masterData.length > 0)
  // Versions of master data are told apart by their position: what comes without events takes one of its own.
  const first = plan.count || !described ? last - plan.count + 1 : await store.takePositions(tx, 1)
  for (const batch of batches) {
    if (!batch.masterData.length) continue
    await insertMasterData(tx, batch.masterData, { organisation: batch.organisation, recorded, position: first })
  }
  return batches.map(() => ({ settled: null, recorded, position: Math.max(first, last) }))
}
