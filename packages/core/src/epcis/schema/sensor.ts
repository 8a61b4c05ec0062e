import Type from 'typebox'
import { extensibleInXml } from './rule.ts'
import { Component, Decimal, HexBinary, MeasurementType, SensorAlertType, Text, Time, Uri } from './value.ts'

const provenance = {
  deviceID: Type.Optional(Uri),
  deviceMetadata: Type.Optional(Uri),
  rawData: Type.Optional(Uri),
  dataProcessingMethod: Type.Optional(Uri),
  bizRules: Type.Optional(Uri),
  time: Type.Optional(Time),
}

/** SensorMetadata, EPCIS 2.0 §7.3.6.2 */
const SensorMetadata = extensibleInXml({
  ...provenance,
  startTime: Type.Optional(Time),
  endTime: Type.Optional(Time),
})

/** SensorReport, EPCIS 2.0 §7.3.6.3 */
const SensorReport = extensibleInXml({
  type: MeasurementType,
  exception: Type.Optional(SensorAlertType),
  ...provenance,
  microorganism: Type.Optional(Uri),
  chemicalSubstance: Type.Optional(Uri),
  coordinateReferenceSystem: Type.Optional(Uri),
  value: Type.Optional(Decimal),
  component: Type.Optional(Component),
  stringValue: Type.Optional(Text),
  booleanValue: Type.Optional(Type.Boolean()),
  hexBinaryValue: Type.Optional(HexBinary),
  uriValue: Type.Optional(Uri),
  minValue: Type.Optional(Decimal),
  maxValue: Type.Optional(Decimal),
  meanValue: Type.Optional(Decimal),
  sDev: Type.Optional(Decimal),
  percRank: Type.Optional(Decimal),
  percValue: Type.Optional(Decimal),
  uom: Type.Optional(Text),
})

/** SensorElement, EPCIS 2.0 §7.3.6.1 */
export const SensorElementList = Type.Array(
  extensibleInXml({
    sensorMetadata: Type.Optional(SensorMetadata),
    sensorReport: Type.Array(SensorReport, { minItems: 1 }),
  }),
)
