import type { EventTypeName } from '../facts.ts'
import type { TermKind } from '../terms.ts'

/** The form of events in XML: order of their elements (EPCIS 2.0 §9.5, 1.2 §9.5), and what each holds. */

export type FieldKind =
  | 'text'
  | 'bizStep'
  | 'disposition'
  | 'certification'
  | 'error'
  | 'epcs'
  | 'quantities'
  | 'place'
  | 'bizTransaction'
  | 'source'
  | 'destination'
  | 'sensors'
  | 'persistent'
  | 'ilmd'

/** What a field holds, wherever it stands. */
export const FIELD_KINDS: ReadonlyMap<string, FieldKind> = new Map<string, FieldKind>([
  ['eventTime', 'text'],
  ['recordTime', 'text'],
  ['eventTimeZoneOffset', 'text'],
  ['eventID', 'text'],
  ['errorDeclaration', 'error'],
  ['certificationInfo', 'certification'],
  ['parentID', 'text'],
  ['epcList', 'epcs'],
  ['childEPCs', 'epcs'],
  ['inputEPCList', 'epcs'],
  ['outputEPCList', 'epcs'],
  ['quantityList', 'quantities'],
  ['childQuantityList', 'quantities'],
  ['inputQuantityList', 'quantities'],
  ['outputQuantityList', 'quantities'],
  ['transformationID', 'text'],
  ['action', 'text'],
  ['bizStep', 'bizStep'],
  ['disposition', 'disposition'],
  ['readPoint', 'place'],
  ['bizLocation', 'place'],
  ['bizTransactionList', 'bizTransaction'],
  ['sourceList', 'source'],
  ['destinationList', 'destination'],
  ['sensorElementList', 'sensors'],
  ['persistentDisposition', 'persistent'],
  ['ilmd', 'ilmd'],
])

const base = ['eventTime', 'recordTime', 'eventTimeZoneOffset', 'eventID', 'errorDeclaration', 'certificationInfo']
const where = ['bizStep', 'disposition', 'readPoint', 'bizLocation', 'bizTransactionList']
const flow = ['sourceList', 'destinationList']
const sensed = ['sensorElementList', 'persistentDisposition']
const transformed = ['inputEPCList', 'inputQuantityList', 'outputEPCList', 'outputQuantityList', 'transformationID']

/** Order of the fields in EPCIS 2.0; also the order in which they are written. */
export const FIELD_ORDER: Readonly<Record<EventTypeName, readonly string[]>> = {
  ObjectEvent: [...base, 'epcList', 'action', ...where, 'quantityList', ...flow, ...sensed, 'ilmd'],
  AggregationEvent: [...base, 'parentID', 'childEPCs', 'action', ...where, 'childQuantityList', ...flow, ...sensed],
  TransactionEvent: [
    ...base,
    'bizTransactionList',
    'parentID',
    'epcList',
    'action',
    ...where.slice(0, -1),
    'quantityList',
    ...flow,
    ...sensed,
  ],
  TransformationEvent: [...base, ...transformed, ...where, ...flow, ...sensed, 'ilmd'],
  AssociationEvent: [...base, 'parentID', 'childEPCs', 'childQuantityList', 'action', ...where, ...flow, ...sensed],
}

const base1 = ['eventTime', 'recordTime', 'eventTimeZoneOffset', 'baseExtension']

/** Order of the elements in EPCIS 1.2, containers for what came after 1.0 included. An association came later. */
const ORDER_1: Partial<Record<EventTypeName, readonly string[]>> = {
  ObjectEvent: [...base1, 'epcList', 'action', ...where, 'extension'],
  AggregationEvent: [...base1, 'parentID', 'childEPCs', 'action', ...where, 'extension'],
  TransactionEvent: [
    ...base1,
    'bizTransactionList',
    'parentID',
    'epcList',
    'action',
    ...where.slice(0, -1),
    'extension',
  ],
  TransformationEvent: [...base1, ...transformed, ...where, ...flow, 'ilmd', 'extension'],
}
const EXTENSION_1: Partial<Record<EventTypeName, readonly string[]>> = {
  ObjectEvent: ['quantityList', ...flow, 'ilmd', 'extension'],
  AggregationEvent: ['childQuantityList', ...flow, 'extension'],
  TransactionEvent: ['quantityList', ...flow, 'extension'],
}

