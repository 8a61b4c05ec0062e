import { parseTime } from './time.ts'
import { isSegment, isUri, lastSegment } from './uri.ts'

/** Thrown, without a trace, where a text is not what was expected. */
export const NOT_PLAIN = { message: 'not plain' }

const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
export const OPEN_LIST = 0x5b
export const CLOSE_LIST = 0x5d
export const OPEN_OBJECT = 0x7b
export const CLOSE_OBJECT = 0x7d
const JSON_NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y

/** What the URI read last began with, up to its last segment; empty for one that is not of that kind. */
export interface UriMemory {
  head: string
}

/**
 * Goes through a JSON text (RFC 8259) whose shape is known beforehand. Strings are only taken where a check holds that
 * no text with escapes, control characters or characters beyond ASCII passes. All throw `NOT_PLAIN`.
 */
export interface JsonCursor {
  start(text: string, from: number): void
  at(): number
  /** Steps over the character, and space in front of it. */
  pass(char: number): void
  /** Begins a list or an object; false where it is empty. */
  opens(open: number, close: number): boolean
  /** After a member or an item: true where another one follows; else the end has been passed. */
  more(close: number): boolean
  /** What `find` makes of the name of a member, given as a part of the text; the colon is passed too. */
  name<T>(find: (text: string, from: number, until: number) => T | undefined): T
  /** Steps over a text that stands here to the letter, space in front of it; false where another does. */
  follows(literal: string): boolean
  /** Steps over a string that is this one; false where it is another, or none was given. */
  is(likely: string): boolean
  /** A string that fits, as `likely` does, which is told faster. */
  word(fits: (text: string) => boolean, likely?: string): string
  /** A URI; one that goes on like the last one read with the same memory is told faster. */
  uri(memory: UriMemory): string
  /** An instant in microseconds. */
  time(): number
  number(): number
  /** Every item of a list. */
  list<T>(item: () => T): T[]
}

export function jsonCursor(): JsonCursor {
  let text = ''
  let at = 0

  function skipSpace(): number {
    let c = text.charCodeAt(at)
    while (c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09) c = text.charCodeAt(++at)
    return c
  }

  function pass(char: number): void {
    if (skipSpace() !== char) throw NOT_PLAIN
    at++
  }

  /** The offset of the quote that ends the string at hand. */
  function closing(): number {
    const end = text.indexOf('"', at)
    if (end < 0) throw NOT_PLAIN
    return end
  }

  /** Steps over the opening quote; the offset of the next one. */
  function quoted(): number {
    pass(QUOTE)
    return closing()
  }

  function follows(literal: string): boolean {
    skipSpace()
    if (!text.startsWith(literal, at)) return false
    at += literal.length
    return true
  }

  function is(likely: string): boolean {
    if (likely === '' || skipSpace() !== QUOTE) return false
    const end = at + 1 + likely.length
    if (text.charCodeAt(end) !== QUOTE || !text.startsWith(likely, at + 1)) return false
    at = end + 1
    return true
  }

  function opens(open: number, close: number): boolean {
    pass(open)
    if (skipSpace() !== close) return true
    at++
    return false
  }

  function more(close: number): boolean {
    const c = skipSpace()
    at++
    if (c === COMMA) return true
    if (c !== close) throw NOT_PLAIN
    return false
  }

  return {
    start(whole, from) {
      text = whole
      at = from
    },
    at: () => at,
    pass,
    opens,
    more,
    follows,
    is,
    name(find) {
      const end = quoted()
      const found = find(text, at, end)
      if (found === undefined) throw NOT_PLAIN
      at = end + 1
      pass(COLON)
      return found
    },
    word(fits, likely = '') {
      if (is(likely)) return likely
      const end = quoted()
      const value = text.slice(at, end)
      if (!fits(value)) throw NOT_PLAIN
      at = end + 1
      return value
    },
    uri(memory) {
      const end = quoted()
      const { head } = memory
      const goesOn = head !== '' && text.startsWith(head, at) && isSegment(text, at + head.length, end)
      if (!goesOn) {
        if (!isUri(text, at, end)) throw NOT_PLAIN
        const segment = lastSegment(text, at, end)
        memory.head = segment < 0 ? '' : text.slice(at, segment)
      }
      const value = text.slice(at, end)
      at = end + 1
      return value
    },
    time() {
      const end = quoted()
      const value = parseTime(text, at, end)
      if (value === null) throw NOT_PLAIN
      at = end + 1
      return value
    },
    number() {
      skipSpace()
      JSON_NUMBER.lastIndex = at
      const found = JSON_NUMBER.exec(text)?.[0]
      const value = Number(found)
      if (found === undefined || !Number.isFinite(value)) throw NOT_PLAIN
      at += found.length
      return value
    },
    list(item) {
      const items: ReturnType<typeof item>[] = []
      if (opens(OPEN_LIST, CLOSE_LIST))
        do items.push(item())
        while (more(CLOSE_LIST))
      return items
    },
  }
}
