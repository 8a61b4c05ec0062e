/** Notation of the identifiers in answers, as a client asks for it by `GS1-EPC-Format` (EPCIS 2.0 §12.7). */

export const EPC_FORMATS = ['Always_GS1_Digital_Link', 'Always_EPC_URN', 'Never_Translates', 'No_Preference'] as const
export type EpcFormat = (typeof EPC_FORMATS)[number]

/** What a client gets that does not ask. */
export const DEFAULT_EPC_FORMAT: EpcFormat = 'Always_GS1_Digital_Link'

/** What translation needs to know of codes; `Codes` has it. */
export interface TranslateCodes {
  toDigitalLink(uri: string): string
  toUrn(uri: string, prefixLength: (digits: string) => number | null): string | null
}

/** Where identifiers stand in a value; arrays are walked item by item. */
type Places = 'uri' | { [member: string]: Places }

const quantityElement: Places = { epcClass: 'uri' }
const place: Places = { id: 'uri' }
const sensorSource: Places = {
  deviceID: 'uri',
  deviceMetadata: 'uri',
  rawData: 'uri',
  dataProcessingMethod: 'uri',
  bizRules: 'uri',
}

const EVENT: Places = {
  parentID: 'uri',
  epcList: 'uri',
  childEPCs: 'uri',
  inputEPCList: 'uri',
  outputEPCList: 'uri',
  quantityList: quantityElement,
  childQuantityList: quantityElement,
  inputQuantityList: quantityElement,
  outputQuantityList: quantityElement,
  transformationID: 'uri',
  readPoint: place,
  bizLocation: place,
  bizTransactionList: { bizTransaction: 'uri' },
  sourceList: { source: 'uri' },
  destinationList: { destination: 'uri' },
  sensorElementList: { sensorMetadata: sensorSource, sensorReport: sensorSource },
}

/**
 * The event with its standard identifiers in the notation asked for; the event itself is not changed. Extensions, ids
 * of events and what has no form in that notation stay as they are. Under `Never_Translates` and `No_Preference` the
 * event comes back itself.
 * @param prefixLength length of the GS1 company prefix that some digits start with, null if unknown; needed for URNs
 */
export function translateEvent<E extends object>(
  event: E,
  format: EpcFormat,
  codes: TranslateCodes,
  prefixLength: (digits: string) => number | null = () => null,
): E {
  if (format === 'Always_GS1_Digital_Link') return translated(event, EVENT, uri => codes.toDigitalLink(uri)) as E
  if (format === 'Always_EPC_URN') return translated(event, EVENT, uri => codes.toUrn(uri, prefixLength) ?? uri) as E
  return event
}

function translated(value: unknown, places: Places, convert: (uri: string) => string): unknown {
  if (Array.isArray(value)) return value.map(item => translated(item, places, convert))
  if (places === 'uri') return typeof value === 'string' ? convert(value) : value
  if (typeof value !== 'object' || value === null) return value
  const copy: Record<string, unknown> = { ...value }
  for (const [member, inner] of Object.entries(places))
    if (Object.hasOwn(copy, member)) copy[member] = translated(copy[member], inner, convert)
  return copy
}
