/**
 * The hot loop: finds the end of one JSON value in bytes that arrive in pieces, and notes on the way what decides
 * whether the value needs a closer look. It checks no grammar: whoever has the whole value does that.
 */

/** Where the loop stands within one value, and what it has seen of it. */
export interface Lexing {
  /** brackets open; the kinds of brackets are not compared here */
  depth: number
  /** the greatest `depth` so far */
  deepest: number
  inString: boolean
  /** the last byte was a backslash that escapes the next one */
  escaped: boolean
  /** bytes of the string that is open, as sent */
  stringLength: number
  /** the longest string so far, as sent: never shorter than its UTF-8 with escapes resolved */
  longest: number
  /** name separators outside strings: in well-formed JSON the number of members */
  colons: number
  /** a backslash was seen inside a string */
  escapes: boolean
  /** all bytes inside strings, or-ed: below 0x80 means ASCII (non-ASCII outside strings is never JSON) */
  union: number
}

/** The state before the first byte of a value. */
export function newLexing(): Lexing {
  return {
    depth: 0,
    deepest: 0,
    inString: false,
    escaped: false,
    stringLength: 0,
    longest: 0,
    colons: 0,
    escapes: false,
    union: 0,
  }
}

/**
 * Goes on through a string, array or object.
 * @returns the offset behind its last byte (then `isComplete`), or `to` if it goes on after these bytes
 */
export function advance(s: Lexing, bytes: Uint8Array, from: number, to: number): number {
  let i = s.inString ? advanceString(s, bytes, from, to) : from
  if (s.inString || (s.depth === 0 && i > from)) return i
  // Locals, because this loop runs for every byte of every document.
  let { depth, deepest, colons, union, longest } = s
  while (i < to) {
    const c = bytes[i++]!
    if (c === 0x22) {
      const start = i
      let d = 0
      for (; i < to; i++) {
        d = bytes[i]!
        if (d === 0x22 || d === 0x5c) break
        union |= d
      }
      if (i < to && d === 0x22) {
        if (i - start > longest) longest = i - start
        i++
      } else {
        // An escape, or the string goes on in the next piece: the careful way.
        s.inString = true
        s.stringLength = i - start
        i = advanceString(s, bytes, i, to)
        if (s.inString) break
      }
      if (depth === 0) break
    } else if (c === 0x3a) colons++
    else if ((c | 0x20) === 0x7b) {
      if (++depth > deepest) deepest = depth
    } else if ((c | 0x20) === 0x7d && --depth <= 0) break
  }
  s.depth = depth
  s.deepest = deepest
  s.colons = colons
  s.union |= union
  if (longest > s.longest) s.longest = longest
  return i
}

/** Goes on through the string that is open, to behind its closing quote or to `to`. */
function advanceString(s: Lexing, bytes: Uint8Array, from: number, to: number): number {
  let { escaped, union } = s
  let i = from
  for (; i < to; i++) {
    const c = bytes[i]!
    union |= c
    if (escaped) escaped = false
    else if (c === 0x5c) {
      escaped = true
      s.escapes = true
    } else if (c === 0x22) {
      s.inString = false
      break
    }
  }
  s.escaped = escaped
  s.union = union
  s.stringLength += i - from
  if (s.inString) return i
  if (s.stringLength > s.longest) s.longest = s.stringLength
  return i + 1
}

/** True when the value that `advance` went through has ended; only meaningful after its first byte. */
export function isComplete(s: Lexing): boolean {
  return s.depth <= 0 && !s.inString
}
