import { randomBytes } from 'node:crypto'
import {
  commitmentTo,
  type HashName,
  Problem,
  SALT_LENGTH,
  TOMBSTONE_REASONS,
  type TombstoneReason,
} from '@yuanliu/core'
import { eventKey, packBlock, unpackBlock } from '../events/events.ts'
import { now } from '../lib/clock.ts'
import type { Db } from '../lib/db/db.ts'
import { nodeHashes } from '../lib/signing/node-hashes.ts'
import { bitsOf, KIND, tombstoneBody } from './entries.ts'
import * as eventStore from './event-store.ts'
import { insertQueue } from './queue-store.ts'
import { rangeAtPosition } from './store.ts'

/** Why the content of an event goes, and who says so. */
export interface Deletion {
  /** id of the event */
  event: string
  /** 0 the event, 1… its error declarations */
  part: number
  reason: TombstoneReason
  /** who decided and on what ground; kept, and bound by the tombstone's commitment */
  statement: Record<string, unknown>
  organisation: { id: number; code: string }
}

/**
 * Deletes the content of a logged event: its bytes and its salt, its row and what finds it by its units. Its entry stays,
 * so every proof still holds; a tombstone entry says which content is gone and why. All of it in one transaction.
 * @returns index of the entry whose content is gone
 * @throws Problem 404 where there is no such event, 503 while it has no entry yet
 */
export async function deleteContent(db: Db, names: readonly HashName[], deletion: Deletion): Promise<number> {
  const { event: id, part, reason, organisation } = deletion
  return db.tx(async tx => {
    const position = await eventStore.holdClock(tx, 1)
    const event = await eventStore.eventOf(tx, eventKey(id), part, [])
    if (!event) throw new Problem('event-not-found', { detail: `eventID ${id}, part ${part}` })
    const range = await rangeAtPosition(tx, event.position)
    const target = range ? range.first_index + event.position - range.first_position : -1
    if (!range || event.position >= range.first_position + range.count)
      throw new Problem('event-not-logged', { detail: `eventID ${id}`, retryAfter: 1 })
    const [block] = await eventStore.saltedBlocks(tx, [event.block])
    if (!block?.salts) throw new Error(`block ${event.block} of event ${id} has no salts`)
    const events = unpackBlock(block.body)
    const left = events.map((e, slot) => (slot === event.slot ? { ...e, bytes: Buffer.alloc(0) } : e))
    const salts = Buffer.from(block.salts).fill(0, event.slot * SALT_LENGTH, (event.slot + 1) * SALT_LENGTH)
    await eventStore.replaceBlock(tx, { id: block.id, body: await packBlock(left), salts })
    await eventStore.deleteEvent(tx, event.key, event.part)

    const recorded = now()
    const salt = randomBytes(SALT_LENGTH)
    const statement = JSON.stringify(deletion.statement)
    const commitments = names.map(name =>
      commitmentTo(nodeHashes[name], {
        kind: 'tombstone',
        salt,
        digest: nodeHashes[name](Buffer.from(statement)),
        mediaType: 'application/json',
        contextDigest: new Uint8Array(0),
        receivedAt: BigInt(recorded),
        reporter: organisation.code,
      }),
    )
    await eventStore.insertTombstone(tx, {
      position,
      target,
      reason: TOMBSTONE_REASONS[reason],
      statement,
      salt,
      recorded,
      organisation: organisation.id,
    })
    const body = tombstoneBody(reason, target, Buffer.concat(commitments))
    await insertQueue(tx, [{ first: position, count: 1, kind: KIND.tombstone, suites: bitsOf(names), body }])
    return target
  })
}
