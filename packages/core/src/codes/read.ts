import { codeBehind, splitAddress } from './address.ts'
import { carriedCodes } from './carried.ts'
import type { Compiled } from './compiled.ts'
import { webPathStart } from './gs1/digital-link.ts'
import { FNC1 } from './gs1/element-string.ts'
import type { UnitRef } from './gs1/primary.ts'
import { bareElementReadings, bracketedReadings } from './gs1/read-element.ts'
import { readCleanLink, readPath, readUrn } from './gs1/read-uri.ts'
import { afterWord, COLON, contents, SLASH, WIDE } from './normalise.ts'
import { readPlain } from './plain-code.ts'
import { faultsBare, fitsBare, misspeltReadings, warnedReadings } from './read-bare.ts'
import { readLines } from './read-lines.ts'
import { type FailedReading, Fitting, failedReading, failedText, ITSELF, type Reading } from './reading.ts'

export type { Reading }
export type UnitOf = (uri: string) => UnitRef

/** Longer texts are refused unread. */
export const LONGEST = 4096

/** Symbology identifiers whose data are element strings (General Specifications §5.1); other data speak for themselves. */
const ELEMENT_SYMBOLS = new Set([']C1', ']e0', ']e1', ']e2', ']d2', ']Q3', ']J1'])

/** The refusal of a text that is too long. */
export function tooLong(scheme: string): FailedReading {
  return failedText(scheme, { zh: '输入', en: 'Input' }, { reason: 'length', at: LONGEST })
}

/** See `Codes.identify`. */
export function readText(compiled: Compiled, given: string, unit: UnitOf): Reading[] {
  if (given.length > LONGEST) return [tooLong('')]
  let from = trimStart(given)
  const until = trimEnd(given, from)
  if (from >= until) return []
  let text = until === given.length ? given : given.slice(0, until)

  if (text[from] === ']') {
    const symbol = /^\][A-Za-z][0-9A-Za-z]$/.test(text.slice(from, from + 3)) ? text.slice(from, from + 3) : ''
    from += symbol.length
    if (ELEMENT_SYMBOLS.has(symbol)) return bareElementReadings(compiled, text, from, true)
  }
  if (text[from] === FNC1) return bareElementReadings(compiled, text, from, true)
  // as people and test data write FNC1; the character itself is in no value
  if (text[from] === '^') return bareElementReadings(compiled, text.replaceAll('^', FNC1), from, true)

  // most texts by far are links, and nothing else begins like one
  if (text.startsWith('https://', from)) return readUri(compiled, text, from, 'https:', unit)
  if (text.startsWith('http://', from)) return readUri(compiled, text, from, 'http:', unit)

  const holds = contents(text, from)
  const lines = readLines(compiled, text, from, holds)
  if (lines.length > 0 && lines.some(reading => reading.ok)) return lines
  if (holds & COLON) {
    const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(text.slice(from, from + 64))?.[0].toLowerCase()
    if (scheme !== undefined && !/^[a-z0-9.-]+\.[a-z]+:\d/i.test(text.slice(from, from + 256))) {
      return readUri(compiled, text, from, scheme, unit)
    }
  }
  if (holds & WIDE) {
    text = halfWidth(text)
    const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(text.slice(from, from + 64))?.[0].toLowerCase()
    if (scheme !== undefined) return readUri(compiled, text, from, scheme, unit)
  }
  if (text[from] === '(') {
    const elements = bracketedReadings(compiled, text, from)
    if (elements.length > 0) return elements
  }
  if (holds & SLASH || (holds & WIDE && text.includes('/'))) {
    const link = readPath(compiled, text.slice(from), from)
    if (link.length > 0) return link
  }
  const unmarked = readUnmarked(compiled, text, from, holds & WIDE ? contents(text, from) : holds)
  if (lines.length === 0 || unmarked.some(reading => reading.ok)) return unmarked
  return [...lines, ...unmarked]
}

