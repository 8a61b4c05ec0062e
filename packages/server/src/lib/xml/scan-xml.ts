import { isUtf8 } from 'node:buffer'
import type { XmlElement } from '@yuanliu/core'
import { byteStore } from '../scan/byte-store.ts'
import { faultAt, ScanError, type ScanFaultKind, type ScanLimits } from '../scan/fault.ts'
import { validUtf8Length } from '../scan/utf8.ts'
import { QUICK, type QuickParser, quickParser } from './quick-tree.ts'
import { TOKEN, type Token, tagLexer } from './tag-lexer.ts'
import { type Scope, START, type TextPlace, type TreeParser, treeParser } from './tree.ts'

/** An event element that was cut out of its document. */
export interface CutElement {
  /** 0 for the first */
  ordinal: number
  /** bytes of the document before it */
  offset: number
  /** exactly the bytes received; may be a view of the chunk they came in, so a chunk must not be written to again */
  bytes: Buffer
  /** like `/epcis:EPCISDocument/EPCISBody/EventList/ObjectEvent[3]` */
  path: string
  /** containers between the list and the event */
  wrapped: number
  /** maybe without lines and columns */
  element: XmlElement
  /** The same with lines and columns, to tell what is wrong with it. @throws ScanError */
  precise(): XmlElement
}

export interface XmlScanner {
  /**
   * Takes the next bytes and gives the events that end in them. At any time it holds no more than one event, what stands
   * outside the events, and the chunk. @throws ScanError for a text that is not well-formed, or beyond a limit
   */
  write(chunk: Buffer): CutElement[]
  /** Ends the document: its root, with the event list emptied. @throws ScanError */
  end(): { root: XmlElement; events: number; hasList: boolean }
  /** The root as far as read and the declarations in scope around the events; null before the event list. */
  around(): { scope: Scope; root: XmlElement } | null
}

/** Elements that lead to the events (EPCIS 2.0 §9.5, §9.6), whatever their prefix. */
const WAY = new Set(['EPCISDocument', 'EPCISQueryDocument', 'EPCISBody', 'QueryResults', 'resultsBody'])
const LIST = 'EventList'
/** What EPCIS 1.x wraps later event types in, and 2.0 those of others. */
const CONTAINER = 'extension'
const CONTAINERS = 2

