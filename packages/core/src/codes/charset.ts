/**
 * Character sets that scheme files name. Closed list; a set is its characters, so that a file can be read without code.
 * GS1 General Specifications §7.11 (82, 39 and 64 characters).
 */
const DIGITS = '0123456789'
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const LOWER = 'abcdefghijklmnopqrstuvwxyz'

const SETS = {
  digits: DIGITS,
  upper: UPPER,
  alphanumeric: DIGITS + UPPER,
  cset82: `!"%&'()*+,-./${DIGITS}:;<=>?${UPPER}_${LOWER}`,
  cset39: `#-/${DIGITS}${UPPER}`,
  cset64: `${DIGITS}${UPPER}${LOWER}-_=`,
} as const

export type CharsetName = keyof typeof SETS
export const CHARSET_NAMES = Object.keys(SETS) as CharsetName[]

const tables = new Map<CharsetName, Uint8Array>()
for (const name of CHARSET_NAMES) {
  const table = new Uint8Array(128)
  for (const char of SETS[name]) table[char.charCodeAt(0)] = 1
  tables.set(name, table)
}

/** Index of the first character of `text` outside the set, −1 when all are in it. */
export function firstOutside(text: string, name: CharsetName, from = 0, until = text.length): number {
  const table = tables.get(name)!
  for (let i = from; i < until; i++) if (table[text.charCodeAt(i)] !== 1) return i
  return -1
}

/** Whether text[from…until) is nothing but ASCII digits. */
export function allDigits(text: string, from: number, until: number): boolean {
  for (let i = from; i < until; i++) {
    const c = text.charCodeAt(i)
    if (c < 48 || c > 57) return false
  }
  return true
}
