import type { TermKind } from './terms.ts'

/**
 * The order in which the event hash of CBV 2.0 §8.9 takes the fields of an event. Where the rules leave room, the
 * reference vectors decide: sensor data before transactions, destinations before sources.
 */

/** How one element is written. */
export interface Shape {
  kind?: TermKind | 'time'
  /** the known children with their places; further ones, all extensions, follow sorted */
  children?: ReadonlyMap<string, { at: number; shape: Shape }>
  /** the element's own name is left out */
  nameless?: boolean
  /** children of these names stand at the end of the event, behind the names of the elements that they stand in */
  late?: ReadonlySet<string>
}

function parent(children: Record<string, Shape>): Shape {
  return { children: new Map(Object.entries(children).map(([name, shape], at) => [name, { at, shape }])) }
}

const plain: Shape = {}
const time: Shape = { kind: 'time' }
const epcs = parent({ epc: plain })
const quantities = parent({ quantityElement: parent({ epcClass: plain, quantity: plain, uom: plain }) })
const place = parent({ id: plain })

function typed(item: string, kind: TermKind): Shape {
  return parent({ [item]: { ...parent({ type: { kind }, [item]: plain }), nameless: true } })
}

const sensorMetadata = parent({
  time,
  startTime: time,
  endTime: time,
  deviceID: plain,
  deviceMetadata: plain,
  rawData: plain,
  dataProcessingMethod: plain,
  bizRules: plain,
})

const sensorReportFields = parent({
  type: { kind: 'sensorType' },
  exception: { kind: 'sensorAlert' },
  deviceID: plain,
  deviceMetadata: plain,
  rawData: plain,
  dataProcessingMethod: plain,
  time,
  microorganism: plain,
  chemicalSubstance: plain,
  value: plain,
  component: { kind: 'component' },
  stringValue: plain,
  booleanValue: plain,
  hexBinaryValue: plain,
  uriValue: plain,
  minValue: plain,
  maxValue: plain,
  meanValue: plain,
  sDev: plain,
  percRank: plain,
  percValue: plain,
  uom: plain,
  coordinateReferenceSystem: plain,
})

/** The rules name no place for a report's business rules; the reference vector puts them last. */
const sensorReport: Shape = { ...sensorReportFields, late: new Set(['bizRules']) }

export const EVENT_SHAPE = parent({
  eventTime: time,
  eventTimeZoneOffset: plain,
  certificationInfo: plain,
  parentID: plain,
  epcList: epcs,
  inputEPCList: epcs,
  childEPCs: epcs,
  quantityList: quantities,
  childQuantityList: quantities,
  inputQuantityList: quantities,
  outputEPCList: epcs,
  outputQuantityList: quantities,
  action: plain,
  transformationID: plain,
  bizStep: { kind: 'bizStep' },
  disposition: { kind: 'disposition' },
  persistentDisposition: parent({ set: { kind: 'disposition' }, unset: { kind: 'disposition' } }),
  readPoint: place,
  bizLocation: place,
  sensorElementList: parent({ sensorElement: parent({ sensorMetadata, sensorReport }) }),
  bizTransactionList: typed('bizTransaction', 'bizTransactionType'),
  destinationList: typed('destination', 'srcDest'),
  ilmd: plain,
  sourceList: typed('source', 'srcDest'),
})

/** Not part of what happened, so that an error declaration has the hash of its event. */
export const LEFT_OUT: ReadonlySet<string> = new Set(['type', 'recordTime', 'eventID', 'errorDeclaration'])
