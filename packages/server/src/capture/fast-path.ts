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

/**
 * Writes a group of batches on the assumption that all their events are new, which is the ordinary case: blocks and
 * units first, without the clock, the events last, with it. Everything is sent without waiting in between.
 * @throws KnownEvents where the assumption was wrong (a unique violation says the same): nothing is written then
 */
export async function applyNew(tx: Queryable, batches: readonly Batch[], terms: Terms): Promise<Outcome[]> {
  const recorded = now()
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
  const receipts = batches.flatMap((batch, b) => receiptRows(batch, results[b] as Settled[]))
  const [placed] = await Promise.all([
    written(tx, batches, rows, recorded, terms),
    store.insertReceipts(tx, receipts),
    ...batches.map((batch, b) => batch.record(tx, tallyOf(results[b] as Settled[]))),
  ])
  if (placed.written !== rows.length) throw new KnownEvents()
  const first = placed.position - rows.length + 1
  for (const batch of batches) {
    if (!batch.masterData.length) continue
    await insertMasterData(tx, batch.masterData, { organisation: batch.organisation, recorded, position: first })
  }
  return results.map(settled => ({ settled, recorded, position: placed.position }))
}

async function written(tx: Queryable, batches: readonly Batch[], rows: readonly Row[], recorded: number, terms: Terms) {
  const [, , placed] = await Promise.all([
    store.insertBlocks(
      tx,
      batches.flatMap(b => b.blocks),
    ),
    store.insertUnits(tx, unitColumns(rows, terms.idOf)),
    store.insertNewEvents(tx, eventColumns(rows, terms.idOf), recorded, rows.length),
  ])
  return placed
}
