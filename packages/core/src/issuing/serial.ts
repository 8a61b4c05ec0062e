import { mod10 } from '../codes/checks.ts'
import { base32Check, decodeBase32, encodeBase32 } from '../codes/trace-code/base32.ts'
import type { IssuingFile } from './format-file.ts'

export type SerialAlphabet = 'digits' | 'base32'
export type SerialCheck = IssuingFile['check']['algorithm']

/** How many serials of `length` symbols there are, at most 2^53 − 1. */
export function serialCapacity(alphabet: SerialAlphabet, length: number): number {
  return Math.min((alphabet === 'digits' ? 10 : 32) ** length, Number.MAX_SAFE_INTEGER)
}

/** A number as a serial of `length` symbols. Throws a RangeError where it does not fit. */
export function encodeSerial(alphabet: SerialAlphabet, value: number, length: number): string {
  if (alphabet === 'base32') return encodeBase32(value, length)
  const text = String(value).padStart(length, '0')
  if (text.length !== length || !Number.isSafeInteger(value) || value < 0)
    throw new RangeError(`${value} does not fit ${length} digits`)
  return text
}

/** The number of a serial; −1 where it has other symbols than its alphabet. */
export function decodeSerial(alphabet: SerialAlphabet, text: string): number {
  if (alphabet === 'base32') return decodeBase32(text)
  if (!/^\d+$/.test(text)) return -1
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : -1
}

/** Check character of a body; empty where the body has symbols that the algorithm does not know. */
export function serialCheck(algorithm: SerialCheck, body: string): string {
  if (algorithm === 'base32-gf32') return base32Check(body)
  return /^\d+$/.test(body) ? String(mod10(body, 0, body.length)) : ''
}
