/**
 * SHA-256 (FIPS 180-4 §6.2), synchronous and without platform modules, so that ids come out alike in Node and in the
 * browser, whose own digest is asynchronous only. For short texts; large data belong to the platform's digest.
 */

/** The first `count` primes: the constants of FIPS 180-4 §4.2.2 and §5.3.3 are fractions of their roots. */
function primes(count: number): number[] {
  const found: number[] = []
  for (let n = 2; found.length < count; n++) if (found.every(p => n % p !== 0)) found.push(n)
  return found
}
const fraction = (x: number) => ((x - Math.floor(x)) * 0x1_0000_0000) | 0
const K = Int32Array.from(primes(64), p => fraction(Math.cbrt(p)))
const START = Int32Array.from(primes(8), p => fraction(Math.sqrt(p)))

/** Digest of bytes: 32 bytes. */
export function sha256(bytes: Uint8Array): Uint8Array {
  const padded = new Uint8Array(((bytes.length + 8) >> 6) * 64 + 64)
  padded.set(bytes)
  padded[bytes.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 0x2000_0000))
  view.setUint32(padded.length - 4, (bytes.length << 3) >>> 0)
  const state = Int32Array.from(START)
  const w = new Int32Array(64)
  for (let block = 0; block < padded.length; block += 64) compress(state, view, block, w)
  const digest = new Uint8Array(32)
  const out = new DataView(digest.buffer)
  state.forEach((word, i) => {
    out.setInt32(i * 4, word)
  })
  return digest
}

/** Digest of a text in UTF-8, as 64 lower-case hex digits. */
export function sha256Hex(text: string): string {
  let hex = ''
  for (const byte of sha256(new TextEncoder().encode(text))) hex += byte.toString(16).padStart(2, '0')
  return hex
}

function compress(state: Int32Array, view: DataView, block: number, w: Int32Array): void {
  for (let t = 0; t < 16; t++) w[t] = view.getInt32(block + t * 4)
  for (let t = 16; t < 64; t++) {
    const x = w[t - 15]!
    const y = w[t - 2]!
    const s0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3)
    const s1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10)
    w[t] = (w[t - 16]! + s0 + w[t - 7]! + s1) | 0
  }
  let a = state[0]!
  let b = state[1]!
  let c = state[2]!
  let d = state[3]!
  let e = state[4]!
  let f = state[5]!
  let g = state[6]!
  let h = state[7]!
  for (let t = 0; t < 64; t++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[t]! + w[t]!) | 0
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + t2) | 0
  }
  const mixed = [a, b, c, d, e, f, g, h]
  for (let i = 0; i < 8; i++) state[i] = state[i]! + mixed[i]!
}

const rotate = (x: number, n: number) => (x >>> n) | (x << (32 - n))
