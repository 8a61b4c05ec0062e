import { isUtf8 } from 'node:buffer'
import { faultAt, ScanError, type ScanFault, type TextLimits } from './fault.ts'
import { findFault, type Place, WHOLE } from './find-fault.ts'
import { advance, isComplete, type Lexing, newLexing } from './lexing.ts'

/** Escapes that may stand for U+0000 or a lone surrogate; a pair and an escaped backslash match too. */
const SUSPECT_ESCAPE = /\\u(?:0000|d[89a-f])/i

/** A value, or why there is none. */
export type Parsed = { value: unknown; fault?: never } | { value?: never; fault: ScanFault }

/**
 * Parses a JSON text (RFC 8259) as strictly as capture does: UTF-8 only, no name twice in an object, no `__proto__`,
 * no U+0000, no lone surrogates, no number beyond a double, depth and strings within the limits.
 * A byte order mark in front is skipped (RFC 8259 §8.1).
 * @throws ScanError
 */
export function parseStrict(bytes: Buffer, limits: TextLimits): unknown {
  const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  const text = bytes.subarray(mark)
  const lexing = newLexing()
  let i = 0
  while (i < text.length && text[i] !== 0x7b && text[i] !== 0x5b && text[i] !== 0x22) i++
  advance(lexing, text, i, text.length)
  const place = mark === 0 ? WHOLE : { ...WHOLE, offset: mark }
  const { value, fault } = parseLexed(text, isComplete(lexing) ? lexing : null, limits, 0, () => place)
  if (fault) throw new ScanError(fault)
  return value
}

/**
 * Parses bytes that `advance` has gone through. The native parser does the work; duplicate names show as a difference
 * between name separators and members, and only what looks suspicious is read again by `findFault`.
 * @param lexing what was seen of the bytes, null when they were not gone through
 * @param depth arrays and objects around the value
 * @param placeOf asked only when there is something to say about the place
 */
export function parseLexed(
  bytes: Buffer,
  lexing: Lexing | null,
  limits: TextLimits,
  depth: number,
  placeOf: () => Place,
): Parsed {
  const value = lexing && parseFast(bytes, lexing, limits, depth)
  if (value !== null && value !== undefined) return { value }
  const place = placeOf()
  const fault = findFault(bytes, limits, place)
  if (fault) return { fault }
  try {
    return { value: JSON.parse(bytes.toString()) }
  } catch {
    return { fault: faultAt('syntax', place.offset, place.pointer) }
  }
}

/** The value if it is beyond doubt, undefined if `findFault` must decide. */
function parseFast(bytes: Buffer, lexing: Lexing, limits: TextLimits, depthAround: number): unknown {
  if (depthAround + lexing.deepest > limits.depth || lexing.longest > limits.stringBytes) return undefined
  const isAscii = lexing.union < 0x80
  if (!isAscii && !isUtf8(bytes)) return undefined
  // Non-ASCII outside strings is refused by the parser whichever way it is decoded.
  const text = bytes.toString()
  if (lexing.escapes && SUSPECT_ESCAPE.test(text)) return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  return countMembers(value) === lexing.colons ? value : undefined
}

/** Members of all objects at any depth; NaN when a name is forbidden or a number is not finite. */
function countMembers(value: object): number {
  let count = 0
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const item: unknown = value[i]
      if (typeof item === 'object') {
        if (item !== null) count += countMembers(item)
      } else if (typeof item === 'number' && !Number.isFinite(item)) return Number.NaN
    }
    return count
  }
  const members = value as Record<string, unknown>
  for (const name in members) {
    if (name === '__proto__') return Number.NaN
    count++
    const item = members[name]
    if (typeof item === 'object') {
      if (item !== null) count += countMembers(item)
    } else if (typeof item === 'number' && !Number.isFinite(item)) return Number.NaN
  }
  return count
}
