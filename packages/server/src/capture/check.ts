import {
  checkDocumentHead,
  checkEvent,
  checkSchemaVersion,
  type Leniency,
  pathWithin,
  versionOf,
  type Words,
  XML_ALWAYS_TELLS,
  XML_SCHEMA_TAKES,
  type XmlElement,
  xmlHeadPath,
  xmlPlace,
} from '@yuanliu/core'
import { LIMITS } from '../lib/http/limits.ts'
import { xmlEventFaults } from '../lib/xml/stored-context.ts'
import { FLAG, flagOf } from './flags.ts'
import { hasLostMembers } from './master-data.ts'
import type { DocumentHead, IncomingEvent, XmlForm } from './source.ts'

export interface FaultOut {
  pointer: string
  message: string
  code?: string
  /** of XML, from 1 */
  line?: number
  column?: number
}

/** What is wrong, and as flags what lenient capture overlooked. */
export interface Verdict {
  faults: FaultOut[]
  flags: number
}

const SOUND: Verdict = { faults: [], flags: 0 }

/** Judges one event of a document; places are told from the document's root. */
export function judgeEvent(event: IncomingEvent, lenient: boolean): Verdict {
  if ('xml' in event) return judgeXml(event.value, event.xml, lenient)
  if (event.read && hasFewUnits(event.read)) return SOUND
  const here = `${event.list}/${event.ordinal}`
  if (event.read) return refused(unitFaults(event.read, here))
  if (event.fault) {
    return refused([{ ...words(event.fault.pointer, event.fault.message), code: event.fault.kind }])
  }
  return judgeJson(event.value, here, lenient)
}

/** Judges an event as JSON has it. @param here pointer of the event */
export function judgeJson(value: unknown, here: string, lenient: boolean, check = checkEvent): Verdict {
  const { real, flags } = sorted(check(value, LIMITS.errors), l => lenient && l !== 'not-in-json')
  if (real.length) return refused(real.slice(0, LIMITS.errors).map(f => words(here + f.pointer, f.message)))
  const faults = unitFaults(value, here)
  return faults.length || flags ? { faults, flags } : SOUND
}

/** Judges an event that was read from XML: its form, then what the fields hold. */
export function judgeXml(value: unknown, xml: XmlForm, lenient: boolean): Verdict {
  const { path, element, faults, precise } = xml
  // Its schema takes any URI for a term; one that is not known is remarked upon, whatever the mode.
  const isTaken = (l: Leniency) => lenient || XML_ALWAYS_TELLS.has(l)
  const form = faults.length ? sorted(faults, isTaken) : NOTHING
  const content = sorted(xmlEventFaults(value), isTaken)
  if (form.real.length || content.real.length) {
    if (precise) return judgeXml(value, precise(), lenient)
    return refused([
      ...form.real
        .slice(0, LIMITS.errors)
        .map(f => inElement(f.element, path + (pathWithin(element, f.element) ?? ''), f)),
      ...content.real.slice(0, LIMITS.errors).map(f => {
        const place = xmlPlace(element, f.pointer)
        return inElement(place.element, path + place.path, f)
      }),
    ])
  }
  const many = unitFaults(value, path)
  const flags = form.flags | content.flags
  return many.length || flags ? { faults: many, flags } : SOUND
}

interface Sorted<F> {
  /** what is refused */
  real: F[]
  flags: number
}
const NOTHING: Sorted<never> = { real: [], flags: 0 }

function sorted<F extends { leniency?: Leniency | null }>(
  faults: readonly F[],
  isTaken: (leniency: Leniency) => boolean,
): Sorted<F> {
  if (!faults.length) return NOTHING
  let flags = 0
  const real = faults.filter(f => {
    if (!f.leniency || !isTaken(f.leniency)) return true
    flags |= flagOf(f.leniency)
    return false
  })
  return { real, flags }
}

function refused(faults: FaultOut[]): Verdict {
  return { faults, flags: 0 }
}

function inElement({ line, column }: XmlElement, pointer: string, { message }: { message: Words }): FaultOut {
  return { ...words(pointer, message), line, column }
}

