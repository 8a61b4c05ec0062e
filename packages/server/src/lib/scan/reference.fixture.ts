/**
 * What the scanner is compared with: the strict rules written the naive way (the native parser and a token list),
 * and makers of odd but well-formed, and of broken texts.
 */
import { isUtf8 } from 'node:buffer'
import type { ScannedEvent } from './event-cutter.ts'
import { ScanError, type ScanFault, type ScanLimits, type TextLimits } from './fault.ts'
import { type ScannedDocument, scanDocument } from './scan-document.ts'

/** True when the strict rules take the text; a byte order mark is not part of it. */
export function strictVerdict(bytes: Buffer, limits: TextLimits): boolean {
  if (!isUtf8(bytes)) return false
  const text = bytes.toString()
  try {
    JSON.parse(text)
  } catch {
    return false
  }
  const names: (Set<string> | null)[] = []
  let atName = false
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gs)) {
    if (token.startsWith('"')) {
      const plain = JSON.parse(token) as string
      if (plain.includes('\0') || /\p{Surrogate}/u.test(plain)) return false
      if (Buffer.byteLength(plain) > limits.stringBytes) return false
      if (!atName) continue
      if (plain === '__proto__' || names.at(-1)!.has(plain)) return false
      names.at(-1)!.add(plain)
      atName = false
    } else if (token === '{' || token === '[') {
      names.push(token === '{' ? new Set() : null)
      if (names.length > limits.depth) return false
      atName = token === '{'
    } else if (token === '}' || token === ']') {
      names.pop()
      atName = false
    } else if (token === ',') atName = names.at(-1) !== null
    else if (!Number.isFinite(Number(token)) && /\d/.test(token)) return false
  }
  return true
}

/** Numbers below `n`, the same for the same seed. */
export function dice(seed: number): (n: number) => number {
  let state = seed >>> 0
  return n => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * n)
  }
}

/** JSON of a value with space, line ends and escapes where JSON allows them. */
export function rendered(value: unknown, seed: number): string {
  const roll = dice(seed)
  const space = () => ['', '', '', '', ' ', '\n', '\r\n\t'][roll(7)]!
  const text = (s: string) =>
    roll(3) > 0
      ? JSON.stringify(s)
      : `"${Array.from({ length: s.length }, (_, i) => (roll(2) ? escaped(s.charCodeAt(i)) : plain(s, i))).join('')}"`
  const escaped = (unit: number) => `\\u${unit.toString(16).padStart(4, '0')}`
  // Half of a pair cannot stand alone in UTF-8.
  const plain = (s: string, i: number) => (/[ -!#-[\]-~]/.test(s[i]!) ? s[i]! : escaped(s.charCodeAt(i)))
  const all = (v: unknown): string => {
    if (typeof v === 'string') return text(v)
    if (typeof v !== 'object' || v === null) return JSON.stringify(v)
    const parts = Array.isArray(v)
      ? v.map(item => space() + all(item) + space())
      : Object.entries(v).map(([name, item]) => `${space()}${text(name)}${space()}:${space()}${all(item)}${space()}`)
    return Array.isArray(v) ? `[${parts.join(',') || space()}]` : `{${parts.join(',') || space()}}`
  }
  return space() + all(value) + space()
}

const SPLINTERS = [
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '0',
  'e',
  '\\u0000',
  '\\ud800',
  '"__proto__":1,',
  '\n',
  '\0',
]
const BAD_BYTES = [0x80, 0xc0, 0xed, 0xff, 0x00, 0xef]

/** The bytes with some places changed: removed, repeated, replaced, splinters of JSON put in. */
export function mutated(bytes: Buffer, seed: number, changes: number): Buffer {
  const roll = dice(seed ^ 0x5bd1e995)
  let now = bytes
  for (let n = 0; n < changes; n++) {
    const a = roll(now.length + 1)
    const b = Math.min(now.length, a + 1 + roll(roll(2) ? 3 : 40))
    const between = [
      Buffer.alloc(0),
      Buffer.concat([now.subarray(a, b), now.subarray(a, b)]),
      Buffer.concat([Buffer.from(SPLINTERS[roll(SPLINTERS.length)]!), now.subarray(a, b)]),
      Buffer.concat([Buffer.from([BAD_BYTES[roll(BAD_BYTES.length)]!]), now.subarray(a, b)]),
      Buffer.concat([Buffer.from(SPLINTERS[roll(SPLINTERS.length)]!), now.subarray(a + 1, b)]),
    ][roll(5)]!
    now = Buffer.concat([now.subarray(0, a), between, now.subarray(b)])
  }
  return now
}

/** What a scanner made of a document: its events, and its end or its fault. */
export interface Outcome {
  events: ScannedEvent[]
  end: ScannedDocument | null
  fault: ScanFault | null
}

/** Scans bytes in chunks whose sizes `size` chooses; each chunk is a copy of its own. */
export function scanned(bytes: Buffer, limits: ScanLimits, size: () => number): Outcome {
  const scanner = scanDocument(limits)
  const events: ScannedEvent[] = []
  try {
    for (let i = 0, n = size(); i < bytes.length; i += n, n = size())
      events.push(...scanner.write(Buffer.from(bytes.subarray(i, i + n))))
    return { events, end: scanner.end(), fault: null }
  } catch (error) {
    if (error instanceof ScanError) return { events, end: null, fault: error.fault }
    throw error
  }
}
