import { Refusal } from './refusal.ts'

/** Bytes, texts and numbers as the formats of the log write them: one spelling each, every other one refused. */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const VALUES = Int8Array.from({ length: 128 }, (_, c) => ALPHABET.indexOf(String.fromCharCode(c)))
const UTF8 = new TextEncoder()

/** UTF-8 of a text. */
export function utf8(text: string): Uint8Array {
  return UTF8.encode(text)
}

/** The text of UTF-8 bytes; refuses what is none, and keeps a byte order mark as a character. */
export function textOf(bytes: Uint8Array, at?: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new Refusal('not-utf8', at)
  }
}

/** Base64 with padding (RFC 4648 §4). */
export function base64(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const word = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
    text += ALPHABET[word >> 18]! + ALPHABET[(word >> 12) & 63]!
    text += i + 1 < bytes.length ? ALPHABET[(word >> 6) & 63]! : '='
    text += i + 2 < bytes.length ? ALPHABET[word & 63]! : '='
  }
  return text
}

/**
 * The bytes of base64 with padding. Refuses every text but the canonical one (RFC 4648 §3.5: the bits left over are
 * zero), so that no bit of a note can change unseen.
 */
export function fromBase64(text: string, at?: string): Uint8Array {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  if (text.length % 4 !== 0) throw new Refusal('not-base64', at)
  const digits = text.length - padding
  const bytes = new Uint8Array((text.length / 4) * 3 - padding)
  let word = 0
  let bits = 0
  let filled = 0
  for (let i = 0; i < digits; i++) {
    const code = text.charCodeAt(i)
    const value = code < 128 ? VALUES[code]! : -1
    if (value < 0) throw new Refusal('not-base64', at)
    word = ((word << 6) | value) & 0xffff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes[filled++] = word >> bits
    }
  }
  if ((word & ((1 << bits) - 1)) !== 0) throw new Refusal('not-base64', at)
  return bytes
}

/** Lower-case hexadecimal. */
export function hex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0')
  return text
}

/** The bytes of lower-case hexadecimal. */
export function fromHex(text: string, at?: string): Uint8Array {
  if (!/^(?:[0-9a-f]{2})*$/.test(text)) throw new Refusal('not-hex', at)
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(i * 2, i * 2 + 2), 16))
}

/** The largest number that the formats may hold: 2^63 − 1, so that every implementation can. */
export const MAX_NUMBER = (1n << 63n) - 1n

/** A number in ASCII decimal: no sign, no leading zero but `0`, at most 2^63 − 1. */
export function fromDecimal(text: string, at?: string): bigint {
  if (!/^(?:0|[1-9][0-9]{0,18})$/.test(text)) throw new Refusal('not-decimal', at)
  const value = BigInt(text)
  if (value > MAX_NUMBER) throw new Refusal('not-decimal', at)
  return value
}

/** A hash of 32 bytes from its base64. */
export function hashFromBase64(text: string, at?: string): Uint8Array {
  const bytes = fromBase64(text, at)
  if (bytes.length !== 32) throw new Refusal('hash-length', at)
  return bytes
}

export function concat(...parts: Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** Whether two public values are the same bytes; not for secrets. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}

/** Unsigned 64 bits, big-endian. */
export function uint64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, value)
  return bytes
}

export function readUint64(bytes: Uint8Array, at: number): bigint {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getBigUint64(at)
}
