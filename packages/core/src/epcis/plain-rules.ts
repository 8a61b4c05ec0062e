import type { EventTypeName } from './facts.ts'
import type { PlainEvent } from './plain-event.ts'
import { isSameText } from './same-text.ts'

/** Every field that is read, by the bit under which it is marked as seen. */
export const FIELDS = [
  'type',
  'eventID',
  'eventTime',
  'eventTimeZoneOffset',
  'recordTime',
  'action',
  'bizStep',
  'disposition',
  'readPoint',
  'bizLocation',
  'bizTransactionList',
  'sourceList',
  'destinationList',
  'parentID',
  'epcList',
  'quantityList',
  'childEPCs',
  'childQuantityList',
  'inputEPCList',
  'inputQuantityList',
  'outputEPCList',
  'outputQuantityList',
  'transformationID',
] as const
export type Field = (typeof FIELDS)[number]

const bits = (...fields: Field[]) => fields.reduce((mask, field) => mask | (1 << FIELDS.indexOf(field)), 0)

const REQUIRED = bits('type', 'eventID', 'eventTime', 'eventTimeZoneOffset')
const COMMON =
  REQUIRED |
  bits('recordTime', 'bizStep', 'disposition', 'readPoint', 'bizLocation') |
  bits('bizTransactionList', 'sourceList', 'destinationList')
const ACTION_BIT = bits('action')
const FAMILY = COMMON | bits('action', 'parentID', 'childEPCs', 'childQuantityList')

/** EPCIS 2.0 §7.4: what each type may have of these fields, what it must have, and what it has to name. */
const TYPES: Record<EventTypeName, { may: number; must: number; names: (e: PlainEvent, seen: number) => boolean }> = {
  ObjectEvent: {
    may: COMMON | bits('action', 'epcList', 'quantityList'),
    must: REQUIRED | ACTION_BIT,
    names: (e, seen) => ((seen & EPC_LIST) !== 0 || filled(e.quantityList)) && isDistinct(e.epcList),
  },
  AggregationEvent: { may: FAMILY, must: REQUIRED | ACTION_BIT, names: namesChildren },
  AssociationEvent: { may: FAMILY, must: REQUIRED | ACTION_BIT | bits('parentID'), names: namesChildren },
  TransactionEvent: {
    may: COMMON | bits('action', 'parentID', 'epcList', 'quantityList'),
    must: REQUIRED | ACTION_BIT | bits('bizTransactionList'),
    names: (e, seen) =>
      e.transactions > 0 && ((seen & EPC_LIST) !== 0 || filled(e.quantityList) || e.action === 'DELETE'),
  },
  TransformationEvent: {
    may:
      COMMON |
      bits('inputEPCList', 'inputQuantityList', 'outputEPCList', 'outputQuantityList') |
      bits('transformationID'),
    must: REQUIRED,
    names(e, seen) {
      const input = filled(e.inputEPCList) || filled(e.inputQuantityList)
      const output = filled(e.outputEPCList) || filled(e.outputQuantityList)
      const enough = (seen & TRANSFORMATION_ID) !== 0 ? input || output : input && output
      return enough && isDistinct(e.inputEPCList) && isDistinct(e.outputEPCList)
    },
  },
}
const EPC_LIST = bits('epcList')
const TRANSFORMATION_ID = bits('transformationID')

export function isEventType(text: string): boolean {
  return Object.hasOwn(TYPES, text)
}

/** Whether an event with the fields `seen` has what its type must have, and nothing that it may not. */
export function isWhole(event: PlainEvent, seen: number): boolean {
  if (!isEventType(event.type)) return false
  const { may, must, names } = TYPES[event.type]
  return (seen & must) === must && (seen & ~may) === 0 && names(event, seen)
}

function namesChildren(e: PlainEvent): boolean {
  return filled(e.childEPCs) || filled(e.childQuantityList) || e.action === 'DELETE'
}

function filled(list: readonly unknown[] | undefined): boolean {
  return list !== undefined && list.length > 0
}

function isDistinct(list: readonly string[] | undefined): boolean {
  if (list === undefined || list.length < 2) return true
  if (list.length > 8) return new Set(list).size === list.length
  for (let i = 1; i < list.length; i++) for (let j = 0; j < i; j++) if (isSameText(list[i]!, list[j]!)) return false
  return true
}

/** Fields by length and first two characters, which no two of them share. */
const BY_SHAPE = new Map(FIELDS.map((name, i) => [shapeOf(name, 0, name.length), i]))

function shapeOf(text: string, from: number, until: number): number {
  return ((until - from) << 14) | (text.charCodeAt(from) << 7) | text.charCodeAt(from + 1)
}

/** The field that a part of a text names. */
export function fieldAt(text: string, from: number, until: number): number | undefined {
  const i = BY_SHAPE.get(shapeOf(text, from, until))
  return i !== undefined && text.startsWith(FIELDS[i]!, from) ? i : undefined
}
