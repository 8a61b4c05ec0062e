import type { XmlAttribute, XmlElement } from '@yuanliu/core'
import { SaxesParser, type SaxesTagNS } from 'saxes'
import { faultAt, ScanError, type TextLimits } from '../scan/fault.ts'

/** Prefixes and their namespaces. */
export type Scope = Readonly<Record<string, string>>

/** Where a text stands in its document. */
export interface TextPlace {
  /** bytes before it */
  offset: number
  line: number
  column: number
  /** path of the element around it */
  path: string
  /** elements around it */
  depth: number
  /** the path is that of the text's own element already */
  isNumbered?: boolean
}

/** Elements of one text: a tree takes far more memory than its bytes. A hundred thousand units have four each. */
const MOST_ELEMENTS = 500_000

export const START: TextPlace = { offset: 0, line: 1, column: 1, path: '', depth: 0 }

export interface TreeParser {
  /** Takes more text. @throws ScanError */
  write(text: string): void
  /** Ends the text and gives its root. @throws ScanError */
  end(): XmlElement
  /** Declarations in scope in the element that is open. */
  scope(): Scope
  /** Path of the element that is open. */
  path(): string
  /** The root as far as read; null before it. */
  root(): XmlElement | null
  /** Begins anew; its text stands at this place. */
  begin(place: TextPlace): void
}

/**
 * Parses well-formed XML 1.0 with namespaces into elements (saxes, strictly). Character references and the five
 * predefined entities are resolved, others are faults. White space between elements is left out.
 * @param around declarations in scope around the text, which is one element; null: the text is a whole document
 */
export function treeParser(limits: TextLimits, around: Scope | null): TreeParser {
  let place = START
  let root: XmlElement | null = null
  let open: XmlElement[] = []
  let elements = 0
  let startLine = 1
  let startColumn = 1
  let scopes: Scope[] = []
  let parser = newParser()

  function newParser(): SaxesParser<{ xmlns: true; position: false; fragment: boolean }> {
    const made = new SaxesParser({
      xmlns: true as const,
      position: false as const,
      fragment: around !== null,
      ...(around && { additionalNamespaces: around }),
    })
    made.on('opentagstart', tag => {
      startLine = made.line
      startColumn = Math.max(1, made.column - tag.name.length - 1)
    })
    made.on('opentag', opened)
    made.on('closetag', closed)
    made.on('text', text)
    made.on('cdata', text)
    made.on('processinginstruction', () => fail('instruction', '', made.line, Math.max(1, made.column)))
    made.on('xmldecl', ({ encoding }) => {
      if (encoding === undefined || /^(?:utf-8|utf8|us-ascii|ascii)$/i.test(encoding)) return
      fail('utf8', '', made.line, Math.max(1, made.column))
    })
    return made
  }

  function fail(kind: Parameters<typeof faultAt>[0], detail: string | number, line: number, column: number): never {
    parser = newParser()
    const at = line === 1 ? place.column + column - 1 : column
    throw new ScanError({ ...faultAt(kind, place.offset, path(), detail), line: place.line + line - 1, column: at })
  }

  function path(): string {
    const own = place.isNumbered ? open.slice(1) : open
    return place.path + own.map((e, i) => `/${stepOf(place.isNumbered ? open[i] : open[i - 1], e)}`).join('')
  }

  function opened(tag: SaxesTagNS): void {
    if (open.length + place.depth >= limits.depth) fail('depth', limits.depth, startLine, startColumn)
    if (++elements > MOST_ELEMENTS) fail('too-many-elements', MOST_ELEMENTS, startLine, startColumn)
    const attributes: XmlAttribute[] = []
    for (const name in tag.attributes) {
      const a = tag.attributes[name] as SaxesTagNS['attributes'][string]
      if (a.value.length * 3 > limits.stringBytes && Buffer.byteLength(a.value) > limits.stringBytes)
        fail('string-length', limits.stringBytes, startLine, startColumn)
      if (a.prefix !== 'xmlns' && name !== 'xmlns')
        attributes.push({ namespace: a.uri, prefix: a.prefix, local: a.local, value: a.value })
    }
    const element: XmlElement = {
      namespace: tag.uri,
      prefix: tag.prefix,
      local: tag.local,
      attributes,
      children: [],
      text: '',
      line: place.line + startLine - 1,
      column: startLine === 1 ? place.column + startColumn - 1 : startColumn,
    }
    for (const _prefix in tag.ns) {
      element.declared = tag.ns as Scope
      break
    }
    const parent = open.at(-1)
    if (parent) parent.children.push(element)
    else if (root) fail('xml-syntax', '不止一个根元素 / more than one root element', startLine, startColumn)
    else root = element
    open.push(element)
    scopes.push(tag.ns as Scope)
  }

  function text(value: string): void {
    if (!/[^ \t\r\n]/.test(value)) return
    const element = open.at(-1)
    if (!element) {
      fail('xml-syntax', '根元素之外有文字 / text outside the root element', parser.line, parser.column)
      return
    }
    element.text += value
    if (element.text.length > limits.stringBytes) tooLong()
  }

  function closed(): void {
    const text = open.at(-1)?.text ?? ''
    // Counted once, at the end: a text may come in very many pieces.
    if (text.length * 3 > limits.stringBytes && Buffer.byteLength(text) > limits.stringBytes) tooLong()
    open.pop()
    scopes.pop()
  }

  function tooLong(): never {
    return fail('string-length', limits.stringBytes, parser.line, Math.max(1, parser.column))
  }

  /** saxes throws plain errors, whose words are for people. */
  function guarded<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      if (error instanceof ScanError) throw error
      const { line, column } = parser
      const words = (error as Error).message.replace(/\.$/, '').slice(0, 300)
      return fail('xml-syntax', words, line, Math.max(1, column))
    }
  }

  return {
    begin(at) {
      place = at
      root = null
      open = []
      scopes = []
      elements = 0
    },
    write(chunk) {
      guarded(() => parser.write(chunk))
    },
    end() {
      guarded(() => parser.close())
      if (!root) return fail('xml-syntax', '没有根元素 / there is no root element', parser.line, 1)
      return root
    },
    scope: () => Object.assign({}, around, ...scopes) as Scope,
    path,
    root: () => root,
  }
}

function stepOf(parent: XmlElement | undefined, element: XmlElement): string {
  const name = element.prefix ? `${element.prefix}:${element.local}` : element.local
  if (!parent) return name
  const before = parent.children.filter(c => c.local === element.local && c.prefix === element.prefix).length
  return before > 1 ? `${name}[${before}]` : name
}
