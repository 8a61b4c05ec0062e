/**
 * Base 32 for people: digits and capital letters without I, L, O and U (the alphabet of Douglas Crockford's Base 32),
 * so that no two symbols look alike; and a check character over GF(32). docs/adr/0010 says why.
 */
export const BASE32 = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** Value of a symbol by character code, −1 for what is none. */
const VALUES = new Int8Array(128).fill(-1)
for (let i = 0; i < 32; i++) VALUES[BASE32.charCodeAt(i)] = i

/** Value of the symbol at an index of a normalised text; −1 where there is none. */
export function base32Value(text: string, at: number): number {
  const c = text.charCodeAt(at)
  return c < 128 ? VALUES[c]! : -1
}

/** What people and keyboards write for it: lower case, O for 0, I and L for 1, hyphens and blanks between groups. */
export function normaliseBase32(text: string): string {
  return text
    .replace(/[\s\u3000-]/g, '')
    .toUpperCase()
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1')
}

/** A whole number from 0 to 2^53 − 1 in exactly `length` symbols. Throws a RangeError where it does not fit. */
export function encodeBase32(value: number, length: number): string {
  let text = ''
  let rest = value
  for (let i = 0; i < length; i++) {
    text = BASE32[rest % 32] + text
    rest = Math.floor(rest / 32)
  }
  if (rest !== 0 || !Number.isSafeInteger(value)) throw new RangeError(`${value} does not fit ${length} symbols`)
  return text
}

/** The number that symbols stand for; −1 where one of them is none, or the number is beyond 2^53 − 1. */
export function decodeBase32(text: string): number {
  let value = 0
  for (let i = 0; i < text.length; i++) {
    const symbol = base32Value(text, i)
    if (symbol < 0) return -1
    value = value * 32 + symbol
  }
  return Number.isSafeInteger(value) ? value : -1
}

/**
 * Check character of a text of up to 30 symbols: interim ← α·interim + x over GF(32) = GF(2)[t]/(t⁵+t²+1) with α = t,
 * which generates all 31 powers; the check character makes the last interim zero. Over texts of up to 31 symbols with
 * it, every wrong symbol, every swap of two symbols (neighbours or not) and every doubled symbol that became another
 * doubled one (aa → bb, axa → bxb) is found. Empty where a symbol is none.
 */
export function base32Check(text: string, from = 0, until = text.length): string {
  let interim = 0
  for (let i = from; i < until; i++) {
    const symbol = base32Value(text, i)
    if (symbol < 0) return ''
    interim = timesAlpha(interim) ^ symbol
  }
  return BASE32[timesAlpha(interim)]!
}

function timesAlpha(x: number): number {
  const shifted = x << 1
  return shifted & 32 ? shifted ^ 0b100101 : shifted
}
