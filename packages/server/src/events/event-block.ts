import { promisify } from 'node:util'
import { deflateRaw, deflateRawSync, inflateRawSync } from 'node:zlib'

const deflateAside = promisify<Buffer, { level: number }, Buffer>(deflateRaw)

/** Events in one block. Larger blocks compress better, smaller ones are read faster. */
export const EVENTS_PER_BLOCK = 64
/** Bytes in one block, unless a single event is larger. */
const BYTES_PER_BLOCK = 1024 * 1024
/** Events from which on a block is deflated aside. */
const WORTH_A_THREAD = 16

export interface BlockEvent {
  ordinal: number
  bytes: Buffer
}

/**
 * Packs the bytes of events, as received, into one deflated block:
 * count (uint32), then per event ordinal and length (uint32 each), then the bytes. A full block is deflated on another
 * thread; for a few events handing over costs more than doing it.
 */
export async function packBlock(events: readonly BlockEvent[]): Promise<Buffer> {
  const head = Buffer.allocUnsafe(4 + events.length * 8)
  head.writeUInt32BE(events.length, 0)
  events.forEach((event, i) => {
    head.writeUInt32BE(event.ordinal, 4 + i * 8)
    head.writeUInt32BE(event.bytes.length, 8 + i * 8)
  })
  const bytes = Buffer.concat([head, ...events.map(e => e.bytes)])
  return events.length < WORTH_A_THREAD ? deflateRawSync(bytes, { level: 1 }) : deflateAside(bytes, { level: 1 })
}

/** The events of a block, in the order packed. */
export function unpackBlock(body: Buffer): BlockEvent[] {
  const data = inflateRawSync(body)
  const count = data.readUInt32BE(0)
  let at = 4 + count * 8
  const events: BlockEvent[] = []
  for (let i = 0; i < count; i++) {
    const length = data.readUInt32BE(8 + i * 8)
    events.push({ ordinal: data.readUInt32BE(4 + i * 8), bytes: data.subarray(at, at + length) })
    at += length
  }
  return events
}

/** Cuts a run of events into groups that each become a block. */
export function groupForBlocks<E extends { bytes: Buffer }>(events: readonly E[]): E[][] {
  const groups: E[][] = []
  let group: E[] = []
  let size = 0
  for (const event of events) {
    if (group.length && (group.length === EVENTS_PER_BLOCK || size + event.bytes.length > BYTES_PER_BLOCK)) {
      groups.push(group)
      group = []
      size = 0
    }
    group.push(event)
    size += event.bytes.length
  }
  if (group.length) groups.push(group)
  return groups
}
