import { canonicalSegment } from './percent.ts'
import { type Code, fits, type Primary, primaryValue } from './primary.ts'

/**
 * Names in a path: application identifiers and, as version 1.1 of the standard had them, their short words; of a
 * primary key, or of a qualifier (then its application identifier).
 */
export interface LinkNames {
  words: ReadonlyMap<string, Primary | string>
  /** those that are numbers of up to four digits, at ten to the power of their length plus the number */
  numbers: readonly (Primary | string | undefined)[]
}

/** @param words all names */
export function linkNames(words: ReadonlyMap<string, Primary | string>): LinkNames {
  const numbers: (Primary | string | undefined)[] = new Array(20_000).fill(undefined)
  for (const [name, meaning] of words) {
    if (/^\d{1,4}$/.test(name)) numbers[10 ** name.length + Number(name)] = meaning
  }
  return { words, numbers }
}

/** What uri[from…until) means as a name. */
function meaningOf({ words, numbers }: LinkNames, uri: string, from: number, until: number) {
  let place = 1
  for (let i = from; i < until; i++) {
    const digit = uri.charCodeAt(i) - 48
    if (!(digit >= 0 && digit <= 9) || place >= 2000) return words.get(uri.slice(from, until))
    place = place * 10 + digit
  }
  return numbers[place]
}

/** Where things stand in a link, for those who say what is wrong. */
export interface LinkShape {
  primary: Primary
  /** limits of the primary value */
  from: number
  until: number
  /** qualifiers, the last of the path first */
  parts: { ai: string; from: number; until: number }[]
  /** end of the path */
  end: number
}

/**
 * Takes a path apart from its end: qualifiers pairwise until a primary key stands, whatever path is before it
 * (GS1 Digital Link: URI Syntax, "uncompressed path": the key and its qualifiers end the path).
 * @param start index of the slash that begins the path
 */
export function linkShape(names: LinkNames, uri: string, start: number): LinkShape | null {
  const end = pathEnd(uri, start)
  const parts: LinkShape['parts'] = []
  let until = end
  for (;;) {
    const valueSlash = uri.lastIndexOf('/', until - 1)
    if (valueSlash <= start) return null
    const nameSlash = uri.lastIndexOf('/', valueSlash - 1)
    if (nameSlash < start) return null
    const meaning = meaningOf(names, uri, nameSlash + 1, valueSlash)
    if (meaning === undefined || until - valueSlash < 2) return null
    if (typeof meaning !== 'string') return { primary: meaning, from: valueSlash + 1, until, parts, end }
    parts.push({ ai: meaning, from: valueSlash + 1, until })
    until = nameSlash
  }
}

/** The code of a link by its structure: lengths and characters of the key, no check digit. Null: not a Digital Link. */
export function codeOfLink(names: LinkNames, uri: string, start: number): Code | null {
  const shape = linkShape(names, uri, start)
  if (!shape) return null
  const { primary, parts } = shape
  const value = linkValue(shape, uri)
  if (value === null) return null
  const qualifiers: (string | undefined)[] = []
  for (const part of parts) {
    const index = primary.qualifierIndex.get(part.ai)
    if (index === undefined || qualifiers[index] !== undefined) return null
    const segment = canonicalSegment(uri, part.from, part.until)
    const q = primary.qualifiers[index]!
    if (q.charset === 'digits' && !fits(q, segment)) return null
    qualifiers[index] = segment
  }
  return { primary, value, qualifiers }
}

function linkValue({ primary, from, until }: LinkShape, uri: string): string | null {
  const value = primaryValue(primary, uri, from, until)
  if (value !== null || !uri.slice(from, until).includes('%')) return value
  // even digits may have been escaped
  const segment = canonicalSegment(uri, from, until)
  return primaryValue(primary, segment, 0, segment.length)
}

/** Index of the slash that begins the path of an http(s) URI with a host, −1 for anything else. */
export function webPathStart(uri: string): number {
  let host = 0
  if (uri.startsWith('https://')) host = 8
  else if (uri.startsWith('http://')) host = 7
  else host = /^https?:\/\//i.exec(uri)?.[0].length ?? 0
  if (host === 0) return -1
  for (let i = host; i < uri.length; i++) {
    const c = uri.charCodeAt(i)
    if (c === 47) return i > host ? i : -1
    if (c === 63 || c === 35) return -1
  }
  return -1
}

function pathEnd(uri: string, from: number): number {
  for (let i = from; i < uri.length; i++) {
    const c = uri.charCodeAt(i)
    if (c === 63 || c === 35) return i
  }
  return uri.length
}