const REQUIRED_1: Partial<Record<EventTypeName, readonly string[]>> = {
  ObjectEvent: ['epcList'],
  AggregationEvent: ['childEPCs'],
  TransactionEvent: ['epcList'],
}

/** Places of element names in a sequence; null where any order will do. */
export type Sequence = ReadonlyMap<string, number> | null

export interface EventForm {
  event: Sequence
  baseExtension: Sequence
  extension: Sequence
  /** lists that may be empty but have to be there */
  required?: readonly string[]
}

function sequence(names: readonly string[]): Sequence {
  return new Map(names.map((name, i) => [name, i]))
}

function formsOf(order: (type: EventTypeName) => EventForm): ReadonlyMap<string, EventForm> {
  return new Map((Object.keys(FIELD_ORDER) as EventTypeName[]).map(type => [type, order(type)]))
}

const FORMS_2 = formsOf(type => ({
  event: sequence([...base, 'baseExtension', ...FIELD_ORDER[type].slice(base.length), 'extension']),
  baseExtension: sequence([]),
  extension: sequence([]),
}))

const FORMS_1 = formsOf(type => ({
  event: ORDER_1[type] ? sequence(ORDER_1[type]) : null,
  baseExtension: sequence(['eventID', 'errorDeclaration', 'extension']),
  extension: EXTENSION_1[type] ? sequence(EXTENSION_1[type]) : null,
  required: REQUIRED_1[type] ?? [],
}))

/** The form of an event type in a version of the schema; undefined for a type of somebody's own. */
export function eventForm(type: string, version: 1 | 2): EventForm | undefined {
  return (version === 1 ? FORMS_1 : FORMS_2).get(type)
}

/**
 * Whether the schema has a type of event this deep in `extension` elements: in 1.x later types, in 2.0 those of others.
 * An association, which 1.x does not know, may stand anywhere there.
 */
export function isWrappedRight(type: string, version: 1 | 2, containers: number): boolean {
  if (!Object.hasOwn(FIELD_ORDER, type)) return containers > 0
  if (version === 2) return containers === 0
  return type === 'AssociationEvent' || containers === (type === 'TransformationEvent' ? 1 : 0)
}

/** Whether the standard has a field for a type of event. */
export function isFieldOf(type: string, field: string): boolean {
  return Object.hasOwn(FIELD_ORDER, type) ? FIELD_ORDER[type as EventTypeName].includes(field) : FIELD_KINDS.has(field)
}

export type AttributeKind =
  | 'text'
  | 'number'
  | 'boolean'
  | Extract<TermKind, 'sensorType' | 'sensorAlert' | 'component'>

const provenance = {
  deviceID: 'text',
  deviceMetadata: 'text',
  rawData: 'text',
  dataProcessingMethod: 'text',
  bizRules: 'text',
  time: 'text',
} as const

/** Attributes of `sensorMetadata` and `sensorReport` (EPCIS 2.0 §7.3.6): fields of the same names in JSON. */
export const SENSOR_ATTRIBUTES: ReadonlyMap<string, AttributeKind> = new Map<string, AttributeKind>(
  Object.entries({
    ...provenance,
    startTime: 'text',
    endTime: 'text',
    type: 'sensorType',
    exception: 'sensorAlert',
    microorganism: 'text',
    chemicalSubstance: 'text',
    coordinateReferenceSystem: 'text',
    value: 'number',
    component: 'component',
    stringValue: 'text',
    booleanValue: 'boolean',
    hexBinaryValue: 'text',
    uriValue: 'text',
    minValue: 'number',
    maxValue: 'number',
    meanValue: 'number',
    sDev: 'number',
    percRank: 'number',
    percValue: 'number',
    uom: 'text',
  }),
)
