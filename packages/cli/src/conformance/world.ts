import { randomUUID } from 'node:crypto'
import { NAMESPACE, newCodes, randomTime } from './sample.ts'
import type { Tester } from './tester.ts'

/** Names under which the cases speak of the known events. */
export const LABELS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const
export type Label = (typeof LABELS)[number]

/** Eight known events in a minute of their own, and what they are about. */
export interface World {
  ids: Readonly<Record<Label, string>>
  events: Readonly<Record<Label, Record<string, unknown>>>
  /** words that queries refer to, by name */
  names: Readonly<Record<string, string>>
  /** the minute in which all of them happened: `GE_eventTime`, `LT_eventTime` */
  scope: Readonly<Record<'GE_eventTime' | 'LT_eventTime', string>>
}

/** Captures the known events with master data of their places. @throws Mismatch where they are not taken */
export async function captureWorld(tester: Tester): Promise<World> {
  const codes = newCodes()
  const run = randomUUID().slice(0, 8)
  const start = Date.parse(randomTime())
  const second = (n: number) => new Date(start + n * 1000).toISOString()
  const names = {
    item1: codes.item(1, 'A1'),
    item2: codes.item(1, 'A2'),
    item3: codes.item(2, 'B1'),
    item4: codes.item(3, 'C1'),
    items: codes.pattern(1),
    lot1: codes.lot(1, 'L1'),
    lot2: codes.lot(2, 'L2'),
    pallet: codes.logistic(1),
    asset: codes.asset(`R${run}`),
    sensor: codes.asset(`S${run}`),
    place1: codes.place(1),
    place2: codes.place(2),
    room: codes.place(3),
    owner1: codes.party(11),
    owner2: codes.party(12),
    order: `urn:uuid:${randomUUID()}`,
    invoice: `urn:uuid:${randomUUID()}`,
    process: `urn:uuid:${randomUUID()}`,
    manual: `${NAMESPACE}manual/${run}`,
    zone: `${NAMESPACE}zone`,
    zoneValue: `zone-${run}`,
    second0: second(0),
    second2: second(2),
    second4: second(4),
    declared: second(3_600),
    later: second(7_200),
  }
  const ids = Object.fromEntries(LABELS.map(label => [label, `urn:uuid:${randomUUID()}`])) as Record<Label, string>
  const event = (label: Label, more: Record<string, unknown>) => ({
    eventID: ids[label],
    eventTime: second(LABELS.indexOf(label)),
    eventTimeZoneOffset: '+00:00',
    ...more,
  })
  const events = eventsOfWorld(names, event)
  const declaration = {
    ...events.h,
    errorDeclaration: {
      declarationTime: names.declared,
      reason: 'incorrect_data',
      correctiveEventIDs: [ids.b],
      'cx:why': run,
    },
  }
  await tester.capture([...LABELS.map(label => events[label]), declaration], masterData(names))
  const scope = { GE_eventTime: second(0), LT_eventTime: second(60) }
  return { ids, events, names: { ...names, ...prefixed('id_', ids), run }, scope }
}

function eventsOfWorld(
  names: Readonly<Record<string, string>>,
  event: (label: Label, more: Record<string, unknown>) => Record<string, unknown>,
): Record<Label, Record<string, unknown>> {
  const { item1, item2, item3, item4, lot1, lot2, pallet, asset } = names
  const at = (readPoint: string | undefined, bizLocation: string | undefined) => ({
    readPoint: { id: readPoint },
    bizLocation: { id: bizLocation },
  })
  return {
    a: event('a', {
      type: 'ObjectEvent',
      action: 'ADD',
      bizStep: 'commissioning',
      disposition: 'active',
      epcList: [item1],
      ...at(names.place1, names.place1),
      ilmd: { 'cx:colour': 'red', 'cx:origin': { 'cx:field': 3 } },
      'cx:weight': 5,
      'cx:note': { 'cx:inside': 'x' },
    }),
    b: event('b', {
      type: 'ObjectEvent',
      action: 'OBSERVE',
      bizStep: 'shipping',
      disposition: 'in_transit',
      persistentDisposition: { set: ['completeness_verified'], unset: ['completeness_inferred'] },
      epcList: [item1, item2],
      quantityList: [{ epcClass: lot1, quantity: 10, uom: 'KGM' }],
      ...at(names.place1, names.place2),
      bizTransactionList: [{ type: 'po', bizTransaction: names.order }],
      sourceList: [{ type: 'owning_party', source: names.owner1 }],
      destinationList: [{ type: 'owning_party', destination: names.owner2 }],
      'cx:weight': 7,
    }),
    c: event('c', {
      type: 'AggregationEvent',
      action: 'ADD',
      bizStep: 'packing',
      parentID: pallet,
      childEPCs: [item1, item2],
    }),
    d: event('d', {
      type: 'TransformationEvent',
      bizStep: 'commissioning',
      transformationID: names.process,
      inputEPCList: [item1],
      inputQuantityList: [{ epcClass: lot1, quantity: 500, uom: 'KGM' }],
      outputEPCList: [item3],
      outputQuantityList: [{ epcClass: lot2, quantity: 600, uom: 'KGM' }],
    }),
    e: event('e', {
      type: 'TransactionEvent',
      action: 'ADD',
      bizStep: 'accepting',
      parentID: pallet,
      epcList: [item2],
      bizTransactionList: [{ type: 'inv', bizTransaction: names.invoice }],
    }),
    f: event('f', {
      type: 'AssociationEvent',
      action: 'ADD',
      bizStep: 'assembling',
      parentID: asset,
      childEPCs: [item4],
    }),
    g: event('g', {
      type: 'ObjectEvent',
      action: 'OBSERVE',
      bizStep: 'storing',
      epcList: [item4],
      sensorElementList: [sensorElement(names)],
    }),
    h: event('h', {
      type: 'ObjectEvent',
      action: 'OBSERVE',
      bizStep: 'inspecting',
      epcList: [item4],
      ...at(names.room, names.room),
    }),
  }
}

function sensorElement(names: Readonly<Record<string, string>>): Record<string, unknown> {
  return {
    sensorMetadata: {
      time: names.second2,
      deviceID: names.sensor,
      dataProcessingMethod: names.manual,
      bizRules: names.manual,
    },
    sensorReport: [
      { type: 'Temperature', value: 7.5, minValue: 6.5, maxValue: 8.5, meanValue: 7.4, uom: 'CEL', 'cx:probe': 'p1' },
      { type: 'Illuminance', stringValue: 'dim', booleanValue: true, hexBinaryValue: 'A0B1', uriValue: names.manual },
    ],
  }
}

/** `room` lies in `place1`, which has an attribute. */
function masterData(names: Readonly<Record<string, string>>): Record<string, unknown> {
  const vocabularyElementList = [
    {
      id: names.place1,
      attributes: [{ id: names.zone, attribute: names.zoneValue }],
      children: [names.room],
    },
    { id: names.room, attributes: [{ id: `${NAMESPACE}title`, attribute: 'room' }] },
  ]
  const type = 'urn:epcglobal:epcis:vtype:BusinessLocation'
  return { epcisMasterData: { vocabularyList: [{ type, vocabularyElementList }] } }
}

function prefixed(prefix: string, names: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(names).map(([name, value]) => [prefix + name, value]))
}
