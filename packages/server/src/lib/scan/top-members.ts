import { endOfWord, isSpace } from './json-bytes.ts'

/** Where the value of a member stands. */
export interface Span {
  from: number
  /** behind its last byte */
  to: number
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COLON = 0x3a

/**
 * The values of members of an object itself, not of what is within it, by name. The bytes are known to be a JSON object;
 * nothing is parsed but names that are written with escapes.
 */
export function topMembers(bytes: Buffer, names: readonly string[]): Map<string, Span> {
  const found = new Map<string, Span>()
  let at = bytes.indexOf('{') + 1
  for (;;) {
    at = bytes.indexOf(QUOTE, at)
    if (at < 0) return found
    const behind = endOfString(bytes, at)
    const text = bytes.toString('utf8', at, behind)
    const name = text.includes('\\') ? (JSON.parse(text) as string) : text.slice(1, -1)
    let from = bytes.indexOf(COLON, behind) + 1
    while (isSpace(bytes[from] as number)) from++
    const to = endOfValue(bytes, from)
    if (names.includes(name)) {
      found.set(name, { from, to })
      if (found.size === names.length) return found
    }
    at = to
  }
}

function endOfValue(bytes: Buffer, from: number): number {
  const first = bytes[from]
  if (first === QUOTE) return endOfString(bytes, from)
  if (first !== 0x7b && first !== 0x5b) return endOfWord(bytes, from, bytes.length)
  let depth = 0
  for (let at = from; at < bytes.length; ) {
    const byte = bytes[at]
    if (byte === QUOTE) {
      at = endOfString(bytes, at)
      continue
    }
    at++
    if (byte === 0x7b || byte === 0x5b) depth++
    else if ((byte === 0x7d || byte === 0x5d) && --depth === 0) return at
  }
  return bytes.length
}

/** Behind the quotation mark that ends the string which begins here. */
function endOfString(bytes: Buffer, from: number): number {
  for (let at = from + 1; ; ) {
    const quote = bytes.indexOf(QUOTE, at)
    if (quote < 0) return bytes.length
    let escapes = 0
    while (bytes[quote - 1 - escapes] === BACKSLASH) escapes++
    at = quote + 1
    if (escapes % 2 === 0) return at
  }
}
