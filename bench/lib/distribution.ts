import { itemLink, lotLink, partyLink, placeLink, ssccLink } from './codes.ts'
import { type Event, moment } from './documents.ts'

const PRODUCT = 950
const PER_EVENT = 100
const PER_CARTON = 20
const CARTONS = 25
const PER_PALLET = PER_CARTON * CARTONS
/** Shops that the pallets go to. */
const SHOPS = 200

/** A lot that was made as single items, packed and sent all over the country. */
export interface Distribution {
  lot: string
  code: string
  items: number
  /** number of its first item, carton and pallet: those of two lots must not meet */
  first: number
}

export function distribution(lot: string, items: number, first: number): Distribution {
  return { lot, code: lotLink(PRODUCT, lot), items, first }
}

/** Units that a forward trace from the lot reaches: itself, its items, their cartons and pallets. */
export function distributionUnits(d: Distribution): number {
  return 1 + d.items + Math.ceil(d.items / PER_CARTON) + Math.ceil(d.items / PER_PALLET)
}

/** Items come into being by hundreds, go into cartons of 20, 25 cartons on a pallet, each pallet to a shop. */
export function* distributionEvents(d: Distribution): Generator<Event> {
  const item = (n: number) => itemLink(PRODUCT, String(d.first + n))
  let at = 0
  for (let n = 0; n < d.items; n += PER_EVENT) {
    yield {
      type: 'ObjectEvent',
      ...moment(at++),
      action: 'ADD',
      epcList: range(n, Math.min(d.items, n + PER_EVENT)).map(item),
      bizStep: 'commissioning',
      disposition: 'active',
      ...place(0),
      ilmd: { 'cbvmda:lotNumber': d.lot },
    }
  }
  for (let n = 0; n < d.items; n += PER_CARTON) {
    const items = range(n, Math.min(d.items, n + PER_CARTON)).map(item)
    yield packed(carton(d, n), items, 100_000 + at++)
  }
  for (let n = 0; n < d.items; n += PER_PALLET) {
    const parent = ssccLink(0, d.first + n)
    const cartons = range(0, CARTONS).map(c => n + c * PER_CARTON)
    const shop = 1 + ((n / PER_PALLET) % SHOPS)
    yield packed(
      parent,
      cartons.filter(c => c < d.items).map(c => carton(d, c)),
      200_000 + at++,
    )
    yield moved('shipping', parent, shop, 0, 300_000 + at)
    yield moved('receiving', parent, shop, shop, 350_000 + at)
  }
}

const carton = (d: Distribution, item: number) => ssccLink(1, d.first + item)

function packed(parentID: string, childEPCs: string[], at: number): Event {
  return {
    type: 'AggregationEvent',
    ...moment(at),
    action: 'ADD',
    parentID,
    childEPCs,
    bizStep: 'packing',
    ...place(0),
  }
}

function moved(bizStep: string, pallet: string, shop: number, here: number, at: number): Event {
  return {
    type: 'ObjectEvent',
    ...moment(at),
    action: 'OBSERVE',
    epcList: [pallet],
    bizStep,
    disposition: bizStep === 'shipping' ? 'in_transit' : 'in_progress',
    readPoint: { id: placeLink(20_000 + here) },
    sourceList: [{ type: 'possessing_party', source: partyLink(20_000) }],
    destinationList: [{ type: 'possessing_party', destination: partyLink(20_000 + shop) }],
  }
}

function place(n: number) {
  const id = placeLink(20_000 + n)
  return { readPoint: { id }, bizLocation: { id } }
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i)
}
