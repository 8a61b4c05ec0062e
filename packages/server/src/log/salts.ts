import { randomFillSync } from 'node:crypto'
import { SALT_LENGTH } from '@yuanliu/core'
import { unpackBlock } from '../events/events.ts'
import type { Queryable } from '../lib/db/db.ts'
import { fillSalts, type SaltedBlock } from './event-store.ts'

/** Random salts of a block with so many events, one behind the other (docs/adr/0018). */
export function newSalts(events: number): Buffer {
  return randomFillSync(Buffer.allocUnsafeSlow(events * SALT_LENGTH))
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
