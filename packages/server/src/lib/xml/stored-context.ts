import {
  checkEvent,
  escapeXml,
  isEpcisNamespace,
  type Leniency,
  readXmlEvent,
  XML_ALWAYS_TELLS,
  XML_SCHEMA_TAKES,
  type XmlElement,
  xmlNames,
} from '@yuanliu/core'
import { LIMITS } from '../http/limits.ts'
import { quickParser } from './quick-tree.ts'
import { type Scope, START, treeParser } from './tree.ts'

/**
 * What is kept of a document so that each of its events can be read alone: of JSON its `@context`, of XML the start tag
 * of an event list with the declarations of namespaces that were in scope. With that before it and `</EventList>`
 * behind, the bytes of an event are a document. JSON never begins with `<`, so one column holds both.
 */

/** The context of an XML document as it is stored. */
export function storedScope(scope: Scope): string {
  const names = Object.keys(scope)
    .filter(prefix => prefix !== 'xml' && prefix !== 'xmlns' && (prefix !== '' || scope[prefix] !== ''))
    .sort()
  const declared = names.map(p => ` xmlns${p && `:${p}`}="${escapeXml(scope[p] ?? '')}"`).join('')
  return `<EventList${declared}>`
}

/** Whether a stored context is that of an XML document. */
export function isXmlContext(body: string): boolean {
  return body.startsWith('<')
}

/** Reads the events of one document from their bytes. */
export interface EventReading {
  isXml: boolean
  /** `@context` of the JSON form of the events */
  context: unknown
  /** an event as JSON has it */
  value(bytes: Buffer): Record<string, unknown>
  /** the same with its terms as they were sent, for whoever wants nothing translated */
  valueAsSent(bytes: Buffer): Record<string, unknown>
  /** the event with what capture had to overlook in it */
  judged(bytes: Buffer): { value: Record<string, unknown>; overlooked: Leniency[] }
}

const RELAXED = { depth: LIMITS.depth * 2, stringBytes: LIMITS.eventBytes }

/** How the events of a document are read, from its stored context. */
export function eventReading(body: string): EventReading {
  if (!isXmlContext(body)) {
    const value = (bytes: Buffer) => JSON.parse(bytes.toString('utf8')) as Record<string, unknown>
    function judged(bytes: Buffer) {
      const event = value(bytes)
      return { value: event, overlooked: leniencies(checkEvent(event, LIMITS.errors)) }
    }
    return { isXml: false, context: JSON.parse(body) as unknown, value, valueAsSent: value, judged }
  }
  const scope = scopeOf(body)
  const names = xmlNames(new Map(Object.entries(scope)))
  const parse = elementParser(scope)
  const version = versionIn(scope)
  const read = (bytes: Buffer, termsAsSent: boolean) =>
    readXmlEvent(parse(bytes), names, { version: null, termsAsSent }).value
  return {
    isXml: true,
    context: names.context,
    value: bytes => read(bytes, false),
    valueAsSent: bytes => read(bytes, true),
    judged(bytes) {
      const { value, faults } = readXmlEvent(parse(bytes), names, { version })
      return { value, overlooked: leniencies([...faults, ...xmlEventFaults(value)]) }
    },
  }
}

function leniencies(faults: readonly { leniency?: Leniency | null }[]): Leniency[] {
  return [...new Set(faults.flatMap(f => f.leniency ?? []))]
}

/** Faults of an event that came as XML: those that its schema has no room for, and what is remarked upon. */
export function xmlEventFaults(value: unknown): ReturnType<typeof checkEvent> {
  return checkEvent(value, LIMITS.errors).filter(
    f => XML_ALWAYS_TELLS.has(f.leniency) || !XML_SCHEMA_TAKES.has(f.leniency),
  )
}

/** The version of the event schema among the declarations in scope: 1.x where nothing of 2.0 is declared. */
export function versionIn(scope: Scope): 1 | 2 {
  const versions = Object.values(scope).filter(isEpcisNamespace)
  return versions.length && versions.every(n => n.endsWith('1')) ? 1 : 2
}

/** Parses events by themselves, from their bytes; maybe without lines and columns. */
export function elementParser(scope: Scope): (bytes: Buffer) => XmlElement {
  const quick = quickParser(scope)
  const parser = treeParser(RELAXED, scope)
  return bytes => {
    const text = bytes.toString('utf8')
    const element = quick.read(text, 0, false)
    if (element && quick.end() === text.length) return element
    parser.begin(START)
    parser.write(text)
    return parser.end()
  }
}

/** The declarations in a stored context. */
export function scopeOf(body: string): Scope {
  const parser = treeParser(RELAXED, {})
  parser.write(body)
  return parser.scope()
}
