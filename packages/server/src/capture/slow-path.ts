import type { Codes } from '@yuanliu/core'
import { unpackBlock } from '../events/events.ts'
import { now } from '../lib/clock.ts'
import type { Queryable } from '../lib/db/db.ts'
import type { Terms } from '../lib/terms.ts'
import { eventReading } from '../lib/xml/stored-context.ts'
import type { Committable, HandOver } from '../log/log.ts'
import type { Outcome, PackedBatch } from './batch.ts'
import { eventColumns, type Row, unitColumns } from './columns.ts'
import { committables } from './fast-path.ts'
import { recordCaptures } from './finished-store.ts'
import { insertMasterData } from './master-store.ts'
import { createPreparer } from './prepare.ts'
import { receiptRows, tallyOf } from './receipt-rows.ts'
import { hasEvent, type Settled, type StoredPart, settle } from './settle.ts'
import type { Place } from './staging.ts'
import * as store from './store.ts'

/**
 * Writes batches in which events may be known already, or that declare errors: takes the clock first, looks up what is
 * stored, and settles event by event what is new, a duplicate or a conflict.
 */
export async function settleBatches(
  tx: Queryable,
  batches: readonly PackedBatch[],
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
    const settled = settle(batch.events, stored, batch, batch.content, fresh)
    const committable = committables(batch)
    const used = new Set<number>()
    settled.forEach((s, i) => {
      const { block, slot } = batch.packed.places[i] as Place
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
    blocks.push(...batch.packed.blocks.filter(b => used.has(b.id)))
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
  function contentOf(row: store.StoredRow): string {
    const events = unpacked.get(row.block) ?? unpackBlock(blocks.get(row.block) ?? Buffer.alloc(0))
    unpacked.set(row.block, events)
    const bytes = events[row.slot]?.bytes
    if (!bytes) throw new Error(`event ${row.key}: slot ${row.slot} is not in its block`)
    const preparer = preparers.get(row.context) ?? createPreparer(codes, eventReading(row.context), { mayVoid: false })
    preparers.set(row.context, preparer)
    return preparer.content(bytes)
  }
  for (const row of rows) {
    let content: string | null = null
    const part: StoredPart = {
      part: row.part,
      organisation: row.organisation,
      organisationCode: row.organisation_code,
      declaration: row.declaration,
      content: () => {
        content ??= contentOf(row)
        return content
      },
    }
    const list = found.get(row.key)
    if (list) list.push(part)
    else found.set(row.key, [part])
  }
  return found
}

function conflictRows(
  batch: PackedBatch,
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
            block: (batch.packed.places[i] as Place).block,
            slot: (batch.packed.places[i] as Place).slot,
            position: next++,
          },
        ],
  )
}
