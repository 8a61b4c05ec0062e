import { BLOCK, STENCIL_BYTES } from './block.ts'

/** What stands behind a message: a one bit, and its length in bits (FIPS 180-4 §5.1.1; GB/T 32905-2016 §5.2). */
const MARKER = 0x80
const LENGTH_BYTES = 8

/** Blocks of a message of so many bytes. */
export function blocksOf(length: number): number {
  return Math.ceil((length + 1 + LENGTH_BYTES) / BLOCK)
}

/** Puts behind a message what belongs there. `end`: where its blocks end. */
export function pad(bytes: Uint8Array, from: number, end: number, length: number): void {
  bytes.fill(0, from, end)
  bytes[from] = MARKER
  bytes[end - 5] = Math.floor(length / 2 ** 29)
  bytes[end - 4] = length >>> 21
  bytes[end - 3] = length >>> 13
  bytes[end - 2] = length >>> 5
  bytes[end - 1] = length << 3
}

/** The stencil through which a block is read as it is. */
export const WHOLE = new Uint8Array(STENCIL_BYTES).fill(0xff, 0, BLOCK)

/**
 * Stencils for the blocks of a message of `length` bytes, behind the byte `first` where there is one: what lies in memory
 * around the message is not read.
 */
export function stencils(length: number, first?: number): Uint8Array {
  const head = first === undefined ? 0 : 1
  const blocks = blocksOf(head + length)
  const fixed = new Uint8Array(blocks * BLOCK)
  pad(fixed, head + length, fixed.length, head + length)
  if (first !== undefined) fixed[0] = first
  const kept = new Uint8Array(fixed.length).fill(0xff, head, head + length)
  const both = new Uint8Array(blocks * STENCIL_BYTES)
  for (let n = 0; n < blocks; n++) {
    both.set(kept.subarray(n * BLOCK, (n + 1) * BLOCK), n * STENCIL_BYTES)
    both.set(fixed.subarray(n * BLOCK, (n + 1) * BLOCK), n * STENCIL_BYTES + BLOCK)
  }
  return both
}
