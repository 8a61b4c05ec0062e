import { checkDocumentHead, checkEvent, contextOf, type PlainEvent } from '@yuanliu/core'
import { LIMITS } from '../lib/http/limits.ts'
import type { ScannedEvent } from '../lib/scan/event-cutter.ts'
import type { MasterElement } from './master-store.ts'

export interface FaultOut {
  pointer: string
  message: string
  code?: string
}

/** What is wrong with one event of a document, with pointers from the document's root; empty: nothing. */
export function eventFaults(event: ScannedEvent<PlainEvent>): FaultOut[] {
  if (event.read && unitCount(event.read) <= LIMITS.unitsPerEvent) return []
  const here = `${event.list}/${event.ordinal}`
  if (event.read) return unitFaults(event.read, here)
  if (event.fault) return [{ ...words(event.fault.pointer, event.fault.message), code: event.fault.kind }]
  const faults = checkEvent(event.value, LIMITS.errors).map(f => words(here + f.pointer, f.message))
  return faults.length ? faults : unitFaults(event.value, here)
}

/** Whether an event, valid so far, names more units than are taken. */
export function unitFaults(value: unknown, pointer: string): FaultOut[] {
  if (unitCount(value as Record<string, unknown>) <= LIMITS.unitsPerEvent) return []
  const zh = `一个事件最多包含 ${LIMITS.unitsPerEvent} 个对象`
  return [words(pointer, { zh, en: `an event names at most ${LIMITS.unitsPerEvent} units` })]
}

/** What is wrong with the rest of the document. */
export function headFaults(head: unknown): FaultOut[] {
  return [...checkDocumentHead(head, LIMITS.errors).map(f => words(f.pointer, f.message)), ...vocabularyFaults(head)]
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

function unitCount(event: { readonly [name in (typeof UNIT_LISTS)[number] | 'parentID']?: unknown }): number {
  let count = event.parentID === undefined ? 0 : 1
  for (const name of UNIT_LISTS) {
    const list = event[name]
    if (Array.isArray(list)) count += list.length
  }
  return count
}

export function words(pointer: string, message: { zh: string; en: string }): FaultOut {
  return { pointer, message: `${message.zh} ${message.en}` }
}

/**
 * Master data of a document's header, ids as unit keys, names of attributes in full where a prefix is defined.
 * @param context the document's `@context`
 */
export function masterDataOf(head: unknown, unitKey: (uri: string) => string, context?: unknown): MasterElement[] {
  const lists = at(at(at(head, 'epcisHeader'), 'epcisMasterData'), 'vocabularyList')
  const { expand } = contextOf(context)
  const elements: MasterElement[] = []
  for (const list of Array.isArray(lists) ? lists : []) {
    const vocabulary = at(list, 'type')
    const members = at(list, 'vocabularyElementList')
    for (const member of Array.isArray(members) ? members : []) {
      const id = at(member, 'id')
      const attributes = at(member, 'attributes')
      const children = at(member, 'children')
      if (typeof id !== 'string' || typeof vocabulary !== 'string') continue
      elements.push({
        id: unitKey(id),
        vocabulary,
        attributes: (Array.isArray(attributes) ? attributes : []).flatMap(a => {
          const name = at(a, 'id')
          return typeof name === 'string' ? [{ id: expand(name) ?? name, attribute: at(a, 'attribute') }] : []
        }),
        children: (Array.isArray(children) ? children : []).flatMap(c => (typeof c === 'string' ? [unitKey(c)] : [])),
      })
    }
  }
  return elements
}

function at(value: unknown, name: string): unknown {
  return value && typeof value === 'object' && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined
}
