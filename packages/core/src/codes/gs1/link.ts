import { type Ai, aiOf, aiOfAlias } from './ai-table.ts'
import { associationFaults } from './associations.ts'
import { webPathStart } from './digital-link.ts'
import { type Gs1Element, type Gs1Fault, gs1Fault, LONGEST, tooLong } from './element.ts'
import { nonDigit, type PrefixSource } from './lint/lint.ts'
import { decodeSegment, rawIndex } from './percent.ts'
import { valueFault } from './value.ts'

/** Digital Link URIs taken apart and judged (GS1 Digital Link: URI Syntax). */

export interface Gs1Link {
  ok: true
  /** what comes before the key: scheme, host and path prefix, without a slash at its end */
  stem: string
  /** the key, its qualifiers in their order, then the attributes of the query as they stand */
  elements: Gs1Element[]
  /** how many of the elements stand in the path */
  path: number
  /** parameters of the query that are none of GS1's, as they stand */
  extra: string[]
  /** from `#` on, '' where there is none */
  fragment: string
  warnings: Gs1Fault[]
}

export interface LinkOptions {
  /** the short words of version 1.1 for identifiers (`gtin` for 01); taken unless told otherwise */
  aliases?: boolean
  /** GTINs of 8, 12 and 13 digits are filled up with zeros; taken unless told otherwise */
  short?: boolean
  /** rules between elements refuse instead of warning */
  strict?: boolean
  /** asked for company prefixes */
  prefixes?: PrefixSource
}

/** Characters that no URI holds (RFC 3986 §2); those beyond ASCII may stand in an IRI. */
const FORBIDDEN = new Uint8Array(128)
for (let c = 0; c < 128; c++)
  if (c <= 32 || c === 127 || '"<>\\^`{|}'.includes(String.fromCharCode(c))) FORBIDDEN[c] = 1

/** Reads an uncompressed Digital Link of any domain and path prefix. */
export function parseDigitalLink(uri: string, options: LinkOptions = {}): Gs1Link | Gs1Fault {
  if (uri.length > LONGEST) return tooLong()
  const start = webPathStart(uri)
  if (start < 0)
    return gs1Fault('format', 0, { zh: '应为 http(s) 网址', en: 'an http(s) address with a path is expected' })
  let end = uri.length
  for (let i = 0; i < uri.length; i++) {
    const c = uri.charCodeAt(i)
    if (c < 128 && FORBIDDEN[c] === 1) return gs1Fault('format', i)
    if ((c === 63 || c === 35) && end === uri.length) end = i
  }
  const elements: Gs1Element[] = []
  const from = readPath(uri, start, end, options, elements)
  if (typeof from !== 'number') return from
  const path = elements.length
  const hash = uri.indexOf('#', end)
  const until = hash < 0 ? uri.length : hash
  const extra: string[] = []
  if (until > end) {
    const fault = readQuery(uri, end + 1, until, options, elements, path, extra)
    if (fault) return fault
  }
  const warnings = associationFaults(elements)
  if (options.strict && warnings.length > 0) return warnings[0]!
  return { ok: true, stem: uri.slice(0, from), elements, path, extra, fragment: uri.slice(until), warnings }
}

/** Takes key and qualifiers from the end of the path. @returns where they begin, or the fault */
function readPath(
  uri: string,
  start: number,
  end: number,
  options: LinkOptions,
  elements: Gs1Element[],
): number | Gs1Fault {
  let until = end
  for (;;) {
    const value = uri.lastIndexOf('/', until - 1)
    const name = value <= start ? -1 : uri.lastIndexOf('/', value - 1)
    if (name < start) return noKey(start)
    const ai = aiNamed(uri.slice(name + 1, value), options)
    if (!ai) return noKey(name + 1)
    if (value + 1 === until) return gs1Fault('length', until, { ai: ai.ai })
    const element = elementAt(ai, uri, value + 1, until, options)
    if ('ok' in element) return element
    elements.push(element)
    until = name
    if (!ai.sequences) continue
    if (elements.length === 1) return until
    elements.reverse()
    const misplaced = outOfOrder(ai, elements)
    return misplaced
      ? gs1Fault('component', misplaced.at, {
          ai: misplaced.ai,
          zh: `不能在 (${ai.ai}) 之后的此处`,
          en: `cannot stand here behind (${ai.ai})`,
        })
      : until
  }
}

