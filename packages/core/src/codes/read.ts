import type { UnitLevel } from '../api/trace.ts'
import type { Compiled } from './compiled.ts'
import { webPathStart } from './digital-link.ts'
import { FNC1 } from './element-string.ts'
import { spoken } from './fault.ts'
import type { UnitRef } from './primary.ts'
import { readBare } from './read-bare.ts'
import { bareElementReadings, bracketedReadings } from './read-element.ts'
import { readPath, readUrn } from './read-uri.ts'

/**
 * One reading of a text. `scheme` is the id of a scheme file, or `uri` for a URI that stands for itself.
 * `parts`: by part and qualifier name, further data under their application identifiers.
 * `forms`: digitalLink and element, urn where the text was one.
 * `warnings`: it reads, but the standard does not allow it so (a lot of 30 characters, or in Chinese).
 */
export type Reading =
  | {
      ok: true
      scheme: string
      key: string
      level: UnitLevel
      parts: Record<string, string>
      canonical: string
      forms: Record<string, string>
      lot: string | null
      warnings?: Extract<Reading, { ok: false }>[]
    }
  | {
      ok: false
      scheme: string
      reason: 'format' | 'length' | 'checksum' | 'component'
      at: number
      message: { zh: string; en: string }
    }
export type UnitOf = (uri: string) => UnitRef

/** Longer texts are refused unread. */
const LONGEST = 4096

/** Symbology identifiers whose data are element strings (General Specifications §5.1); other data speak for themselves. */
const ELEMENT_SYMBOLS = new Set([']C1', ']e0', ']e1', ']e2', ']d2', ']Q3', ']J1'])

/** See `Codes.read`. */
export function readText(compiled: Compiled, given: string, unit: UnitOf): Reading[] {
  if (given.length > LONGEST) {
    const title = { zh: '输入', en: 'Input' }
    return [{ ok: false, scheme: '', ...spoken({ reason: 'length', at: LONGEST }, title) }]
  }
  let from = trimStart(given)
  const until = trimEnd(given, from)
  if (from >= until) return []
  let text = given.slice(0, until)

  const symbol = /^\][A-Za-z][0-9A-Za-z]$/.test(text.slice(from, from + 3)) ? text.slice(from, from + 3) : ''
  from += symbol.length
  if (ELEMENT_SYMBOLS.has(symbol)) return bareElementReadings(compiled, text, from, unit, true)
  if (text.startsWith(FNC1, from)) return bareElementReadings(compiled, text, from, unit, true)

  if (!/^(https?:\/\/|urn:)/i.test(text.slice(from, from + 8))) text = halfWidth(text)
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(text.slice(from, from + 64))?.[0].toLowerCase()
  if (scheme !== undefined && !/^[a-z0-9.-]+\.[a-z]+:\d/i.test(text.slice(from, from + 256))) {
    return readUri(compiled, text, from, scheme, unit)
  }
  if (text[from] === '(') return bracketedReadings(compiled, text, from, unit)
  if (text.indexOf('/', from) >= 0) {
    const link = readPath(compiled, text.slice(from), from, unit)
    if (link.length > 0) return link
  }
  return readUnmarked(compiled, text, from, unit)
}

/** A URI is what its scheme says; whatever else it may be, it also stands for itself, so events naming it are found. */
function readUri(compiled: Compiled, text: string, from: number, scheme: string, unit: UnitOf): Reading[] {
  const uri = text.slice(from)
  if (scheme === 'urn:') {
    const gs1 = readUrn(compiled, uri, from, unit)
    return gs1.some(reading => reading.ok) ? gs1 : [...gs1, asUri(uri, unit)]
  }
  if (!scheme.startsWith('http')) {
    // "GTIN: 690…" looks like one, too
    const typed = readUnmarked(compiled, text, from, unit).filter(reading => reading.ok)
    return [...typed, asUri(uri, unit)]
  }
  const gs1 = webPathStart(uri) < 0 ? [] : readPath(compiled, uri, from, unit)
  if (gs1.some(reading => reading.ok)) return gs1
  // a number misspelt is news; a path that happens to end in a key made of anything is not
  const numeric = gs1.some(reading => compiled.numeric.has(reading.scheme))
  return numeric ? [...gs1, asUri(uri, unit)] : [asUri(uri, unit), ...gs1]
}

function readUnmarked(compiled: Compiled, text: string, from: number, unit: UnitOf): Reading[] {
  const bare = readBare(compiled, text, from, unit)
  const elements = bareElementReadings(compiled, text, from, unit, false)
  const readings = [...bare, ...elements]
  const fitting = readings.filter(reading => reading.ok)
  return fitting.length > 0 ? fitting : readings
}

function asUri(uri: string, unit: UnitOf): Reading {
  const { key, level, lot } = unit(uri)
  return { ok: true, scheme: 'uri', key, level, parts: {}, canonical: uri, forms: {}, lot }
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