/** Whether an event, valid so far, names more units than are taken. */
function unitFaults(value: unknown, pointer: string): FaultOut[] {
  if (hasFewUnits(value as Record<string, unknown>)) return []
  const zh = `一个事件最多包含 ${LIMITS.unitsPerEvent} 个对象`
  return [words(pointer, { zh, en: `an event names at most ${LIMITS.unitsPerEvent} units` })]
}

/** Judges the rest of the document. */
export function judgeHead({ head, xml }: DocumentHead, lenient: boolean): Verdict {
  const found = [
    ...checkDocumentHead(head, LIMITS.errors),
    ...headerFaults(head),
    ...checkSchemaVersion(head, xml ? versionOf(xml.root) : 2),
  ]
  // The XML schema has a header in query documents, too.
  const content = sorted(xml ? found.filter(f => !XML_SCHEMA_TAKES.has(f.leniency)) : found, () => lenient)
  // What the schema takes and we have no place for is remarked upon, whatever the mode.
  const form = sorted(xml?.faults ?? [], l => lenient || l === 'not-kept')
  const faults = [
    ...form.real.map(f => {
      const path = pathFrom(xml?.root as XmlElement, f.element)
      return inElement(f.element, f.attribute ? `${path}/@${f.attribute}` : path, f)
    }),
    ...content.real.map(f => {
      if (!xml) return words(f.pointer, f.message)
      return inElement(xml.root, xmlHeadPath(xml.root, f.pointer), f)
    }),
    ...vocabularyFaults(head),
  ]
  const lost = !xml && hasLostMembers(head) ? FLAG.notKept : 0
  return { faults: faults.slice(0, LIMITS.errors), flags: form.flags | content.flags | lost }
}

function pathFrom(root: XmlElement, element: XmlElement): string {
  return `/${root.prefix ? `${root.prefix}:` : ''}${root.local}${pathWithin(root, element) ?? ''}`
}

/** Of a header where the JSON schema has none: what it holds is asked for all the same. */
function headerFaults(head: unknown): ReturnType<typeof checkDocumentHead> {
  const header = at(head, 'epcisHeader')
  if (header === undefined || at(head, 'type') !== 'EPCISQueryDocument') return []
  const document = {
    '@context': 'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld',
    type: 'EPCISDocument',
    schemaVersion: '2.0',
    creationDate: '2026-01-01T00:00:00Z',
    epcisHeader: header,
    epcisBody: { eventList: [] },
  }
  return checkDocumentHead(document, LIMITS.errors)
}

const VOCABULARY_LENGTH = 1_000

function vocabularyFaults(head: unknown): FaultOut[] {
  const lists = at(at(at(head, 'epcisHeader'), 'epcisMasterData'), 'vocabularyList')
  return (Array.isArray(lists) ? lists : []).flatMap((list: unknown, i) => {
    const type = at(list, 'type')
    if (typeof type !== 'string' || type.length <= VOCABULARY_LENGTH) return []
    const pointer = `/epcisHeader/epcisMasterData/vocabularyList/${i}/type`
    return [words(pointer, { zh: `最多 ${VOCABULARY_LENGTH} 个字符`, en: `at most ${VOCABULARY_LENGTH} characters` })]
  })
}

const UNIT_LISTS = [
  'epcList',
  'quantityList',
  'childEPCs',
  'childQuantityList',
  'inputEPCList',
  'inputQuantityList',
  'outputEPCList',
  'outputQuantityList',
] as const

/** Whether an event names no more units than are taken. */
export function hasFewUnits(event: { readonly [name in (typeof UNIT_LISTS)[number] | 'parentID']?: unknown }): boolean {
  let count = event.parentID === undefined ? 0 : 1
  for (const name of UNIT_LISTS) {
    const list = event[name]
    if (Array.isArray(list)) count += list.length
  }
  return count <= LIMITS.unitsPerEvent
}

export function words(pointer: string, message: { zh: string; en: string }): FaultOut {
  return { pointer, message: `${message.zh} ${message.en}` }
}

function at(value: unknown, name: string): unknown {
  return value && typeof value === 'object' && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined
}
