import { gtin, lotLink, partyLink, placeLink, ssccLink } from './codes.ts'
import { type Event, moment } from './documents.ts'

const PRODUCT = 900
/** SSCC numbers beyond those of the families. */
const FIRST_CARRIER = 500_000_000

/** What happens to a lot on its way to the shelf, and where on the way. Its page has these twelve steps. */
const STEPS: readonly (readonly [string, 'made' | 'seen' | 'packed' | 'sent' | 'got' | 'unpacked', number])[] = [
  ['commissioning', 'made', 0],
  ['inspecting', 'seen', 0],
  ['packing', 'packed', 0],
  ['shipping', 'sent', 0],
  ['receiving', 'got', 1],
  ['unpacking', 'unpacked', 1],
  ['storing', 'seen', 1],
  ['packing', 'packed', 1],
  ['shipping', 'sent', 1],
  ['receiving', 'got', 2],
  ['unpacking', 'unpacked', 2],
  ['stocking', 'seen', 2],
]

/** Path of the public page of the n-th lot. */
export function shelfPath(n: number): string {
  return `/01/${gtin(PRODUCT)}/10/S${n}`
}

/** Twelve events for each of `count` lots of one product: made, tested, and carried over two legs to a shop. */
export function* shelfEvents(count: number): Generator<Event> {
  for (let n = 0; n < count; n++) {
    const lot = { epcClass: lotLink(PRODUCT, `S${n}`), quantity: 500, uom: 'KGM' }
    for (const [i, [bizStep, kind, stop]] of STEPS.entries()) {
      const carrier = ssccLink(0, FIRST_CARRIER + n * 2 + (i < 6 ? 0 : 1))
      yield {
        ...moment(n * 600 + i * 3_600),
        bizStep,
        readPoint: { id: placeLink(site(n, stop)) },
        bizLocation: { id: placeLink(site(n, stop)) },
        ...what(kind, lot, carrier, n, stop),
      }
    }
  }
}

function what(kind: string, lot: Event, carrier: string, n: number, stop: number): Event {
  if (kind === 'made') {
    return {
      type: 'ObjectEvent',
      action: 'ADD',
      quantityList: [lot],
      disposition: 'active',
      ilmd: { 'cbvmda:lotNumber': `S${n}`, 'cbvmda:itemExpirationDate': '2027-12-31' },
    }
  }
  if (kind === 'seen') return { type: 'ObjectEvent', action: 'OBSERVE', quantityList: [lot], disposition: 'conformant' }
  if (kind === 'packed' || kind === 'unpacked') {
    const action = kind === 'packed' ? 'ADD' : 'DELETE'
    return { type: 'AggregationEvent', action, parentID: carrier, childQuantityList: [lot] }
  }
  const from = kind === 'sent' ? stop : stop - 1
  return {
    type: 'ObjectEvent',
    action: 'OBSERVE',
    epcList: [carrier],
    disposition: kind === 'sent' ? 'in_transit' : 'in_progress',
    sourceList: [{ type: 'possessing_party', source: partyLink(site(n, from)) }],
    destinationList: [{ type: 'possessing_party', destination: partyLink(site(n, from + 1)) }],
  }
}

const site = (n: number, stop: number) => 9_000 + stop * 200 + ((n * (3 + stop)) % 200)
