import { classLink, gtin, lotLink, partyLink, placeLink, ssccLink } from './codes.ts'
import { type Event, moment } from './documents.ts'

const PRODUCT = 900
/** SSCC numbers beyond those of the families. */
const FIRST_CARRIER = 500_000_000
const FIRST_SITE = 9_000
/** Places of each kind. */
const PLACES = 200
const STOPS = [0, 1, 2]
const NAMES = ['演示粮食加工厂', '演示配送中心', '演示便利店']
const MDA = 'urn:epcglobal:cbv:mda#'

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

/** Master data of the product and of every place and party on the way: a page without names would be too small. */
export function shelfHeader(): unknown {
  const vocabulary = (type: string, elements: [string, Record<string, string>][]) => ({
    type: `urn:epcglobal:epcis:vtype:${type}`,
    vocabularyElementList: elements.map(([id, attributes]) => ({
      id,
      attributes: Object.entries(attributes).map(([name, attribute]) => ({ id: `${MDA}${name}`, attribute })),
    })),
  })
  const product = {
    descriptionShort: '演示用杂粮礼盒',
    netContent: '500 g',
    manufacturerOfTradeItemPartyName: '演示粮食加工厂',
  }
  const sites = STOPS.flatMap(stop =>
    Array.from({ length: PLACES }, (_, i) => ({ n: FIRST_SITE + stop * PLACES + i, stop, i })),
  )
  const name = (s: { stop: number; i: number }) => `${NAMES[s.stop]}${s.i + 1}号`
  return {
    epcisMasterData: {
      vocabularyList: [
        vocabulary('EPCClass', [[classLink(PRODUCT), product]]),
        vocabulary(
          'Location',
          sites.map(s => [placeLink(s.n), { name: name(s), streetAddressOne: `演示大道${s.i + 1}号`, city: '演示市' }]),
        ),
        vocabulary(
          'Party',
          sites.map(s => [partyLink(s.n), { name: `${name(s)}有限公司` }]),
        ),
      ],
    },
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

const site = (n: number, stop: number) => FIRST_SITE + stop * PLACES + ((n * (3 + stop)) % PLACES)
