import { randomUUID } from 'node:crypto'
import { gtin, itemLink, itemUrn, placeLink } from './codes.ts'
import { documentBytes, moment } from './documents.ts'

const EVENTS = 500
const UNITS = 3

/** What is sent to the platform and, the same content, to the raw reference. */
export interface CaptureDocument {
  bytes: Buffer
  /** 32 hex digits */
  ids: string[]
  texts: string[]
  /** three of each event, in the order of `ids` */
  units: string[]
}

let serial = 0

/** A document of 500 observations of about 600 bytes with three units each; serial numbers run on, ids are random. */
export function captureDocument(): CaptureDocument {
  const document: CaptureDocument = { bytes: Buffer.alloc(0), ids: [], texts: [], units: [] }
  for (let i = 0; i < EVENTS; i++) {
    const id = randomUUID()
    const product = serial % 200
    const epcList: string[] = []
    for (let u = 0; u < UNITS; u++) {
      const number = String(1_000_000_000 + serial++)
      // Half of the world writes URNs, half Digital Links.
      epcList.push(i % 2 ? itemLink(product, number) : itemUrn(product, number))
      document.units.push(`01/${gtin(product)}/21/${number}`)
    }
    const place = placeLink(serial % 300)
    document.ids.push(id.replaceAll('-', ''))
    document.texts.push(
      JSON.stringify({
        eventID: `urn:uuid:${id}`,
        type: 'ObjectEvent',
        ...moment(serial),
        action: 'OBSERVE',
        bizStep: 'shipping',
        disposition: 'in_transit',
        epcList,
        readPoint: { id: place },
        bizLocation: { id: place },
        bizTransactionList: [{ type: 'po', bizTransaction: `urn:epc:id:gdti:9521234.00001.${serial % 5_000}` }],
      }),
    )
  }
  document.bytes = documentBytes(document.texts)
  return document
}

/** Mean bytes of an event, said beside the result. */
export function meanEventBytes(document: CaptureDocument): number {
  return Buffer.byteLength(document.texts.join('')) / document.texts.length
}
