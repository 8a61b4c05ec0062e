import { now } from '../lib/clock.ts'
import type { Queryable } from '../lib/db/db.ts'
import type { Terms } from '../lib/terms.ts'
import type { Batch, Outcome } from './batch.ts'
import { eventColumns, type Row, unitColumns } from './columns.ts'
import { insertMasterData } from './master-store.ts'
import { remarkRows } from './receipt-rows.ts'
import * as store from './store.ts'

/** Some event of the group is known already: nothing was written, and the group has to be settled. */
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
  batches: readonly Batch[]
  count: number
  recorded: number
  blocks: store.BlockRow[]
  units: ReturnType<typeof unitColumns>
  events: ReturnType<typeof eventColumns>
  receipts: store.ReceiptRow[]
}

/**
 * Plans a group of batches on the assumption that all their events are new.
 * @returns null where there are declarations, or terms whose numbers are not known yet
 */
export function planNew(batches: readonly Batch[], terms: Terms): Plan | null {
  if (batches.some(declares)) return null
  const rows: Row[] = []
  for (const { events, places, organisation, context, document } of batches) {
    for (const [i, event] of events.entries()) {
      const { block, slot } = places[i] as { block: number; slot: number }
      rows.push({ event, part: 0, organisation, context, document, block, slot })
    }
  }
  let unknown = false
  const term = (text: string | null) => {
    const id = terms.knownId(text)
    if (id === undefined) unknown = true
    return id ?? null
  }
  const units = unitColumns(rows, term)
  const events = eventColumns(rows, term)
  if (unknown) return null
  return {
    batches,
    count: rows.length,
    recorded: now(),
    blocks: batches.flatMap(b => b.blocks),
    units,
    events,
    receipts: batches.flatMap(remarkRows),
  }
}

/**
 * Writes a plan: blocks and units first, without the clock, the events last, with it. Everything is sent without
 * waiting in between.
 * @throws KnownEvents where some event was not new (a unique violation says the same): nothing is written then
 */
export async function applyNew(tx: Queryable, plan: Plan): Promise<Outcome[]> {
  const { batches, recorded } = plan
  const [, , placed] = await Promise.all([
    store.insertBlocks(tx, plan.blocks),
    store.insertUnits(tx, plan.units),
    store.insertNewEvents(tx, plan.events, recorded, plan.count),
    store.insertReceipts(tx, plan.receipts),
    ...batches.map(batch => batch.record(tx, { accepted: batch.events.length, duplicate: 0, conflict: 0 })),
  ])
  if (placed.written !== plan.count) throw new KnownEvents()
  const described = batches.some(batch => batch.masterData.length > 0)
  // Versions of master data are told apart by their position: what comes without events takes one of its own.
  const first = plan.count || !described ? placed.position - plan.count + 1 : await store.takePositions(tx, 1)
  for (const batch of batches) {
    if (!batch.masterData.length) continue
    await insertMasterData(tx, batch.masterData, { organisation: batch.organisation, recorded, position: first })
  }
  return batches.map(() => ({ settled: null, recorded, position: Math.max(first, placed.position) }))
}
