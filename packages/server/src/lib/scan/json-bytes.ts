/** The few bytes that JSON (RFC 8259 §2) gives a meaning outside strings. */

export function isSpace(c: number): boolean {
  return c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09
}

/** A string, array or object begins here; their end can be found by quotes and brackets. */
export function isBracketed(c: number): boolean {
  return c === 0x7b || c === 0x5b || c === 0x22
}

/** Any value may begin here. */
export function isValueStart(c: number): boolean {
  return isBracketed(c) || c === 0x2d || (c >= 0x30 && c <= 0x39) || c === 0x74 || c === 0x66 || c === 0x6e
}

/** What ends a number or a literal name. */
export function isDelimiter(c: number): boolean {
  return isSpace(c) || isBracketed(c) || c === 0x2c || c === 0x3a || c === 0x5d || c === 0x7d
}

/** The offset behind the number or literal name, or `to` if it goes on. */
export function endOfWord(bytes: Uint8Array, from: number, to: number): number {
  let i = from
  while (i < to && !isDelimiter(bytes[i]!)) i++
  return i
}
