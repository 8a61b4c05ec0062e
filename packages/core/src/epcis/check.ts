import type { TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import { explain } from './explain.ts'
import type { EventTypeName } from './facts.ts'
import { type Fault, missing, pointTo, quote, type Words, wrongKind } from './fault.ts'
import { DOCUMENT_HEADS, type DocumentType } from './schema/document.ts'
import { EVENT_SCHEMAS, ExtendedEvent } from './schema/event.ts'
import { isUri } from './uri.ts'

/** Faults told of one document unless the caller says otherwise. */
const DEFAULT_LIMIT = 100

export const UNEXPLAINED: Words = { zh: '不符合 EPCIS 2.0 格式', en: 'does not fit the EPCIS 2.0 schema' }

const compiled = new Map<TSchema, Validator>()

/** Compiling takes milliseconds and most processes never see most types: done at first use. */
function faultsOf(schema: TSchema, value: unknown, limit: number): Fault[] {
  let validator = compiled.get(schema)
  if (!validator) {
    validator = Compile(schema)
    compiled.set(schema, validator)
  }
  if (validator.Check(value)) return []
  const faults = explain(schema, value, Math.max(limit, 1))
  // a test holds that this never happens; if it does, the verdict must still stand
  return faults.length > 0 ? faults : [{ pointer: '', message: UNEXPLAINED }]
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isEventType(type: string): type is EventTypeName {
  return Object.hasOwn(EVENT_SCHEMAS, type)
}

/**
 * Faults of one event of a document (empty: valid), at most `limit` and as many of each kind that may be overlooked: the verdict of the EPCIS 2.0 JSON schema, and
 * besides every time must be a real instant. Standard types are checked by their type; a type with a prefix or a URI
 * is an event of its own, of which only the common fields are checked.
 */
export function checkEvent(event: unknown, limit = DEFAULT_LIMIT): Fault[] {
  if (!isObject(event)) return [{ pointer: '', message: wrongKind(['object'], event) }]
  const type = event.type
  if (!Object.hasOwn(event, 'type')) return [{ pointer: '/type', message: missing('type') }]
  if (typeof type !== 'string') return [{ pointer: '/type', message: wrongKind(['string'], type) }]
  if (isEventType(type)) return faultsOf(EVENT_SCHEMAS[type], event, limit)
  if (isUri(type)) return faultsOf(ExtendedEvent, event, limit)
  const known = Object.keys(EVENT_SCHEMAS)
  return [
    {
      pointer: '/type',
      message: {
        zh: `${quote(type)} 不是标准事件类型；可用：${known.join('、')}，或带命名空间前缀的自定义类型`,
        en: `${quote(type)} is no standard event type; allowed: ${known.join(', ')}, or an own type with a namespace prefix`,
      },
    },
  ]
}

/**
 * Faults of a document without its events (empty: valid), at most `limit`. Of `eventList` only that it is an array;
 * its items, if any are left in it, are not looked at. For EPCISDocument and EPCISQueryDocument, chosen by `type`.
 */
export function checkDocumentHead(head: unknown, limit = DEFAULT_LIMIT): Fault[] {
  if (!isObject(head)) return [{ pointer: '', message: wrongKind(['object'], head) }]
  const type = head.type
  if (!Object.hasOwn(head, 'type')) return [{ pointer: '/type', message: missing('type') }]
  if (typeof type === 'string' && Object.hasOwn(DOCUMENT_HEADS, type))
    return faultsOf(DOCUMENT_HEADS[type as DocumentType], head, limit)
  const known = Object.keys(DOCUMENT_HEADS)
  return [
    {
      pointer: '/type',
      message: {
        zh: `${quote(type)} 不是文档类型；可用：${known.join('、')}`,
        en: `${quote(type)} is no type of document; allowed: ${known.join(', ')}`,
      },
    },
  ]
}

/** Faults of an event that comes by itself, not in a document: as `checkEvent`, and it must bear its `@context`. */
export function checkSingleEvent(event: unknown, limit = DEFAULT_LIMIT): Fault[] {
  const faults = checkEvent(event, limit)
  if (isObject(event) && !Object.hasOwn(event, '@context') && faults.length < limit)
    faults.unshift({ pointer: '/@context', message: missing('@context') })
  return faults
}

const EVENT_LIST: Record<DocumentType, readonly string[]> = {
  EPCISDocument: ['epcisBody', 'eventList'],
  EPCISQueryDocument: ['epcisBody', 'queryResults', 'resultsBody', 'eventList'],
}

/** Faults of a whole document, or of a single event, at most `limit`; for tests and small callers. */
export function checkDocument(document: unknown, limit = DEFAULT_LIMIT): Fault[] {
  const type = isObject(document) ? document.type : undefined
  if (type !== undefined && type !== 'EPCISDocument' && type !== 'EPCISQueryDocument')
    return checkSingleEvent(document, limit)
  const faults = checkDocumentHead(document, limit)
  if (type === undefined) return faults
  let list: unknown = document
  for (const field of EVENT_LIST[type]) list = isObject(list) ? list[field] : undefined
  if (!Array.isArray(list)) return faults
  const path = EVENT_LIST[type].reduce(pointTo, '')
  for (const [index, event] of list.entries()) {
    if (faults.length >= limit) break
    const at = pointTo(path, index)
    for (const fault of checkEvent(event, limit - faults.length))
      faults.push({ pointer: at + fault.pointer, message: fault.message })
  }
  return faults
}
