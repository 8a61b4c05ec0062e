/**
 * Character sets that scheme files name. Closed list; a set is its characters, so that a file can be read without code.
 * GS1 General Specifications §7.11 (82, 39 and 64 characters); GB 32100-2015 §5.1 (31 characters: no I, O, S, V, Z).
 * `listed` stands for the characters that the part lists itself.
 */
const DIGITS = '0123456789'
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const LOWER = 'abcdefghijklmnopqrstuvwxyz'

const SETS = {
  digits: DIGITS,
  upper: UPPER,
  alphanumeric: DIGITS + UPPER,
  letters: UPPER + LOWER,
  mixed: DIGITS + UPPER + LOWER,
  uscc: '0123456789ABCDEFGHJKLMNPQRTUWXY',
  vin: '0123456789ABCDEFGHJKLMNPRSTUVWXYZ',
  cset82: `!"%&'()*+,-./${DIGITS}:;<=>?${UPPER}_${LOWER}`,
  cset39: `#-/${DIGITS}${UPPER}`,
  cset64: `${DIGITS}${UPPER}${LOWER}-_=`,
  /** every printable character of ASCII but the space */
  ascii: Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i)).join(''),
  /** one Chinese character (CJK unified ideographs of the basic plane) */
  han: '',
  /** whatever is printed, in any script: no blanks, controls, lone surrogates */
  printable: Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i)).join(''),
  /** a line of text: whatever is printed, and spaces */
  line: Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join(''),
  listed: '',
} as const

export type CharsetName = keyof typeof SETS
export const CHARSET_NAMES = Object.keys(SETS) as CharsetName[]

/** A set ready for use: ASCII by table, the rest by rule. */
export interface Charset {
  /** the characters that can be enumerated */
  chars: string
  table: Uint8Array
  /** codes of the characters of a set `listed` that are beyond ASCII */
  listed: ReadonlySet<number>
  /** beyond ASCII: none, Chinese characters, everything printable, or those in `chars` */
  beyond: 'none' | 'han' | 'printable' | 'listed'
}

const sets = new Map<CharsetName, Charset>()

/** @param listed the characters of a set `listed` */
export function charset(name: CharsetName, listed?: string): Charset {
  const known = listed === undefined ? sets.get(name) : undefined
  if (known) return known
  const chars = name === 'listed' ? (listed ?? '') : SETS[name]
  const table = new Uint8Array(128)
  for (const char of chars) if (char.charCodeAt(0) < 128) table[char.charCodeAt(0)] = 1
  const codes = Array.from({ length: name === 'listed' ? chars.length : 0 }, (_, i) => chars.charCodeAt(i))
  const beyond =
    name === 'line' ? 'printable' : name === 'han' || name === 'printable' || name === 'listed' ? name : 'none'
  const set: Charset = { chars, table, listed: new Set(codes.filter(c => c > 127)), beyond }
  if (listed === undefined) sets.set(name, set)
  return set
}
for (const name of CHARSET_NAMES) charset(name)

/** Index of the first character of text[from…until) outside the set, −1 when all are in it. */
export function outside(text: string, set: Charset, from = 0, until = text.length): number {
  const { table, beyond } = set
  for (let i = from; i < until; i++) {
    const c = text.charCodeAt(i)
    if (c < 128 ? table[c] === 1 : beyond !== 'none' && isBeyond(text, i, set)) continue
    return i
  }
  return -1
}

/** Whether the character at an index, which is not ASCII, is in the set. */
function isBeyond(text: string, index: number, { beyond, listed }: Charset): boolean {
  const c = text.charCodeAt(index)
  if (beyond === 'han') return c >= 0x4e00 && c <= 0x9fff
  if (beyond === 'listed') return listed.has(c)
  if (c >= 0xd800 && c <= 0xdfff) return isPaired(text, index, c)
  // C1 controls, blanks and marks that nobody sees
  return !(c < 0xa1 || c === 0xad || c === 0x3000 || c === 0xfeff || c >= 0xfff0 || (c >= 0x2000 && c <= 0x206f))
}

function isPaired(text: string, index: number, c: number): boolean {
  const other = c < 0xdc00 ? text.charCodeAt(index + 1) : text.charCodeAt(index - 1)
  return c < 0xdc00 ? other >= 0xdc00 && other <= 0xdfff : other >= 0xd800 && other <= 0xdbff
}

/** `outside` for a set by its name. */
export function firstOutside(text: string, name: CharsetName, from = 0, until = text.length): number {
  return outside(text, sets.get(name)!, from, until)
}

/** Whether text[from…until) is nothing but ASCII digits. */
export function allDigits(text: string, from: number, until: number): boolean {
  for (let i = from; i < until; i++) {
    const c = text.charCodeAt(i)
    if (c < 48 || c > 57) return false
  }
  return true
}