/** Cuts the events out of an EPCISDocument or EPCISQueryDocument in XML that arrives in chunks of any size. */
export function scanXml(limits: ScanLimits): XmlScanner {
  const lexer = tagLexer()
  const headParser = treeParser(limits, null)
  headParser.begin(START)
  let eventParser: TreeParser | null = null
  let quick: QuickParser | null = null
  /** the current chunk, a character for each byte; null until it is wanted */
  let chunkText: string | null = null
  let skipTo = 0
  let scope: Scope | null = null
  const head = byteStore()
  let headBytes = 0
  /** what earlier chunks held of the piece or event that is being read */
  const pending = byteStore()

  let base = 0
  let line = 1
  let lineStart = 0
  /** what the bytes from `from` on are: head; markup in the list, not yet judged; an event; or white space in the list */
  let region: 'head' | 'piece' | 'event' | 'gap' = 'head'
  let from = 0
  /** elements open outside events: whether each leads to the list */
  const levels: boolean[] = []
  /** elements open in the event */
  let inside = 0
  /** elements open in the event list and outside events, itself counted; 0 outside it */
  let listDepth = 0
  let hadList = false
  let listPath = ''
  const counts = new Map<string, number>()
  let ordinal = 0
  let start: TextPlace = START

  function fail(kind: ScanFaultKind, at: number, detail: string | number = ''): never {
    const path = region === 'event' ? start.path : listPath
    throw new ScanError({ ...faultAt(kind, at, path, detail), line, column: Math.max(1, at - lineStart + 1) })
  }

  function decoded(bytes: Buffer, offset: number): string {
    if (!isUtf8(bytes)) fail('utf8', offset + validUtf8Length(bytes))
    return bytes.toString('utf8')
  }

  function addHead(bytes: Uint8Array, begin: number, end: number): void {
    headBytes += end - begin
    if (headBytes > limits.headBytes) fail('head-size', base + end, limits.headBytes)
    head.append(bytes, begin, end)
  }

  /** All bytes of the piece or event that ends before `end`. */
  function taken(chunk: Buffer, end: number): Buffer {
    const begin = from
    from = end
    if (!pending.length()) return chunk.subarray(begin, end)
    pending.append(chunk, begin, end)
    return pending.take()
  }

  function pieceToHead(chunk: Buffer, end: number): void {
    const bytes = taken(chunk, end)
    addHead(bytes, 0, bytes.length)
    region = 'gap'
  }

  /** There is one event list, also where it is empty. */
  function noteList(end: number): void {
    if (hadList) fail('not-a-document', base + end, '事件列表不止一个 / more than one event list')
    hadList = true
  }

  /** The event list begins behind its start tag: what stands before is parsed, so that names in it have a meaning. */
  function beginList(chunk: Buffer, end: number): void {
    noteList(end)
    listDepth = 1
    addHead(chunk, from, end)
    from = end
    region = 'gap'
    parseHead()
    scope = headParser.scope()
    listPath = headParser.path()
    eventParser = treeParser(limits, scope)
    // What it reads must not pass a limit.
    if (limits.depth > 2 * QUICK.depth && limits.stringBytes > 4 * QUICK.text) quick = quickParser(scope)
  }

  function parseHead(): void {
    const bytes = head.take()
    headParser.write(decoded(bytes, 0).replace(/^\ufeff/, ''))
  }

  function cut(chunk: Buffer, end: number): CutElement {
    const bytes = taken(chunk, end)
    if (bytes.length > limits.eventBytes) fail('event-size', start.offset + limits.eventBytes, limits.eventBytes)
    const text = decoded(bytes, start.offset)
    const element = quick?.read(text, 0, false)
    return cutElement(bytes, element && quick?.end() === text.length ? element : null)
  }

  function cutElement(bytes: Buffer, element: XmlElement | null): CutElement {
    const place = { ...start, isNumbered: true }
    const parser = eventParser as TreeParser
    function precise(): XmlElement {
      parser.begin(place)
      parser.write(bytes.toString('utf8'))
      return parser.end()
    }
    region = 'gap'
    lexer.keepNames = true
    const { offset, path } = start
    return { ordinal: ordinal++, offset, bytes, path, wrapped: listDepth - 1, element: element ?? precise(), precise }
  }

  /** An event that stands whole in the chunk and that the quick parser reads; the offset behind it is in `skipTo`. */
  function quickEvent(chunk: Buffer, i: number): CutElement | null {
    chunkText ??= chunk.toString('latin1')
    const element = quick?.read(chunkText, i, true)
    if (!element || !quick) return null
    const end = quick.end()
    const isContainer = element.local === CONTAINER && element.prefix === '' && listDepth <= CONTAINERS
    if (isContainer || end - i > limits.eventBytes) return null
    beginEvent(base + i, element.prefix ? `${element.prefix}:${element.local}` : element.local)
    for (let n = chunk.indexOf(0x0a, i); n >= 0 && n < end; n = chunk.indexOf(0x0a, n + 1)) {
      line++
      lineStart = base + n + 1
    }
    lexer.restart()
    skipTo = end
    from = end
    return cutElement(chunk.subarray(i, end), element)
  }

  function beginEvent(at: number, name: string): void {
    if (ordinal >= limits.events) fail('too-many-events', at, limits.events)
    const nth = (counts.get(name) ?? 0) + 1
    // What senders invent is not remembered for ever.
    if (counts.size < 1_000 || counts.has(name)) counts.set(name, nth)
    const around = `/${CONTAINER}`.repeat(listDepth - 1)
    start = { ...start, path: `${listPath}${around}/${name}[${nth}]`, depth: levels.length }
    region = 'event'
    lexer.keepNames = false
  }

  function inEvent(chunk: Buffer, i: number, token: Token, cuts: CutElement[]): void {
    if (token === TOKEN.open) inside++
    else if (token === TOKEN.close && --inside === 0) cuts.push(cut(chunk, i + 1))
  }

  function inList(chunk: Buffer, i: number, token: Token, cuts: CutElement[]): void {
    if (token === TOKEN.markup) {
      if (region === 'head') addHead(chunk, from, i)
      region = 'piece'
      from = i
      start = { offset: base + i, line, column: base + i - lineStart + 1, path: listPath, depth: levels.length }
      const event = quickEvent(chunk, i)
      if (event) cuts.push(event)
    } else if (token === TOKEN.text) {
      if (region !== 'gap') return
      region = 'head'
      from = i
    } else if (token === TOKEN.comment) {
      // Not kept, there may be one for each event; but looked at.
      const bytes = taken(chunk, i + 1)
      if (decoded(bytes, start.offset).slice(4, -3).includes('--')) fail('xml-syntax', start.offset, '-- in a comment')
      region = 'gap'
    } else if (token === TOKEN.other) pieceToHead(chunk, i + 1)
    else if (token === TOKEN.close) {
      pieceToHead(chunk, i + 1)
      levels.pop()
      if (--listDepth === 0) region = 'head'
    } else if (lexer.name() === CONTAINER && listDepth <= CONTAINERS) {
      pieceToHead(chunk, i + 1)
      if (token === TOKEN.open) {
        levels.push(false)
        listDepth++
      }
    } else {
      beginEvent(base + i, Buffer.from(lexer.name(), 'latin1').toString('utf8'))
      inside = 1
      if (token === TOKEN.empty) cuts.push(cut(chunk, i + 1))
    }
  }

  function inHead(chunk: Buffer, i: number, token: Token): void {
    if (token === TOKEN.open || token === TOKEN.empty) {
      const name = lexer.name()
      const local = name.slice(name.indexOf(':') + 1)
      const leads = levels.at(-1) ?? true
      if (token === TOKEN.open) {
        if (levels.length >= limits.depth) fail('depth', base + i, limits.depth)
        levels.push(leads && WAY.has(local))
      }
      if (leads && levels.length > 1 && local === LIST) {
        if (token === TOKEN.open) beginList(chunk, i + 1)
        else noteList(i + 1)
      }
    } else if (token === TOKEN.close) levels.pop()
    else if (token === TOKEN.other && lexer.declares()) fail('dtd', base + i)
  }

  function read(chunk: Buffer, cuts: CutElement[]): void {
    from = 0
    for (let i = 0; i < chunk.length; i++) {
      const c = chunk[i] as number
      const token = lexer.step(c)
      if (c === 0x0a) {
        line++
        lineStart = base + i + 1
      }
      if (token === TOKEN.none) continue
      if (region === 'event') inEvent(chunk, i, token, cuts)
      else if (listDepth) inList(chunk, i, token, cuts)
      else inHead(chunk, i, token)
      if (skipTo > i) i = skipTo - 1
    }
    chunkText = null
    skipTo = 0
    if (region === 'head') addHead(chunk, from, chunk.length)
    else if (region !== 'gap') keep(chunk)
    base += chunk.length
  }

  /** Keeps what the chunk holds of the open event, or of markup in the list. */
  function keep(chunk: Buffer): void {
    pending.append(chunk, from, chunk.length)
    if (pending.length() > limits.eventBytes) fail('event-size', base + chunk.length, limits.eventBytes)
  }

  return {
    write(chunk) {
      const cuts: CutElement[] = []
      const room = limits.documentBytes - base
      read(chunk.length > room ? chunk.subarray(0, room) : chunk, cuts)
      if (chunk.length > room) fail('document-size', base, limits.documentBytes)
      return cuts
    },
    end() {
      if (region === 'event' || region === 'piece') fail('xml-syntax', base, '意外结束 / unexpected end')
      parseHead()
      return { root: headParser.end(), events: ordinal, hasList: hadList }
    },
    around() {
      const root = headParser.root()
      return scope && root ? { scope, root } : null
    },
  }
}
