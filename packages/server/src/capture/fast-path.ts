import { now } from '../lib/clock.ts'
import type { Queryable } from '../lib/db/db.ts'
import type { Terms } from '../lib/terms.ts'
import type { Batch, Outcome } from './batch.ts'
import { eventColumns, type Row, unitColumns } from './columns.ts'
import { insertMasterData } from './master-store.ts'
import { receiptRows, tallyOf } from './receipt-rows.ts'
import type { Settled } from './settle.ts'
import * as store from './store.ts'

/** Some event of the group is known already: nothing was written, and the group has to be settled. */
export class KnownEvents extends Error {}

/** False where settling is needed in any case: error declarations, or one id twice. */
export function mayBeNew(batches: readonly Batch[]): boolean {
  const keys = new Set<string>()
  let events = 0
  for (const batch of batches) {
    for (const { key, declaration } of batch.events) {
      if (declaration) return false
      keys.add(key)
      events++
    }
  }
  return keys.size === events
}

// SQLSTATE 40001, 40P01: this transaction gave way to another one and was undone.
export function gaveWay(error: Error): boolean {
  const { code } = (error.cause ?? {}) as { code?: string }
  return code === '40001' || code === '40P01'
}

/** Everything that one transaction will write, as parameters: made while another one is on its way. */
export interface Plan {
  batches: readonly Batch[]
  results: Settled[][]
  count: number
  recorded: number
  blocks: store.BlockRow[]
  units: ReturnType<typeof unitColumns>
  events: ReturnType<typeof eventColumns>
  receipts: store.ReceiptRow[]
}

/** Plans a group of batches whose terms are known, on the assumption that all their events are new. */
export function planNew(batches: readonly Batch[], terms: Terms): Plan {
  const results = batches.map(batch =>
    batch.events.map((event): Settled => ({ event, status: 'accepted', part: 0, first: null })),
  )
  const rows: Row[] = batches.flatMap((batch, b) =>
    (results[b] as Settled[]).map((settled, i) => ({
      settled,
      organisation: batch.organisation,
      context: batch.context,
      document: batch.document,
      ...(batch.places[i] as { block: number; slot: number }),
    })),
  )
  return {
    batches,
    results,
    count: rows.length,
    recorded: now(),
    blocks: batches.flatMap(b => b.blocks),
    units: unitColumns(rows, terms.idOf),
    events: eventColumns(rows, terms.idOf),
    receipts: batches.flatMap((batch, b) => receiptRows(batch, results[b] as Settled[])),
  }
}

/**
 * Writes a plan: blocks and units first, without the clock, the events last, with it. Everything is sent without
 * waiting in between.
 * @throws KnownEvents where some event was not new (a unique violation says the same): nothing is written then
 */
export async function applyNew(tx: Queryable, plan: Plan): Promise<Outcome[]> {
  const { batches, results, recorded } = plan
  const [, , placed] = await Promise.all([
    store.insertBlocks(tx, plan.blocks),
    store.insertUnits(tx, plan.units),
    store.insertNewEvents(tx, plan.events, recorded, plan.count),
    store.insertReceipts(tx, plan.receipts),
    ...batches.map((batch, b) => batch.record(tx, tallyOf(results[b] as Settled[]))),
  ])
  if (placed.written !== plan.count) throw new KnownEvents()
  const first = placed.position - plan.count + 1
  for (const batch of batches) {
    if (!batch.masterData.length) continue
    await insertMasterData(tx, batch.masterData, { organisation: batch.organisation, recorded, position: first })
  }
  return results.map(settled => ({ settled, recorded, position: placed.position }))
}
