import Type, { type TProperties } from 'typebox'
import type { EventTypeName } from '../facts.ts'
import {
  BizTransactionList,
  CertificationInfo,
  DestinationList,
  ErrorDeclaration,
  Ilmd,
  LdContext,
  PersistentDisposition,
  Place,
  QuantityList,
  SourceList,
} from './part.ts'
import { extensible, type Rule, rule, ruled } from './rule.ts'
import { SensorElementList } from './sensor.ts'
import { ActionWord, BizStep, Disposition, DistinctUris, oneOf, Time, Uri, Uris, Zone } from './value.ts'

type Fields = Record<string, unknown>

/** Fields of every event, EPCIS 2.0 §7.4.1 */
const common = {
  '@context': Type.Optional(LdContext),
  eventTime: Time,
  recordTime: Type.Optional(Time),
  eventTimeZoneOffset: Zone,
  eventID: Type.Optional(Uri),
  certificationInfo: Type.Optional(CertificationInfo),
  errorDeclaration: Type.Optional(ErrorDeclaration),
}

/** What, where and why that the five types share. */
const dimensions = {
  bizStep: Type.Optional(BizStep),
  disposition: Type.Optional(Disposition),
  readPoint: Type.Optional(Place),
  bizLocation: Type.Optional(Place),
  bizTransactionList: Type.Optional(BizTransactionList),
  sourceList: Type.Optional(SourceList),
  destinationList: Type.Optional(DestinationList),
  sensorElementList: Type.Optional(SensorElementList),
}

function eventOf<P extends TProperties>(type: EventTypeName, properties: P) {
  return extensible({ ...common, type: oneOf([type]), ...dimensions, ...properties })
}

function filled(event: Fields, field: string): boolean {
  const list = event[field]
  return Array.isArray(list) && list.length > 0
}

function eventRule(holds: (event: Fields) => boolean, zh: string, en: string, pointer = ''): Rule {
  return rule(
    value => holds(value as Fields),
    () => [{ pointer, message: { zh, en } }],
  )
}

const onlyAddHasIlmd = eventRule(
  event => !('ilmd' in event) || event.action === 'ADD',
  '只有 action 为 ADD 的对象事件才可带 ilmd',
  'only an object event with action ADD may bear ilmd',
  '/ilmd',
)

const objectNamesSomething = eventRule(
  event =>
    'epcList' in event || filled(event, 'quantityList') || (filled(event, 'sensorElementList') && 'readPoint' in event),
  '缺少标识：应有 epcList、非空的 quantityList，或 sensorElementList 与 readPoint',
  'nothing is identified: epcList, a quantityList with items, or sensorElementList with readPoint is required',
)

const childrenUnlessDelete = eventRule(
  event => filled(event, 'childEPCs') || filled(event, 'childQuantityList') || event.action === 'DELETE',
  '缺少子项：除 action 为 DELETE 外，应有非空的 childEPCs 或 childQuantityList',
  'no children: childEPCs or childQuantityList with items is required unless action is DELETE',
)

const objectsUnlessDelete = eventRule(
  event => 'epcList' in event || filled(event, 'quantityList') || event.action === 'DELETE',
  '缺少标识：除 action 为 DELETE 外，应有 epcList 或非空的 quantityList',
  'nothing is identified: epcList or a quantityList with items is required unless action is DELETE',
)

const inputsAndOutputs = eventRule(
  event => {
    const input = filled(event, 'inputEPCList') || filled(event, 'inputQuantityList')
    const output = filled(event, 'outputEPCList') || filled(event, 'outputQuantityList')
    return 'transformationID' in event ? input || output : input && output
  },
  '缺少投入或产出：应各有一个非空列表；带 transformationID 时至少有其一',
  'inputs or outputs are missing: a list with items of each is required, of either one when transformationID is given',
)

/** EPCIS 2.0 §7.4.2 */
export const ObjectEvent = ruled(
  ruled(
    eventOf('ObjectEvent', {
      epcList: Type.Optional(DistinctUris),
      quantityList: Type.Optional(QuantityList),
      action: ActionWord,
      persistentDisposition: Type.Optional(PersistentDisposition),
      ilmd: Type.Optional(Ilmd),
    }),
    objectNamesSomething,
  ),
  onlyAddHasIlmd,
)

const family = {
  childEPCs: Type.Optional(Uris),
  childQuantityList: Type.Optional(QuantityList),
  action: ActionWord,
}

/** EPCIS 2.0 §7.4.3 */
export const AggregationEvent = ruled(
  eventOf('AggregationEvent', { parentID: Type.Optional(Uri), ...family }),
  childrenUnlessDelete,
)

/** EPCIS 2.0 §7.4.6 */
export const AssociationEvent = ruled(eventOf('AssociationEvent', { parentID: Uri, ...family }), childrenUnlessDelete)

/** EPCIS 2.0 §7.4.4 */
export const TransactionEvent = ruled(
  eventOf('TransactionEvent', {
    bizTransactionList: Type.Array(BizTransactionList.items, { minItems: 1 }),
    parentID: Type.Optional(Uri),
    epcList: Type.Optional(Uris),
    quantityList: Type.Optional(QuantityList),
    action: ActionWord,
  }),
  objectsUnlessDelete,
)

/** EPCIS 2.0 §7.4.5 */
export const TransformationEvent = ruled(
  eventOf('TransformationEvent', {
    inputEPCList: Type.Optional(DistinctUris),
    inputQuantityList: Type.Optional(QuantityList),
    outputEPCList: Type.Optional(DistinctUris),
    outputQuantityList: Type.Optional(QuantityList),
    transformationID: Type.Optional(Uri),
    persistentDisposition: Type.Optional(PersistentDisposition),
    ilmd: Type.Optional(Ilmd),
  }),
  inputsAndOutputs,
)

/** Every field that facts are made of, as the types above have it. */
export const FACT_FIELDS = {
  action: ActionWord,
  bizStep: BizStep,
  disposition: Disposition,
  readPoint: Place,
  bizLocation: Place,
  sourceList: SourceList,
  destinationList: DestinationList,
  parentID: Uri,
  epcList: Uris,
  quantityList: QuantityList,
  childEPCs: Uris,
  childQuantityList: QuantityList,
  inputEPCList: Uris,
  inputQuantityList: QuantityList,
  outputEPCList: Uris,
  outputQuantityList: QuantityList,
  transformationID: Uri,
  ilmd: Ilmd,
}

/** An event of a type of its own, named by a URI or with a prefix; its other fields are its own affair. */
export const ExtendedEvent = Type.Object({ ...common, type: Uri })

export const EVENT_SCHEMAS = {
  ObjectEvent,
  AggregationEvent,
  TransactionEvent,
  TransformationEvent,
  AssociationEvent,
} as const satisfies Record<EventTypeName, unknown>