function noKey(at: number): Gs1Fault {
  return gs1Fault('component', at, { zh: '路径不以 GS1 标识代码结尾', en: 'the path does not end in a GS1 key' })
}

function aiNamed(name: string, { aliases = true }: LinkOptions): Ai | undefined {
  return aiOf(name) ?? (aliases ? aiOfAlias(name) : undefined)
}

/** The qualifier, behind the key, that is in none of its orders; undefined where all are in one. */
function outOfOrder(key: Ai, elements: readonly Gs1Element[]): Gs1Element | undefined {
  let furthest = 1
  for (const sequence of key.sequences!) {
    let i = 1
    for (let place = 0; i < elements.length && place < sequence.length; place++) {
      if (sequence[place] === elements[i]!.ai) i++
    }
    if (i === elements.length) return undefined
    furthest = Math.max(furthest, i)
  }
  return elements[furthest]
}

/** The element whose value is uri[from…until), decoded and judged. */
function elementAt(ai: Ai, uri: string, from: number, until: number, options: LinkOptions): Gs1Element | Gs1Fault {
  const segment = uri.slice(from, until)
  const given = decodeSegment(segment)
  const padded = options.short !== false && ai.ai === '01' ? filledUp(given) : given
  const fault = valueFault(ai, padded, options.prefixes)
  if (!fault) return { ai: ai.ai, value: padded, at: from }
  const place = Math.max(fault.at - (padded.length - given.length), 0)
  return gs1Fault(fault.reason, from + rawIndex(segment, place), { ai: ai.ai })
}

/** GTIN-8, -12 and -13 as 14 digits. */
function filledUp(gtin: string): string {
  const { length } = gtin
  return (length === 8 || length === 12 || length === 13) && nonDigit(gtin) < 0 ? gtin.padStart(14, '0') : gtin
}

function readQuery(
  uri: string,
  from: number,
  until: number,
  options: LinkOptions,
  elements: Gs1Element[],
  path: number,
  extra: string[],
): Gs1Fault | null {
  for (let at = from; at < until; ) {
    const stop = uri.indexOf('&', at)
    const end = stop < 0 || stop > until ? until : stop
    const pair = uri.slice(at, end)
    const equals = pair.indexOf('=')
    if (equals > 0 && nonDigit(pair, 0, equals) < 0) {
      const fault = readAttribute(uri, at, at + equals + 1, end, options, elements, path)
      if (fault) return fault
    } else if (pair !== '') extra.push(pair)
    at = end + 1
  }
  return null
}

/** An attribute: known, allowed in the query, not what belongs in the path, not there with another value. */
function readAttribute(
  uri: string,
  at: number,
  from: number,
  until: number,
  options: LinkOptions,
  elements: Gs1Element[],
  path: number,
): Gs1Fault | null {
  const name = uri.slice(at, from - 1)
  const ai = aiOf(name)
  if (!ai)
    return gs1Fault('component', at, { ai: name, zh: '没有这个应用标识符', en: 'no such application identifier' })
  if (!ai.attribute || belongsInPath(ai, elements, path)) {
    return gs1Fault('component', at, { ai: name, zh: '不能写在问号之后', en: 'cannot stand in the query' })
  }
  // in a query a plus sign is a space
  const value = uri.slice(from, until)
  const text = value.includes('+') ? uri.slice(0, from) + value.replaceAll('+', ' ') : uri
  const element = elementAt(ai, text, from, until, options)
  if ('ok' in element) return element
  for (let i = 0; i < elements.length; i++) {
    const known = elements[i]!
    if (known.ai !== name) continue
    if (i >= path && known.value === element.value) return null
    return gs1Fault('component', at, { ai: name, zh: '出现两次', en: 'is there twice' })
  }
  elements.push(element)
  return null
}

/** Whether the key's own order has a place for it beside the qualifiers that are there. */
function belongsInPath({ ai }: Ai, elements: readonly Gs1Element[], path: number): boolean {
  const sequences = aiOf(elements[0]!.ai)!.sequences!
  return sequences.some(
    sequence => sequence.includes(ai) && elements.slice(1, path).every(element => sequence.includes(element.ai)),
  )
}
