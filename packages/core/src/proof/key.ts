import { sha256 } from '../lib/sha256.ts'
import { base64, concat, fromBase64, hex, sameBytes, utf8 } from './bytes.ts'
import { Refusal } from './refusal.ts'

/** Verifier keys of signed notes (C2SP signed-note): name, key id, algorithm, public key. */

export interface KeyAlgorithm {
  id: string
  /** what stands before the public key: the type byte, after ff followed by an identifier */
  prefix: Uint8Array
  keyLength: number
  /** bytes of a signature in a note, after the key id */
  signatureLength: number
  scheme: 'ed25519' | 'sm2' | 'ml-dsa-44'
  /** first line of the message that a cosigner signs; null for a plain note signature */
  cosignatureHeader: string | null
}

const type = (byte: number) => Uint8Array.of(byte)
/** Type ff: no byte is assigned, a long identifier follows that nobody else uses (docs/adr/0012). */
const named = (identifier: string) => concat(type(0xff), utf8(identifier))
/** What identifiers of this project begin with (docs/adr/0012). */
export const PROJECT_URN = 'urn:uuid:850d9732-ddfa-480c-8fb2-2a24254e5439'

export const ED25519: KeyAlgorithm = {
  id: 'ed25519',
  prefix: type(0x01),
  keyLength: 32,
  signatureLength: 64,
  scheme: 'ed25519',
  cosignatureHeader: null,
}
export const ED25519_COSIGNATURE: KeyAlgorithm = {
  id: 'ed25519-cosignature',
  prefix: type(0x04),
  keyLength: 32,
  signatureLength: 72,
  scheme: 'ed25519',
  cosignatureHeader: 'cosignature/v1',
}
/** Read, so that policies which name such keys can be read; its signatures are ignored. */
export const ML_DSA_COSIGNATURE: KeyAlgorithm = {
  id: 'ml-dsa-44-cosignature',
  prefix: type(0x06),
  keyLength: 1312,
  signatureLength: 2428,
  scheme: 'ml-dsa-44',
  cosignatureHeader: 'subtree/v1',
}
/** SM2 with SM3 (GB/T 32918.2), user id 1234567812345678, key 04 ‖ x ‖ y, signature r ‖ s. */
export const SM2: KeyAlgorithm = {
  id: 'sm2-sm3',
  prefix: named(`${PROJECT_URN}#note-sm2-sm3-v1`),
  keyLength: 65,
  signatureLength: 64,
  scheme: 'sm2',
  cosignatureHeader: null,
}
export const SM2_COSIGNATURE: KeyAlgorithm = {
  id: 'sm2-sm3-cosignature',
  prefix: named(`${PROJECT_URN}#cosignature-sm2-sm3-v1`),
  keyLength: 65,
  signatureLength: 72,
  scheme: 'sm2',
  cosignatureHeader: 'cosignature-sm2-sm3/v1',
}
export const KEY_ALGORITHMS: KeyAlgorithm[] = [ED25519, ED25519_COSIGNATURE, ML_DSA_COSIGNATURE, SM2, SM2_COSIGNATURE]

export interface VerifierKey {
  name: string
  /** 8 hexadecimal digits: a hint which key it is, not a proof */
  keyId: string
  algorithm: KeyAlgorithm
  publicKey: Uint8Array
}

/** Whether a text may name a key: not empty, no white space, no plus sign, nothing below 0x20. */
export function isKeyName(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly those are refused
  return name !== '' && !/[\p{White_Space}+\u0000-\u001f]|\p{Surrogate}/u.test(name)
}

/** A verifier key with its key id: the first 4 bytes of SHA-256(name ‖ 0A ‖ prefix ‖ public key), in either suite. */
export function verifierKey(name: string, algorithm: KeyAlgorithm, publicKey: Uint8Array): VerifierKey {
  if (!isKeyName(name)) throw new Refusal('key-name', name)
  if (publicKey.length !== algorithm.keyLength) throw new Refusal('key-shape', `${publicKey.length} bytes`)
  const digest = sha256(concat(utf8(`${name}\n`), algorithm.prefix, publicKey))
  return { name, keyId: hex(digest.subarray(0, 4)), algorithm, publicKey }
}

/** The text form: `name+keyid+base64(prefix ‖ public key)`. */
export function formatVerifierKey(key: VerifierKey): string {
  return `${key.name}+${key.keyId}+${base64(concat(key.algorithm.prefix, key.publicKey))}`
}

/** Reads the text form; the key id must be the one that name and key give. */
export function parseVerifierKey(text: string, algorithms: KeyAlgorithm[] = KEY_ALGORITHMS): VerifierKey {
  // Base64 may hold plus signs: only the first two divide.
  const [, name, keyId, body] = /^([^+]*)\+([^+]*)\+(.*)$/s.exec(text) ?? []
  if (name === undefined || keyId === undefined || body === undefined) throw new Refusal('key-shape', text.slice(0, 80))
  if (!/^[0-9a-f]{8}$/.test(keyId)) throw new Refusal('key-shape', `key id ${keyId.slice(0, 80)}`)
  const bytes = fromBase64(body, name)
  const algorithm = algorithms.find(
    ({ prefix, keyLength }) =>
      bytes.length === prefix.length + keyLength && sameBytes(bytes.subarray(0, prefix.length), prefix),
  )
  if (algorithm === undefined) throw new Refusal('algorithm-unknown', name)
  const key = verifierKey(name, algorithm, bytes.slice(algorithm.prefix.length))
  if (key.keyId !== keyId) throw new Refusal('key-shape', `key id ${keyId}, computed ${key.keyId}`)
  return key
}
