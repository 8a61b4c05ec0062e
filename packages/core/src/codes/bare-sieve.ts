import type { BareEntry } from './bare-index.ts'
import type { Charset } from './charset.ts'
import type { Layout } from './layout.ts'

/**
 * Which of many schemes a text may be a code of, found in one pass: every scheme is a bit, every character at every place
 * has a word of the bits of those schemes in whose codes it may stand there. What is left after the last character is a
 * code by its structure, or nearly: the layouts decide. Nothing that fits a layout is ever sieved out.
 */

/** Longer codes are looked for one by one. */
export const LONGEST_IN_SIEVE = 64
/** Characters of a place: ASCII, and all others in 128 classes. */
const COLUMNS = 256
const BITS = 32

/** Up to 32 schemes whose codes may have one length. */
export interface Bank {
  /** in order of rank, the first at bit 0 */
  entries: readonly BareEntry[]
  /** bits by place times 256 plus column */
  places: Int32Array
  /** bits of the schemes that clean a text alike, by the number of their profile */
  profiles: Int32Array
}

/** Banks by length, each made when a text of that length is first looked at. */
export interface Sieve {
  banks(length: number): readonly Bank[]
}

/**
 * @param entries all that are read without a mark, in order of rank
 * @param profile number of the profile of each of them
 */
export function sieveOf(entries: readonly BareEntry[], profile: readonly number[]): Sieve {
  const made: (readonly Bank[] | undefined)[] = new Array(LONGEST_IN_SIEVE + 1).fill(undefined)
  return {
    banks(length) {
      made[length] ??= banksOf(entries, profile, length)
      return made[length]
    },
  }
}

/** The column of a character code. */
export function columnOf(c: number): number {
  return c < 128 ? c : 128 | (c & 127)
}

/** Bits of the entries of a bank whose structure text[from…) may have, of those in `left`. */
export function sift({ places }: Bank, text: string, from: number, left: number): number {
  let bits = left
  for (let i = from, row = 0; bits !== 0 && i < text.length; i++, row += COLUMNS) {
    const c = text.charCodeAt(i)
    bits &= places[row | (c < 128 ? c : 128 | (c & 127))]!
  }
  return bits
}

/** Whether the sieve alone decides about a layout: every character has its place, and none is beyond ASCII. */
export function isExact({ fixed, steps }: Layout): boolean {
  return (
    fixed && steps.every(({ literal, set }) => (literal === null ? set.beyond === 'none' : /^[ -~]*$/.test(literal)))
  )
}

/** `sift` for the characters of a cleaned text. */
export function siftUnits({ places }: Bank, units: Uint16Array, length: number, left: number): number {
  let bits = left
  for (let i = 0, row = 0; bits !== 0 && i < length; i++, row += COLUMNS) bits &= places[row | columnOf(units[i]!)]!
  return bits
}

function banksOf(entries: readonly BareEntry[], profile: readonly number[], length: number): Bank[] {
  const numbers = [...entries.keys()].filter(i => mayBe(entries[i]!, length))
  const banks: Bank[] = []
  for (let first = 0; first < numbers.length; first += BITS) {
    const chosen = numbers.slice(first, first + BITS)
    const places = new Int32Array(length * COLUMNS)
    const profiles = new Int32Array(Math.max(...profile) + 1)
    chosen.forEach((number, bit) => {
      allow(places, entries[number]!, length, 1 << bit)
      profiles[profile[number]!]! |= 1 << bit
    })
    banks.push({ entries: chosen.map(number => entries[number]!), places, profiles })
  }
  return banks
}

const spans = ({ min, max }: Layout, length: number) => length >= min && length <= max

function mayBe({ scheme, primary, lengths }: BareEntry, length: number): boolean {
  const fits = scheme.layouts.some(layout => spans(layout, length))
  // a GTIN in use may be shorter than its layout
  return lengths ? lengths.has(length) && (fits || primary !== null) : fits
}

function allow(places: Int32Array, { scheme, primary }: BareEntry, length: number, bit: number): void {
  for (const layout of scheme.layouts) {
    if (spans(layout, length)) allowLayout(places, layout, length, bit)
    else if (primary) for (let at = 0; at < length; at++) for (let c = 48; c < 58; c++) places[at * COLUMNS + c]! |= bit
  }
}

/** Every step at every place where it can be in a value of this length. */
function allowLayout(places: Int32Array, { steps, min, max }: Layout, length: number, bit: number): void {
  let before = { min: 0, max: 0 }
  let rest = { min, max }
  for (const step of steps) {
    const first = Math.max(before.min, length - rest.max)
    before = { min: before.min + step.min, max: before.max + step.max }
    rest = { min: rest.min - step.min, max: rest.max - step.max }
    const until = Math.min(before.max, length - rest.min)
    for (let at = first; at < until; at++) {
      const row = at * COLUMNS
      if (step.literal === null) allowSet(places, row, step.set, bit)
      else if (!step.hidden) for (const c of units(step.literal)) places[row + columnOf(c)]! |= bit
    }
  }
}

function allowSet(places: Int32Array, row: number, { table, beyond, chars }: Charset, bit: number): void {
  for (let c = 0; c < 128; c++) if (table[c] === 1) places[row + c]! |= bit
  if (beyond === 'listed') for (const c of units(chars)) places[row + columnOf(c)]! |= bit
  else if (beyond !== 'none') for (let c = 128; c < COLUMNS; c++) places[row + c]! |= bit
}

const units = (text: string) => Array.from({ length: text.length }, (_, i) => text.charCodeAt(i))
