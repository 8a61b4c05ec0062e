import { cleanLines } from './lines.ts'
import type { SchemeFile } from './scheme-file.ts'

/** What a person typed without its ornaments: full-width forms, blanks and hyphens, words in front, small letters. */

/** How the texts of a scheme are cleaned; schemes that do the same share one. */
export interface Normaliser {
  /** by character code below 128: 0 stays, 1 is dropped, 2 becomes another */
  table: Uint8Array
  replace: ReadonlyMap<string, string>
  upper: boolean
  /** codes of several lines: see lines.ts */
  lines: boolean
  /** what a text must hold to be changed by it, of `contents` */
  touches: number
}

/** What a text holds that decides how it is read and cleaned. */
export const SLASH = 1
export const COLON = 2
/** full-width forms */
export const WIDE = 4
export const BLANK = 8
export const HYPHEN = 16
export const LOWER = 32
/** anything that is neither letter nor digit of ASCII nor named above */
export const OTHER = 64
/** line breaks of ASCII */
export const BREAK = 128

const CLASSES = new Uint8Array(128).fill(OTHER)
for (let c = 48; c <= 57; c++) CLASSES[c] = 0
for (let c = 65; c <= 90; c++) CLASSES[c] = 0
for (let c = 97; c <= 122; c++) CLASSES[c] = LOWER
CLASSES[10] = BREAK
CLASSES[13] = BREAK
CLASSES[32] = BLANK
CLASSES[45] = HYPHEN
CLASSES[47] = SLASH
CLASSES[58] = COLON

/** What text[from…) holds, one bit for each kind. */
export function contents(text: string, from: number): number {
  let holds = 0
  for (let i = from; i < text.length; i++) {
    const c = text.charCodeAt(i)
    holds |= c < 128 ? CLASSES[c]! : c >= 0xff01 || c === 0x3000 ? WIDE : OTHER
  }
  return holds
}

/** Cleaned text, and where its characters stood. */
export interface Cleaned {
  value: string
  /** index in the text of the value's character; the text's end beyond the last */
  place(index: number): number
}

const shared = new Map<string, Normaliser>()

export function normaliserOf({ normalise = {}, layouts = [] }: SchemeFile): Normaliser {
  const { strip = '', upper = false, replace = {} } = normalise
  const lines = layouts.some(layout => layout.includes('\n'))
  const name = JSON.stringify([[...strip].sort().join(''), upper, Object.entries(replace).sort(), lines])
  const known = shared.get(name)
  if (known) return known
  const table = new Uint8Array(128)
  for (const char of strip) if (char.charCodeAt(0) < 128) table[char.charCodeAt(0)] = 1
  if (upper) for (let c = 97; c <= 122; c++) table[c] = 2
  const others = new Map(Object.entries(replace))
  for (const char of strip) if (char.charCodeAt(0) >= 128) others.set(char, '')
  for (const char of others.keys()) if (char.charCodeAt(0) < 128) table[char.charCodeAt(0)] = 2
  let touches = WIDE
  for (let c = 0; c < 128; c++) if (table[c] !== 0) touches |= CLASSES[c]!
  if (others.size > 0) touches |= OTHER
  const made: Normaliser = { table, replace: others, upper, lines, touches }
  shared.set(name, made)
  return made
}

/** The clean text of text[from…until). */
export function clean(how: Normaliser, text: string, from = 0, until = text.length): string {
  if (how.lines) return cleanLines(text, from, until, null, index => changed(how, text, index))
  for (let i = from; i < until; i++) {
    const c = text.charCodeAt(i)
    if (c < 128 ? how.table[c] !== 0 : isWide(c) || (how.replace.size > 0 && how.replace.has(text[i]!)))
      return rewrite(how, text, from, until, null)
  }
  return from === 0 && until === text.length ? text : text.slice(from, until)
}

/**
 * Writes the codes of the characters of the clean text of text[from…) to `out`, for those who only want to look at them.
 * @returns how many there are; −1 where there are more than `out` holds
 */
