import { randomInt, randomUUID } from 'node:crypto'

export const CONTEXT = 'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'
/** Namespace of the extension fields in the tester's events. */
export const NAMESPACE = 'https://conformance.yuanliu.example/ns/'

/** An EPCISDocument around events; `header`: its `epcisHeader`. */
export function documentOf(eventList: readonly unknown[], header?: unknown): Record<string, unknown> {
  return {
    '@context': [CONTEXT, { cx: NAMESPACE }],
    type: 'EPCISDocument',
    schemaVersion: '2.0',
    creationDate: new Date().toISOString(),
    ...(header !== undefined && { epcisHeader: header }),
    epcisBody: { eventList },
  }
}

/** A valid ObjectEvent of a new item; `more` replaces or adds members, `undefined` leaves them out. */
export function objectEvent(more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    type: 'ObjectEvent',
    eventID: `urn:uuid:${randomUUID()}`,
    eventTime: randomTime(),
    eventTimeZoneOffset: '+00:00',
    action: 'OBSERVE',
    bizStep: 'inspecting',
    epcList: [newCodes().item(1, 'x')],
    ...more,
  }
}

/** The same as a document of its own: for `POST /events`. */
export function loneEvent(more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return { '@context': [CONTEXT, { cx: NAMESPACE }], ...objectEvent(more) }
}

/** A whole second between 2001 and 2015, where a shared server has little else. */
export function randomTime(): string {
  return new Date(Date.UTC(2001, 0, 1) + randomInt(14 * 365 * 86_400) * 1000).toISOString()
}

/** Codes of a company prefix of its own, below GS1's prefix for examples (952); with check digits. */
export interface SampleCodes {
  item(product: number, serial: string): string
  /** the same item as an EPC URN */
  itemUrn(product: number, serial: string): string
  /** every item of the product, as a pattern */
  pattern(product: number): string
  lot(product: number, lot: string): string
  logistic(number: number): string
  place(number: number): string
  party(number: number): string
  asset(reference: string): string
}

/** @returns makers of codes under a random company prefix of seven digits */
export function newCodes(): SampleCodes {
  const prefix = `952${String(randomInt(10_000)).padStart(4, '0')}`
  const reference = (product: number) => String(product).padStart(5, '0')
  const gtin = (product: number) => withCheck(`0${prefix}${reference(product)}`)
  const gln = (number: number) => withCheck(prefix + reference(number))
  const link = (path: string) => `https://id.gs1.org/${path}`
  return {
    item: (product, serial) => link(`01/${gtin(product)}/21/${serial}`),
    itemUrn: (product, serial) => `urn:epc:id:sgtin:${prefix}.0${reference(product)}.${serial}`,
    pattern: product => `urn:epc:idpat:sgtin:${prefix}.0${reference(product)}.*`,
    lot: (product, lot) => link(`01/${gtin(product)}/10/${lot}`),
    logistic: number => link(`00/${withCheck(`0${prefix}${String(number).padStart(9, '0')}`)}`),
    place: number => link(`414/${gln(number)}`),
    party: number => link(`417/${gln(number)}`),
    asset: reference => link(`8004/${prefix}${reference}`),
  }
}

/** GS1's check digit: weights 3 and 1 from the right (General Specifications §7.9). */
function withCheck(digits: string): string {
  const sum = [...digits].reverse().reduce((total, digit, i) => total + Number(digit) * (i % 2 ? 1 : 3), 0)
  return digits + ((10 - (sum % 10)) % 10)
}
