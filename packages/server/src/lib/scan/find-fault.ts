import { faultAt, pointerStep, ScanError, type ScanFault, type ScanFaultKind, type TextLimits } from './fault.ts'
import { validUtf8Length } from './utf8.ts'

/** Where a piece of a document stands in it. */
export interface Place {
  /** bytes before it */
  offset: number
  pointer: string
  /** arrays and objects around it */
  depth: number
}

/** The place of a text that is the whole document. */
export const WHOLE: Place = { offset: 0, pointer: '', depth: 0 }

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const ESCAPED: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', '/': '/' }

/**
 * The exact and slow reader: the first fault of one JSON value (RFC 8259) under the strict rules of this platform,
 * or null. Values are not built. Only texts that the fast path finds suspicious come here.
 * @returns offset and pointer as seen from the whole document
 */
export function findFault(bytes: Uint8Array, limits: TextLimits, place: Place = WHOLE): ScanFault | null {
  const validLength = validUtf8Length(bytes)
  let i = 0
  try {
    space()
    value(place.pointer, place.depth)
    space()
    if (i < bytes.length) unexpected(place.pointer)
    return null
  } catch (error) {
    if (error instanceof ScanError) return error.fault
    throw error
  }

  function fail(kind: ScanFaultKind, at: number, pointer: string, detail: string | number = ''): never {
    throw new ScanError(faultAt(kind, place.offset + at, pointer, detail))
  }

  function unexpected(pointer: string): never {
    if (i >= bytes.length) fail('syntax', i, pointer, '意外结束 / unexpected end')
    if (i >= validLength) fail('utf8', i, pointer)
    fail('syntax', i, pointer, `意外字符 / unexpected ${shown(bytes[i]!)}`)
  }

  function space(): void {
    for (let c = bytes[i]; c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09; c = bytes[i]) i++
  }

  function value(pointer: string, depth: number): void {
    const c = bytes[i]
    if (c === 0x7b) object(pointer, depth + 1)
    else if (c === 0x5b) array(pointer, depth + 1)
    else if (c === 0x22) string(pointer)
    else if (c === 0x74) word('true', pointer)
    else if (c === 0x66) word('false', pointer)
    else if (c === 0x6e) word('null', pointer)
    else number(pointer)
  }

  function object(pointer: string, depth: number): void {
    if (depth > limits.depth) fail('depth', i, pointer, limits.depth)
    const names = new Set<string>()
    i++
    space()
    if (bytes[i] === 0x7d) {
      i++
      return
    }
    for (;;) {
      if (bytes[i] !== 0x22) unexpected(pointer)
      const at = i
      const name = string(pointer)
      const member = pointer + pointerStep(name)
      if (name === '__proto__') fail('forbidden-key', at, member, name)
      if (names.has(name)) fail('duplicate-key', at, member, JSON.stringify(name.slice(0, 100)))
      names.add(name)
      space()
      if (bytes[i] !== 0x3a) unexpected(member)
      i++
      space()
      value(member, depth)
      space()
      if (bytes[i] === 0x7d) break
      if (bytes[i] !== 0x2c) unexpected(pointer)
      i++
      space()
    }
    i++
  }

  function array(pointer: string, depth: number): void {
    if (depth > limits.depth) fail('depth', i, pointer, limits.depth)
    i++
    space()
    if (bytes[i] === 0x5d) {
      i++
      return
    }
    for (let n = 0; ; n++) {
      value(pointer + pointerStep(n), depth)
      space()
      if (bytes[i] === 0x5d) break
      if (bytes[i] !== 0x2c) unexpected(pointer)
      i++
      space()
    }
    i++
  }

  /** Reads a string and gives it unescaped. */
  function string(pointer: string): string {
    const opening = i++
    let text = ''
    let plain = i
    for (;;) {
      const c = bytes[i]
      if (c === undefined || c < 0x20 || i >= validLength) unexpected(pointer)
      if (c === 0x22) break
      if (c !== 0x5c) {
        i++
        continue
      }
      text += decoder.decode(bytes.subarray(plain, i)) + unescaped(pointer)
      plain = i
    }
    text += decoder.decode(bytes.subarray(plain, i))
    i++
    if (i - opening - 2 > limits.stringBytes && Buffer.byteLength(text) > limits.stringBytes)
      fail('string-length', opening, pointer, limits.stringBytes)
    return text
  }

  function unescaped(pointer: string): string {
    const at = i++
    const c = bytes[i]
    if (c !== 0x75) {
      const plain = c === undefined ? undefined : ESCAPED[String.fromCharCode(c)]
      if (plain === undefined) unexpected(pointer)
      i++
      return plain
    }
    i++
    const unit = hex(pointer)
    if (unit === 0) fail('nul-or-surrogate', at, pointer, 'U+0000')
    if (unit < 0xd800 || unit > 0xdfff) return String.fromCharCode(unit)
    if (unit > 0xdbff || bytes[i] !== 0x5c || bytes[i + 1] !== 0x75) loneSurrogate(at, pointer, unit)
    i += 2
    const low = hex(pointer)
    if (low < 0xdc00 || low > 0xdfff) loneSurrogate(at, pointer, unit)
    return String.fromCharCode(unit, low)
  }

  function loneSurrogate(at: number, pointer: string, unit: number): never {
    fail('nul-or-surrogate', at, pointer, `U+${unit.toString(16).toUpperCase()}`)
  }

  function hex(pointer: string): number {
    let unit = 0
    for (const end = i + 4; i < end; i++) {
      const digit = Number.parseInt(String.fromCharCode(bytes[i] ?? 0), 16)
      if (Number.isNaN(digit)) unexpected(pointer)
      unit = unit * 16 + digit
    }
    return unit
  }

  function word(text: string, pointer: string): void {
    for (let k = 0; k < text.length; k++, i++) if (bytes[i] !== text.charCodeAt(k)) unexpected(pointer)
  }

  function digits(pointer: string): void {
    const from = i
    while (isDigit(bytes[i])) i++
    if (i === from) unexpected(pointer)
  }

  function number(pointer: string): void {
    const from = i
    if (bytes[i] === 0x2d) i++
    if (bytes[i] === 0x30) i++
    else digits(pointer)
    if (bytes[i] === 0x2e) {
      i++
      digits(pointer)
    }
    if (bytes[i] === 0x65 || bytes[i] === 0x45) {
      i++
      if (bytes[i] === 0x2b || bytes[i] === 0x2d) i++
      digits(pointer)
    }
    if (!Number.isFinite(Number(decoder.decode(bytes.subarray(from, i)))))
      fail('syntax', from, pointer, '数值超出范围 / number out of range')
  }
}

/**
 * True when every bracket outside strings is closed by its own kind: then the end of a piece that was cut
 * by counting brackets is its end, whatever else is wrong inside.
 */
export function bracketsMatch(bytes: Uint8Array): boolean {
  const open: number[] = []
  let inString = false
  for (let i = 0; i < bytes.length; i++) {
    const c = bytes[i]!
    if (inString) {
      if (c === 0x5c) i++
      else if (c === 0x22) inString = false
    } else if (c === 0x22) inString = true
    else if (c === 0x7b || c === 0x5b) open.push(c + 2)
    else if ((c === 0x7d || c === 0x5d) && open.pop() !== c) return false
  }
  return !inString && open.length === 0
}

function isDigit(c: number | undefined): boolean {
  return c !== undefined && c >= 0x30 && c <= 0x39
}

function shown(byte: number): string {
  return byte > 0x20 && byte < 0x7f ? `'${String.fromCharCode(byte)}'` : `0x${byte.toString(16).padStart(2, '0')}`
}
