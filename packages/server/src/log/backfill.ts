import { unpackBlock } from '../events/events.ts'
import type { Db, Queryable } from '../lib/db/db.ts'
import { killAt } from '../lib/kill-at.ts'
import { KIND, type QueueRow } from './entries.ts'
import * as eventStore from './event-store.ts'
import type { HandOver } from './hand-over.ts'
import * as queue from './queue-store.ts'
import { saltAt, withSalts } from './salts.ts'
import * as store from './store.ts'

/** Events in one transaction. */
const CHUNK = 500

/**
 * Hands over the events that were captured before there was a log, from the newest to the oldest, so that a start that
 * was broken off goes on where it stopped; before the log has its first entry, so that its order is that of capture.
 * Captures go on meanwhile.
 * @param isStopping whether to break off
 * @returns how many events were handed over
 */
export async function backfill(db: Db, handOver: HandOver, suites: number, isStopping: () => boolean): Promise<number> {
  let total = 0
  for (;;) {
    if (isStopping()) return total
    const count = await db.tx(tx => chunk(tx, handOver, suites))
    if (!count) return total
    killAt('log:handed-over')
    total += count
  }
}

async function chunk(tx: Queryable, handOver: HandOver, suites: number): Promise<number> {
  // Of several processes one goes on, the others wait for its chunk.
  const state = await store.lockState(tx)
  if (!state || state.size > 0) return 0
  // Under the clock nothing is captured between the two looks.
  const before = (await queue.queueStart(tx)) ?? (await eventStore.holdClock(tx)) + 1
  const events = (await eventStore.eventsBefore(tx, before, CHUNK)).reverse()
  if (!events.length) return 0
  const ids = [...new Set(events.map(e => e.block))]
  const blocks = await withSalts(tx, await eventStore.saltedBlocks(tx, ids))
  const unpacked = new Map(blocks.map(b => [b.id, { events: unpackBlock(b.body), salts: b.salts }]))
  const codes = await eventStore.organisationCodes(tx, [...new Set(events.map(e => e.organisation))])
  const reporters = new Map(codes.map(o => [o.id, o.code]))
  await handOver.ensure(
    tx,
    events.map(e => e.context),
  )
  const rows: QueueRow[] = []
  for (const event of events) {
    const block = unpacked.get(event.block)
    const bytes = block?.events[event.slot]?.bytes
    if (!block || !bytes) throw new Error(`event ${event.id}: slot ${event.slot} is not in block ${event.block}`)
    const salt = saltAt(block.salts, event.slot)
    const reporter = reporters.get(event.organisation) ?? ''
    const commitments = handOver.commit([{ bytes, salt, context: event.context, reporter }], event.recorded)
    if (!commitments) return 0
    const last = rows.at(-1)
    if (last && last.first + last.count === event.position) {
      last.count++
      last.body = Buffer.concat([last.body, commitments.body()])
    } else rows.push({ first: event.position, count: 1, kind: KIND.event, suites, body: commitments.body() })
  }
  await queue.insertQueue(tx, rows)
  return events.length
}