/** A URI is what its scheme says; whatever else it may be, it also stands for itself, so events naming it are found. */
function readUri(compiled: Compiled, text: string, from: number, scheme: string, unit: UnitOf): Reading[] {
  const uri = from === 0 ? text : text.slice(from)
  const web = scheme === 'https:' || scheme === 'http:'
  const start = web ? webPathStart(uri) : -1
  const link = start < 0 ? null : readCleanLink(compiled, uri, start)
  if (link) return [link]
  if (scheme === 'urn:') {
    const gs1 = readUrn(compiled, uri, from)
    if (gs1.some(reading => reading.ok)) return gs1
    return [...gs1, ...(readAddress(compiled, uri, from, unit) ?? [asUri(uri, unit)])]
  }
  const address = readAddress(compiled, uri, from, unit)
  if (address) return address
  if (!web) {
    // "GTIN: 690…" looks like one, too
    const typed = readUnmarked(compiled, text, from)
    const fitting = typed.filter(reading => reading.ok)
    const named = fitting.length === 0 && isNamed(compiled, text, from)
    return [...(named ? typed : fitting), asUri(uri, unit)]
  }
  const gs1 = start < 0 ? [] : readPath(compiled, uri, from)
  if (gs1.some(reading => reading.ok)) return gs1
  // a number misspelt is news; a path that happens to end in a key made of anything is not
  const numeric = gs1.some(reading => compiled.numeric.has(reading.scheme))
  if (numeric) return [...gs1, asUri(uri, unit)]
  return [...carriedCodes(compiled, uri), asUri(uri, unit), ...gs1]
}

/** Whether a text begins with the word of a scheme: then what is wrong with it is worth saying. */
function isNamed({ all }: Compiled, text: string, from: number): boolean {
  for (const { words } of all.values()) if (afterWord(words, text, from) > from) return true
  return false
}

/** Readings of a URI that begins as those of a scheme do; null where none does so. */
function readAddress(compiled: Compiled, uri: string, from: number, unit: UnitOf): Reading[] | null {
  const split = splitAddress(compiled, uri)
  if (!split) return null
  const code = codeBehind(uri, split.at)
  if (code === null) return null
  const scheme = split.scheme.identity ?? split.scheme
  const reading = readPlain(scheme, code, afterWord(scheme.words, code, 0))
  if (reading.ok) return [reading]
  // escapes make places in the code and in the URI differ; the code as a whole is where it is
  const at = code === uri.slice(split.at) ? from + split.at + reading.at : from + split.at
  return [failedReading(scheme.file, { reason: reading.reason, at }), asUri(uri, unit)]
}

/**
 * A text without any mark of its kind. Readings that fit; where they are of schemes that nobody is certain of, the
 * wrong check digit of one that is certain comes first; where none fits, what is wrong with the nearest.
 */
export function readUnmarked(compiled: Compiled, text: string, from: number, holds = contents(text, from)): Reading[] {
  const { fits, warned, misspelt, certain } = fitsBare(compiled, text, from, holds)
  const elements = maybeElements(compiled, text, from) ? bareElementReadings(compiled, text, from, false) : NONE
  const doubtful = !certain && misspelt.length > 0
  if (fits.length > 0 && !doubtful) return elements.length > 0 ? [...fits, ...elements.filter(r => r.ok)] : fits
  const fitting: Reading[] = [...fits, ...elements.filter(reading => reading.ok)]
  if (doubtful || fitting.length > 0) return [...misspeltReadings(text, misspelt), ...fitting]
  if (warned.length > 0) return warnedReadings(text, warned)
  return [...faultsBare(compiled, text, from), ...elements]
}
const NONE: readonly Reading[] = []

/** Whether a text begins with the application identifier of a key and goes on. */
function maybeElements({ byAi, aiHeads }: Compiled, text: string, from: number): boolean {
  const tens = text.charCodeAt(from) - 48
  const ones = text.charCodeAt(from + 1) - 48
  if (!(tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9) || text.length - from < 8) return false
  if (aiHeads[tens * 10 + ones] === 0) return false
  return (
    byAi.has(text.slice(from, from + 2)) || byAi.has(text.slice(from, from + 3)) || byAi.has(text.slice(from, from + 4))
  )
}

function asUri(uri: string, unit: UnitOf): Reading {
  const { key, level, lot } = unit(uri)
  return new Fitting('uri', key, level, lot, uri, ITSELF)
}

/** Full-width forms as their ASCII twins, one for one, so that positions hold. */
function halfWidth(text: string): string {
  return text.replace(/[\uff01-\uff5e\u3000]/g, c =>
    c === '\u3000' ? ' ' : String.fromCharCode(c.charCodeAt(0) - 0xfee0),
  )
}

/** Blanks and invisible marks around what was pasted; FNC1 is data. */
const blank = (c: number) =>
  (c <= 32 && c !== 29) || c === 0xa0 || c === 0x3000 || c === 0xfeff || (c >= 0x200b && c <= 0x200f)
function trimStart(text: string): number {
  let from = 0
  while (from < text.length && blank(text.charCodeAt(from))) from++
  return from
}
function trimEnd(text: string, from: number): number {
  let until = text.length
  while (until > from && blank(text.charCodeAt(until - 1))) until--
  return until
}
