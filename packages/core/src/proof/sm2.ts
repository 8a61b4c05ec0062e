import { concat, hex, sameBytes, utf8 } from './bytes.ts'
import { Refusal } from './refusal.ts'
import type { CheckSignature } from './signature.ts'
import type { Hash } from './tree-hash.ts'

/** What SM2 signatures (GB/T 32918.2) need beside a curve: the digest that is signed, and one spelling of signatures. */

/** The user id that the standard gives as its default; stated wherever we sign or verify. */
export const SM2_USER_ID = '1234567812345678'

// GB/T 32918.5: the curve sm2p256v1
const P = 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn
const B = 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n
const N = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n
const G_X = 0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n
const G_Y = 0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n

/** Whether 65 bytes are 04 ‖ x ‖ y of a point on the curve (whose every point generates: the cofactor is 1). */
export function isSm2PublicKey(key: Uint8Array): boolean {
  if (key.length !== 65 || key[0] !== 4) return false
  const x = numberOf(key.subarray(1, 33))
  const y = numberOf(key.subarray(33))
  return x < P && y < P && (y * y - (x * x * x - 3n * x + B)) % P === 0n
}

/** Whether 64 bytes are r ‖ s with 1 ≤ r, s ≤ n−1 and r + s ≠ n (GB/T 32918.2 §7.1). */
export function isSm2Signature(signature: Uint8Array): boolean {
  if (signature.length !== 64) return false
  const r = numberOf(signature.subarray(0, 32))
  const s = numberOf(signature.subarray(32))
  return r > 0n && r < N && s > 0n && s < N && r + s !== N
}

/** Z = SM3(ENTL ‖ ID ‖ a ‖ b ‖ xG ‖ yG ‖ xA ‖ yA) of a public key (GB/T 32918.2 §5.5). */
export function sm2Z(sm3: Hash, publicKey: Uint8Array, userId: string = SM2_USER_ID): Uint8Array {
  if (!isSm2PublicKey(publicKey)) throw new Refusal('key-shape', 'not a point of the SM2 curve')
  const id = utf8(userId)
  const bits = id.length * 8
  if (bits > 0xffff) throw new Refusal('too-large', 'user id')
  const curve = [P - 3n, B, G_X, G_Y].map(bytesOf)
  return sm3(concat(Uint8Array.of(bits >> 8, bits & 255), id, ...curve, publicKey.subarray(1)))
}

/** The 32 bytes that are signed: e = SM3(Z ‖ M). What a hardware module (GM/T 0018) is handed. */
export function sm2Digest(sm3: Hash, publicKey: Uint8Array, message: Uint8Array, userId?: string): Uint8Array {
  return sm3(concat(sm2Z(sm3, publicKey, userId), message))
}

/** r ‖ s from DER `SEQUENCE {r, s}` (GM/T 0009). Null for every spelling but the canonical one. */
export function sm2FromDer(der: Uint8Array): Uint8Array | null {
  const r = integerAt(der, 2)
  const s = r && integerAt(der, r.end)
  if (!s || s.end !== der.length) return null
  const signature = concat(bytesOf(r.value), bytesOf(s.value))
  return sameBytes(sm2ToDer(signature), der) ? signature : null
}

/** DER `SEQUENCE {r, s}` from r ‖ s of 64 bytes. */
export function sm2ToDer(signature: Uint8Array): Uint8Array {
  const body = concat(derInteger(signature.subarray(0, 32)), derInteger(signature.subarray(32)))
  return concat(Uint8Array.of(0x30, body.length), body)
}

function derInteger(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex(byte => byte !== 0)
  const digits = bytes.subarray(first < 0 ? bytes.length - 1 : first)
  const sign = digits[0]! > 0x7f ? [0] : []
  return Uint8Array.of(2, sign.length + digits.length, ...sign, ...digits)
}

function integerAt(der: Uint8Array, at: number): { value: bigint; end: number } | null {
  const length = der[at + 1]
  if (length === undefined || length === 0 || length > 33 || at + 2 + length > der.length) return null
  const value = numberOf(der.subarray(at + 2, at + 2 + length))
  return value >> 256n === 0n ? { value, end: at + 2 + length } : null
}

/** The part of `sm-crypto-v2` that verifies: `import { sm2 } from 'sm-crypto-v2'`. */
export interface Sm2Library {
  doVerifySignature(
    message: Uint8Array,
    signatureHex: string,
    publicKey: string,
    options: { hash: boolean; der: boolean; userId: string },
  ): boolean
}

/**
 * Checks SM2 signatures with `sm-crypto-v2`, in the browser and where the platform cannot. The library takes 65-byte
 * signatures and throws on others: its input is checked before, and `hash: true` is stated, since without it the
 * message itself would be the digest and anybody could forge.
 */
export function sm2FromLibrary(library: Sm2Library): CheckSignature {
  return (publicKey, message, signature) => {
    if (!isSm2PublicKey(publicKey) || !isSm2Signature(signature)) return false
    const options = { hash: true, der: false, userId: SM2_USER_ID }
    try {
      return library.doVerifySignature(message, hex(signature), hex(publicKey), options)
    } catch {
      return false
    }
  }
}

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${hex(bytes)}`)
}

function bytesOf(value: bigint): Uint8Array {
  const digits = value.toString(16).padStart(64, '0')
  return Uint8Array.from({ length: 32 }, (_, i) => Number.parseInt(digits.slice(i * 2, i * 2 + 2), 16))
}
