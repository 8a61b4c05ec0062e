/** Bytes that are collected piece by piece, in one buffer that grows. */
export interface ByteStore {
  readonly length: () => number
  readonly append: (bytes: Uint8Array, from: number, to: number) => void
  /** a copy of what was collected; the store is empty afterwards */
  readonly take: () => Buffer
}

/** An empty store; it holds at most twice what is in it, and its first bytes. */
export function byteStore(): ByteStore {
  let buffer = Buffer.alloc(0)
  let length = 0
  return {
    length: () => length,
    append(bytes, from, to) {
      const needed = length + to - from
      if (needed > buffer.length) {
        const grown = Buffer.allocUnsafe(Math.max(needed, 1024, buffer.length * 2))
        buffer.copy(grown, 0, 0, length)
        buffer = grown
      }
      buffer.set(bytes.subarray(from, to), length)
      length = needed
    },
    take() {
      const taken = Buffer.from(buffer.subarray(0, length))
      length = 0
      // A store that once held something large gives it back.
      if (buffer.length > 65_536) buffer = Buffer.alloc(0)
      return taken
    },
  }
}
