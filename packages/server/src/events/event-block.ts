import { brotliCompressSync, brotliDecompressSync, constants, inflateRawSync } from 'node:zlib'

/** Events in one block. Larger blocks compress better, smaller ones are read faster. */
export const EVENTS_PER_BLOCK = 64
/** Bytes in one block, unless a single event is larger. */
export const BYTES_PER_BLOCK = 1024 * 1024
/** Begins a block in Brotli's format; deflate, in which older blocks are, knows no such first byte (RFC 1951 §3.2.3). */
const BROTLI = 0b110
const DEFLATE_TYPE = 0b110

export interface BlockEvent {
  ordinal: number
  bytes: Buffer
}

/**
 * Packs the bytes of events, as received, into one compressed block: count (uint32), then per event ordinal and length
 * (uint32 each), then the bytes. At this level it takes less time than handing the work to another thread.
 */
export function packBlock(events: readonly BlockEvent[]): Buffer {
  const head = Buffer.allocUnsafe(4 + events.length * 8)
  head.writeUInt32BE(events.length, 0)
  events.forEach((event, i) => {
    head.writeUInt32BE(event.ordinal, 4 + i * 8)
    head.writeUInt32BE(event.bytes.length, 8 + i * 8)
  })
  const bytes = Buffer.concat([head, ...events.map(e => e.bytes)])
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 1,
    [constants.BROTLI_PARAM_LGWIN]: 18,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  }
  return Buffer.concat([MARK, brotliCompressSync(bytes, { params })])
}

const MARK = Buffer.of(BROTLI)

/** The events of a block, in the order packed. */
export function unpackBlock(body: Buffer): BlockEvent[] {
  const isBrotli = ((body[0] ?? 0) & DEFLATE_TYPE) === BROTLI
  const data = isBrotli ? brotliDecompressSync(body.subarray(1)) : inflateRawSync(body)
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
