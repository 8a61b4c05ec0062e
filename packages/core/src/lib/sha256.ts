import { blockDigest } from './block-digest.ts'

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
export const sha256: (bytes: Uint8Array) => Uint8Array = blockDigest(START, compress)

/** Digest of a text in UTF-8, as 64 lower-case hex digits. */
export function sha256Hex(text: string): string {
  let hex = ''
  for (const byte of sha256(new TextEncoder().encode(text))) hex += byte.toString(16).padStart(2, '0')
  return hex
}

/** Rotations are written out: a page hashes its first hundred blocks before the browser has compiled anything. */
function compress(state: Int32Array, w: Int32Array): void {
  for (let t = 16; t < 64; t++) {
    const x = w[t - 15]!
    const y = w[t - 2]!
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3)
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10)
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
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
    const t1 = (h + s1 + (g ^ (e & (f ^ g))) + K[t]! + w[t]!) | 0
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    const t2 = s0 + ((a & (b | c)) | (b & c))
    c = b
    b = a
    a = (t1 + t2) | 0
  }
  state[0] = state[0]! + a
  state[1] = state[1]! + b
  state[2] = state[2]! + c
  state[3] = state[3]! + d
  state[4] = state[4]! + e
  state[5] = state[5]! + f
  state[6] = state[6]! + g
  state[7] = state[7]! + h
}
