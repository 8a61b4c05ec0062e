import { createCipheriv } from 'node:crypto'

/**
 * A permutation of the numbers 0 … 2^bits − 1 under a key of 16 bytes, which nobody without the key tells from a random
 * one: a Feistel network whose round function is AES-128, ten rounds as in FF1 (NIST SP 800-38G §5.1). The halves need
 * not be of equal length: each round changes one half by what the other says.
 */
export interface Permutation {
  /** images of from, from + 1, …; many at once cost a fraction of many times one */
  images(from: number, count: number): number[]
  /** the number of which this one is the image */
  origin(image: number): number
}

const ROUNDS = 10
const BLOCK = 16

/** @param bits 2 to 52 */
export function createPermutation(key: Uint8Array, bits: number): Permutation {
  const lowBits = Math.floor(bits / 2)
  const lowMask = 2 ** lowBits - 1
  const highMask = 2 ** (bits - lowBits) - 1
  const base = 2 ** lowBits

  /** For each pair, changes one half by the other under the key: high in even rounds, low in odd ones. */
  function round(n: number, low: Uint32Array, high: Uint32Array): void {
    const [said, changed, mask] = n % 2 === 0 ? [low, high, highMask] : [high, low, lowMask]
    const blocks = Buffer.alloc(said.length * BLOCK)
    for (let i = 0; i < said.length; i++) {
      blocks.writeUInt8(n, i * BLOCK)
      blocks.writeUInt8(bits, i * BLOCK + 1)
      blocks.writeUInt32BE(said[i]!, i * BLOCK + 12)
    }
    // ECB: the blocks are independent inputs of a function, not a message
    const cipher = createCipheriv('aes-128-ecb', key, null)
    cipher.setAutoPadding(false)
    const out = cipher.update(blocks)
    for (let i = 0; i < said.length; i++) changed[i] = (changed[i]! ^ out.readUInt32BE(i * BLOCK)) & mask
  }

  return {
    images(from, count) {
      const low = new Uint32Array(count)
      const high = new Uint32Array(count)
      for (let i = 0; i < count; i++) {
        low[i] = (from + i) % base
        high[i] = Math.floor((from + i) / base)
      }
      for (let n = 0; n < ROUNDS; n++) round(n, low, high)
      return Array.from(low, (l, i) => high[i]! * base + l)
    },
    origin(image) {
      const low = new Uint32Array([image % base])
      const high = new Uint32Array([Math.floor(image / base)])
      for (let n = ROUNDS - 1; n >= 0; n--) round(n, low, high)
      return high[0]! * base + low[0]!
    },
  }
}
