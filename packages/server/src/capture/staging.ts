import { BYTES_PER_BLOCK, EVENTS_PER_BLOCK, groupForBlocks, packBlock } from '../events/events.ts'
import type { Queryable } from '../lib/db/db.ts'
import { newSalts, saltAt } from '../log/log.ts'
import type { Batch, Packed, PackedBatch } from './batch.ts'
import { type BlockRow, takeRange } from './store.ts'

export interface Place {
  block: number
  slot: number
  /** 16 random bytes for the log (docs/adr/0018) */
  salt: Buffer
}

export interface Numbers {
  /** A number that no other process uses. */
  next(db: Queryable): Promise<number>
}

const RANGE = 1024

/** Hands out numbers from ranges of a sequence of the database. */
export function createNumbers(sequence: Parameters<typeof takeRange>[1]): Numbers {
  let free = 0
  let left = 0
  let asking: Promise<void> | null = null
  return {
    async next(db) {
      while (left === 0) {
        asking ??= takeRange(db, sequence).then(id => {
          free = id
          left = RANGE
          asking = null
        })
        await asking
      }
      left--
      return free++
    },
  }
}

/** Packs events into blocks: the rows to write and where each event will be found. */
export async function packEvents<E extends { ordinal: number; bytes: Buffer }>(
  db: Queryable,
  ids: Numbers,
  capture: string,
  events: readonly E[],
): Promise<Packed> {
  const places: Place[] = []
  const blocks: BlockRow[] = []
  for (const group of groupForBlocks(events)) {
    const id = await ids.next(db)
    const salts = newSalts(group.length)
    blocks.push(blockOf(id, capture, group, salts))
    group.forEach((_, slot) => {
      places.push({ block: id, slot, salt: saltAt(salts, slot) })
    })
  }
  return { blocks, places, isShared: false }
}

/** In place of a capture's id: the block belongs to several, which say where their events are. */
const SHARED = '00000000-0000-0000-0000-000000000000'

/** Bytes of events, as received. */
export function bytesOf(events: readonly { bytes: Buffer }[]): number {
  return events.reduce((sum, e) => sum + e.bytes.length, 0)
}

/** Whether events are so few, and so short, that they are packed together with others. */
export function isSmall(events: readonly { bytes: Buffer }[]): boolean {
  return events.length < EVENTS_PER_BLOCK && bytesOf(events) <= BYTES_PER_BLOCK
}

/**
 * Packs what is not packed yet of the batches of a transaction. Events that come alone, but at the same time, share
 * blocks, which are smaller and cost one call of the compressor in place of one an event; those of one batch stand side
 * by side in one block.
 */
export async function packTogether(db: Queryable, ids: Numbers, batches: readonly Batch[]): Promise<PackedBatch[]> {
  const packed = new Map<Batch, PackedBatch>()
  let open: Batch[] = []
  let events = 0
  let bytes = 0
  async function close(): Promise<void> {
    const done = await packedAs(db, ids, open)
    for (const [i, batch] of open.entries()) packed.set(batch, done[i] as PackedBatch)
    open = []
    events = 0
    bytes = 0
  }
  for (const batch of batches) {
    if (batch.packed) {
      packed.set(batch, batch as PackedBatch)
      continue
    }
    const length = bytesOf(batch.events)
    if (events + batch.events.length > EVENTS_PER_BLOCK || bytes + length > BYTES_PER_BLOCK) await close()
    open.push(batch)
    events += batch.events.length
    bytes += length
  }
  await close()
  return batches.map(batch => packed.get(batch) as PackedBatch)
}

/** Batches in one block; one alone has a block of its own. */
async function packedAs(db: Queryable, ids: Numbers, open: readonly Batch[]): Promise<PackedBatch[]> {
  const [first] = open
  const isShared = open.length > 1
  const capture = isShared || !first ? SHARED : first.capture
  const { blocks, places } = await packEvents(
    db,
    ids,
    capture,
    open.flatMap(batch => batch.events),
  )
  let at = 0
  return open.map((batch, i) => {
    const from = at
    at += batch.events.length
    return { ...batch, packed: { places: places.slice(from, at), blocks: i === 0 ? blocks : [], isShared } }
  })
}

function blockOf(
  id: number,
  capture: string,
  group: readonly { ordinal: number; bytes: Buffer }[],
  salts: Buffer,
): BlockRow {
  const firstOrdinal = group[0]?.ordinal ?? 0
  const lastOrdinal = group.at(-1)?.ordinal ?? 0
  return { id, capture, firstOrdinal, events: lastOrdinal - firstOrdinal + 1, body: () => packBlock(group), salts }
}
