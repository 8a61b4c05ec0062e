/** Mixes one block of 16 words (the first of `w`, which has room for 68) into the eight words of `state`. */
type Compress = (state: Int32Array, w: Int32Array) => void

/**
 * The frame that SHA-256 (FIPS 180-4 §5.1.1) and SM3 (GB/T 32905-2016 §5.2) have in common: blocks of 64 bytes,
 * big-endian words, a one bit and the length in bits at the end. Gives a function from bytes to 32 bytes.
 *
 * One set of buffers serves all calls, since no call can interrupt another.
 */
export function blockDigest(start: Int32Array, compress: Compress): (bytes: Uint8Array) => Uint8Array {
  const state = new Int32Array(8)
  const w = new Int32Array(68)
  const tail = new Uint8Array(128)

  function take(bytes: Uint8Array, at: number): void {
    for (let t = 0, i = at; t < 16; t++, i += 4)
      w[t] = (bytes[i]! << 24) | (bytes[i + 1]! << 16) | (bytes[i + 2]! << 8) | bytes[i + 3]!
    compress(state, w)
  }

  return bytes => {
    state.set(start)
    const length = bytes.length
    let at = 0
    for (; at + 64 <= length; at += 64) take(bytes, at)
    const rest = length - at
    const end = rest < 56 ? 64 : 128
    tail.fill(0, rest, end)
    for (let i = 0; i < rest; i++) tail[i] = bytes[at + i]!
    tail[rest] = 0x80
    put32(tail, end - 8, Math.floor(length / 0x2000_0000))
    put32(tail, end - 4, length << 3)
    take(tail, 0)
    if (end === 128) take(tail, 64)
    const digest = new Uint8Array(32)
    for (let i = 0; i < 8; i++) put32(digest, i * 4, state[i]!)
    return digest
  }
}

function put32(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24
  bytes[at + 1] = word >>> 16
  bytes[at + 2] = word >>> 8
  bytes[at + 3] = word
}
