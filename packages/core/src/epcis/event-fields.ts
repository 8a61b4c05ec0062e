import type { EventTypeName } from './facts.ts'

/** QuantityElement, EPCIS 2.0 §7.3.3.3 */
export interface QuantityElement {
  epcClass: string
  quantity?: number
  uom?: string
}

/** The members of a valid event that facts are made of, besides its time. */
export interface EventFields {
  type: EventTypeName
  action?: 'ADD' | 'OBSERVE' | 'DELETE' | undefined
  bizStep?: string | undefined
  disposition?: string | undefined
  readPoint?: { id: string } | undefined
  bizLocation?: { id: string } | undefined
  sourceList?: { type: string; source: string }[] | undefined
  destinationList?: { type: string; destination: string }[] | undefined
  parentID?: string | undefined
  epcList?: string[] | undefined
  quantityList?: QuantityElement[] | undefined
  childEPCs?: string[] | undefined
  childQuantityList?: QuantityElement[] | undefined
  inputEPCList?: string[] | undefined
  inputQuantityList?: QuantityElement[] | undefined
  outputEPCList?: string[] | undefined
  outputQuantityList?: QuantityElement[] | undefined
  transformationID?: string | undefined
  ilmd?: Record<string, unknown> | undefined
  errorDeclaration?: unknown
}
