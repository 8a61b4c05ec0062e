import type { XmlAttribute, XmlElement } from '@yuanliu/core'
import type { Scope } from './tree.ts'

/**
 * Reads elements of a common kind in one pass, several times faster than the parser: no entities, comments, CDATA
 * sections, instructions or declarations of namespaces, names in ASCII, nothing deep or long. It never says that a text
 * is wrong: whatever is not of that kind, or in doubt, is left to the parser, which alone has words for it and knows
 * lines. What it reads, the parser reads alike (held by a test).
 */
export interface QuickParser {
  /**
   * The element that begins at `from`, without lines and columns; null where it is left to the parser.
   * @param isBytes each character stands for a byte: then only ASCII is read
   */
  read(text: string, from: number, isBytes: boolean): XmlElement | null
  /** the offset behind the element last read */
  end(): number
}

const NONE: readonly XmlAttribute[] = []
const MOST_ATTRIBUTES = 50
const MOST_ELEMENTS = 100_000
/** Elements inside one another, and characters of a text, that it reads. */
export const QUICK = { depth: 16, text: 100_000 }
const { depth: DEEPEST, text: LONGEST } = QUICK

const NAME_START = 1
const NAME = 2
const SPACE = 4
const CLASSES = new Uint8Array(128)
for (let code = 0; code < 128; code++) {
  const char = String.fromCharCode(code)
  if (/[A-Za-z_]/.test(char)) CLASSES[code] = NAME_START | NAME
  else if (/[0-9.-]/.test(char)) CLASSES[code] = NAME
  else if (/[ \t\r\n]/.test(char)) CLASSES[code] = SPACE
}
const LT = 0x3c
const GT = 0x3e
const SLASH = 0x2f
const COLON = 0x3a
const EQUALS = 0x3d

/** @param scope declarations around the elements */
export function quickParser(scope: Scope): QuickParser {
  const namespaces = new Map(Object.entries(scope))
  const defaultNamespace = scope[''] ?? ''
  let text = ''
  let at = 0
  let isBytes = true
  /** the name read last: from, its colon (or -1), to */
  let nameFrom = 0
  let nameColon = -1

  /** Whether a name begins here; reads it. */
  function name(): boolean {
    nameFrom = at
    nameColon = -1
    if (!((CLASSES[text.charCodeAt(at)] ?? 0) & NAME_START)) return false
    for (at++; ; at++) {
      const c = text.charCodeAt(at)
      if ((CLASSES[c] ?? 0) & NAME) continue
      if (c !== COLON) return true
      if (nameColon >= 0 || !((CLASSES[text.charCodeAt(at + 1)] ?? 0) & NAME_START)) return false
      nameColon = at
    }
  }

  function skipSpace(): boolean {
    const from = at
    while ((CLASSES[text.charCodeAt(at)] ?? 0) & SPACE) at++
    return at > from
  }

  /** The attributes up to the end of the tag; null for a tag of another kind. */
  function attributes(): readonly XmlAttribute[] | null {
    let list: XmlAttribute[] | null = null
    for (;;) {
      const spaced = skipSpace()
      const c = text.charCodeAt(at)
      if (c === GT || c === SLASH) return list ?? NONE
      if (!spaced || !name()) return null
      const prefix = nameColon < 0 ? '' : text.slice(nameFrom, nameColon)
      const local = text.slice(nameColon < 0 ? nameFrom : nameColon + 1, at)
      const namespace = prefix === '' ? '' : namespaces.get(prefix)
      if (namespace === undefined || prefix === 'xmlns' || local === 'xmlns' || text.charCodeAt(at) !== EQUALS)
        return null
      const quote = text[at + 1] as string
      if (quote !== '"' && quote !== "'") return null
      const from = at + 2
      at = text.indexOf(quote, from)
      if (at < 0 || at - from > LONGEST || !isPlain(from, at)) return null
      list ??= []
      if (list.length >= MOST_ATTRIBUTES) return null
      for (const other of list) if (other.local === local) return null
      list.push({ namespace, prefix, local, value: text.slice(from, at) })
      at++
    }
  }

  /** Whether an attribute's value stands for itself. */
  function isPlain(from: number, to: number): boolean {
    for (let i = from; i < to; i++) {
      const c = text.charCodeAt(i)
      if (c < 0x20 || c === 0x26 || c === LT || (c >= 0x80 && (isBytes || c >= 0xfffe))) return false
    }
    return true
  }

  /** Reads on to the next `<`; null for text of another kind. White space alone is none. */
  function content(): string | null {
    const from = at
    let isBlank = true
    let hasReturn = false
    for (; ; at++) {
      const c = text.charCodeAt(at)
      if (c === LT) break
      if ((CLASSES[c] ?? 0) & SPACE) {
        // The parser makes line feeds of carriage returns; between elements it does not matter.
        if (c === 0x0d) hasReturn = true
        continue
      }
      // `]]>` and `&` are for the parser; at the end of the text the code is not a number.
      if (!(c > 0x20) || c === 0x26 || c === 0x5d || (c >= 0x80 && (isBytes || c >= 0xfffe))) return null
      isBlank = false
    }
    if (at - from > LONGEST || (hasReturn && !isBlank)) return null
    return isBlank ? '' : text.slice(from, at)
  }

  const open: XmlElement[] = []
  function element(): XmlElement | null {
    open.length = 0
    let elements = 0
    for (;;) {
      // A start tag begins here.
      at++
      if (!name() || ++elements > MOST_ELEMENTS) return null
      const prefix = nameColon < 0 ? '' : text.slice(nameFrom, nameColon)
      const local = text.slice(nameColon < 0 ? nameFrom : nameColon + 1, at)
      const namespace = prefix === '' ? defaultNamespace : namespaces.get(prefix)
      if (namespace === undefined) return null
      const own = attributes()
      if (own === null) return null
      const made: XmlElement = { namespace, prefix, local, attributes: own, children: [], text: '', line: 0, column: 0 }
      open.at(-1)?.children.push(made)
      let isOver = text.charCodeAt(at) === SLASH
      if (isOver) at++
      if (text.charCodeAt(at++) !== GT) return null
      if (!isOver) {
        if (open.push(made) > DEEPEST) return null
      } else if (!open.length) return made
      // Text and end tags, up to the next start tag.
      for (;;) {
        const parent = open[open.length - 1] as XmlElement
        const own = content()
        if (own === null) return null
        if (own !== '') parent.text = parent.text === '' ? own : parent.text + own
        if (text.charCodeAt(at + 1) !== SLASH) break
        at += 2
        const { prefix: p, local: l } = parent
        const full = p === '' ? l : `${p}:${l}`
        if (!text.startsWith(full, at)) return null
        at += full.length
        skipSpace()
        if (text.charCodeAt(at++) !== GT) return null
        open.pop()
        if (!open.length) return parent
        isOver = true
      }
    }
  }

  return {
    read(whole, from, bytes) {
      text = whole
      at = from
      isBytes = bytes
      const found = element()
      text = ''
      return found
    },
    end: () => at,
  }
}
