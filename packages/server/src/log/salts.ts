import { randomFillSync } from 'node:crypto'
import { SALT_LENGTH } from '@yuanliu/core'
import { unpackBlock } from '../events/events.ts'
import type { Queryable } from '../lib/db/db.ts'
import { fillSalts, type SaltedBlock } from './event-store.ts'

/** Random bytes drawn ahead: a draw costs the same for sixteen bytes as for hundreds. Each is given once. */
const DRAWN = 4_096
let drawn = Buffer.alloc(0)

/** Random salts of a block with so many events, one behind the other (docs/adr/0018). */
export function newSalts(events: number): Buffer {
  const length = events * SALT_LENGTH
  if (length > DRAWN / 4) return randomFillSync(Buffer.allocUnsafeSlow(length))
  if (length > drawn.length) drawn = randomFillSync(Buffer.allocUnsafeSlow(DRAWN))
  const salts = drawn.subarray(0, length)
  drawn = drawn.subarray(length)
  return salts
}

/** The salt of an event in its block's. */
export function saltAt(salts: Buffer, slot: number): Buffer {
  return salts.subarray(slot * SALT_LENGTH, (slot + 1) * SALT_LENGTH)
}

/** Blocks with their salts; those that have none, from before there was a log, get some. */
export async function withSalts<B extends SaltedBlock>(
  tx: Queryable,
  blocks: readonly B[],
): Promise<(B & { salts: Buffer })[]> {
  const all = blocks.map(block => ({ ...block, salts: block.salts ?? newSalts(unpackBlock(block.body).length) }))
  await fillSalts(
    tx,
    all.filter((_, i) => blocks[i]?.salts === null),
  )
  return all
}