export function cleanUnits(how: Normaliser, text: string, from: number, out: Uint16Array): number {
  let count = 0
  for (let i = from; i < text.length; i++) {
    const c = text.charCodeAt(i)
    const change = c < 128 ? how.table[c]! : isWide(c) || (how.replace.size > 0 && how.replace.has(text[i]!)) ? 2 : 0
    if (change === 1) continue
    if (change === 0) {
      if (count === out.length) return -1
      out[count++] = c
      continue
    }
    const char = changed(how, text, i)
    if (count + char.length > out.length) return -1
    for (let n = 0; n < char.length; n++) out[count++] = char.charCodeAt(n)
  }
  return count
}

/** `clean`, with places. */
export function cleaned(how: Normaliser, text: string, from = 0, until = text.length): Cleaned {
  const places: number[] = []
  const value = how.lines
    ? cleanLines(text, from, until, places, index => changed(how, text, index))
    : rewrite(how, text, from, until, places)
  return { value, place: index => places[index] ?? until }
}

function rewrite(how: Normaliser, text: string, from: number, until: number, places: number[] | null): string {
  let value = ''
  let kept = from
  for (let i = from; i < until; i++) {
    const c = text.charCodeAt(i)
    if (c < 128 ? how.table[c] === 0 : !isWide(c) && !how.replace.has(text[i]!)) {
      places?.push(i)
      continue
    }
    if (i > kept) value += text.slice(kept, i)
    kept = i + 1
    const char = changed(how, text, i)
    if (char === '') continue
    value += char
    places?.push(i)
  }
  return kept < until ? value + text.slice(kept, until) : value
}

/** What becomes of a character that may not stay as it is. */
function changed(how: Normaliser, text: string, index: number): string {
  let char = halfWidth(text, index)
  char = how.replace.get(char) ?? char
  const c = char.charCodeAt(0)
  if (char === '' || (c < 128 && how.table[c] === 1)) return ''
  return how.upper && c >= 97 && c <= 122 ? char.toUpperCase() : char
}

/** Full-width forms of ASCII (U+FF01…FF5E) and the ideographic space. */
const isWide = (c: number) => (c >= 0xff01 && c <= 0xff5e) || c === 0x3000

function halfWidth(text: string, index: number): string {
  const c = text.charCodeAt(index)
  if (!isWide(c)) return text[index]!
  return c === 0x3000 ? ' ' : String.fromCharCode(c - 0xfee0)
}

/** Words that a scheme's codes may have in front, as codes of their characters in capitals. */
export type Words = readonly Uint16Array[]

export function wordsOf({ normalise }: SchemeFile): Words {
  return (normalise?.prefixes ?? []).map(word =>
    Uint16Array.from({ length: word.length }, (_, i) => capital(word.charCodeAt(i))),
  )
}

/**
 * Index after the first of these words that text[from…) begins with, whatever its case and width, a colon and blanks
 * behind it too; `from` where it begins with none.
 */
export function afterWord(words: Words, text: string, from: number): number {
  for (let w = 0; w < words.length; w++) {
    const word = words[w]!
    let n = 0
    while (n < word.length && capital(text.charCodeAt(from + n)) === word[n]) n++
    if (n < word.length) continue
    let at = from + n
    while (at < text.length && isBetween(text.charCodeAt(at))) at++
    return at
  }
  return from
}

/** A character code in half width and capitals; NaN beyond the end of a text. */
export function capital(c: number): number {
  const half = c >= 0xff01 && c <= 0xff5e ? c - 0xfee0 : c
  return half >= 97 && half <= 122 ? half - 32 : half
}

/** What stands between a word and its code: blanks, colons, full stops, number signs. */
function isBetween(c: number): boolean {
  if (c < 128) return c <= 32 || c === 58 || c === 46 || c === 35
  return c === 0xa0 || c === 0x3000 || c === 0xff1a || c === 0xff0e || c === 0x2116
}
