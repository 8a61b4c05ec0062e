import { gtin, lotLink, partyLink, placeLink, ssccLink } from './codes.ts'
import { type Event, moment } from './documents.ts'

export const LEVELS = 10
/** 11 lots of the main product, 50 of ingredients, 40 pallets */
export const FAMILY_UNITS = 1 + LEVELS * 10
/** per level: 5 lots made, 4 pallets packed, shipped, received and unpacked, 1 transformation; and the first lot */
export const FAMILY_EVENTS = 1 + LEVELS * 22
/** Families that happen at the same time, so that their events come mixed, as they do. */
const GROUP = 100
const DAY = 86_400
const INGREDIENTS = [1, 2, 3, 4, 5]

/** The last lot of a family, whose trace goes back through all levels. */
export function familyCode(family: number): string {
  return lotLink(LEVELS, `F${family}`)
}

/** Path of the public page of the same lot. */
export function familyPath(family: number): string {
  return `/01/${gtin(LEVELS)}/10/F${family}`
}

/**
 * Histories of `count` families in the order in which they happen. In a family a lot becomes the next one ten times;
 * each time five lots of ingredients, made elsewhere, and the lot itself travel on pallets to where it is done.
 */
export function* familyEvents(count: number): Generator<Event> {
  for (let first = 0; first < count; first += GROUP) {
    const last = Math.min(count, first + GROUP)
    for (let family = first; family < last; family++) yield made(mainLot(family, 0), site(family, 0), start(family, 1))
    for (let level = 1; level <= LEVELS; level++) {
      for (let family = first; family < last; family++) yield* levelEvents(family, level)
    }
  }
}

function* levelEvents(family: number, level: number): Generator<Event> {
  const at = start(family, level)
  const factory = site(family, level)
  for (const i of INGREDIENTS) yield made(ingredient(family, level, i), supplier(family, level, i), at + i)
  const loads = [[1, 2], [3, 4], [5]].map(ids => ({
    from: supplier(family, level, ids[0] as number),
    lots: ids.map(i => ingredient(family, level, i)),
  }))
  loads.push({ from: site(family, level - 1), lots: [mainLot(family, level - 1)] })
  for (const [n, load] of loads.entries()) {
    const pallet = ssccLink(0, (family * LEVELS + level) * 4 + n)
    const children = load.lots.map(lot => ({ epcClass: lot, quantity: 100, uom: 'KGM' }))
    yield packing('ADD', 'packing', pallet, children, load.from, at + 600 + n)
    yield moved('shipping', pallet, load.from, factory, load.from, at + 3_600 + n)
    yield moved('receiving', pallet, load.from, factory, factory, at + 20_000 + n)
    yield packing('DELETE', 'unpacking', pallet, children, factory, at + 21_000 + n)
  }
  yield {
    type: 'TransformationEvent',
    ...moment(at + 40_000),
    inputQuantityList: [mainLot(family, level - 1), ...INGREDIENTS.map(i => ingredient(family, level, i))].map(
      epcClass => ({ epcClass, quantity: 100, uom: 'KGM' }),
    ),
    outputQuantityList: [{ epcClass: mainLot(family, level), quantity: 600, uom: 'KGM' }],
    bizStep: 'commissioning',
    readPoint: { id: placeLink(factory) },
    bizLocation: { id: placeLink(factory) },
  }
}

function made(epcClass: string, place: number, at: number): Event {
  return {
    type: 'ObjectEvent',
    ...moment(at),
    action: 'ADD',
    quantityList: [{ epcClass, quantity: 100, uom: 'KGM' }],
    bizStep: 'commissioning',
    disposition: 'active',
    readPoint: { id: placeLink(place) },
    bizLocation: { id: placeLink(place) },
  }
}

function packing(
  action: string,
  bizStep: string,
  parentID: string,
  childQuantityList: unknown[],
  place: number,
  at: number,
): Event {
  return {
    type: 'AggregationEvent',
    ...moment(at),
    action,
    parentID,
    childQuantityList,
    bizStep,
    readPoint: { id: placeLink(place) },
    bizLocation: { id: placeLink(place) },
  }
}

function moved(bizStep: string, pallet: string, from: number, to: number, place: number, at: number): Event {
  return {
    type: 'ObjectEvent',
    ...moment(at),
    action: 'OBSERVE',
    epcList: [pallet],
    bizStep,
    disposition: bizStep === 'shipping' ? 'in_transit' : 'in_progress',
    readPoint: { id: placeLink(place) },
    sourceList: [{ type: 'possessing_party', source: partyLink(from) }],
    destinationList: [{ type: 'possessing_party', destination: partyLink(to) }],
  }
}

const mainLot = (family: number, level: number) => lotLink(level, `F${family}`)
const ingredient = (family: number, level: number, i: number) => lotLink(100 + level * 10 + i, `F${family}`)
const site = (family: number, level: number) => 5_000 + ((family + level * 131) % 3_000)
const supplier = (family: number, level: number, i: number) => 1_000 + ((family * 7 + level * 50 + i * 11) % 3_000)
const start = (family: number, level: number) => Math.floor(family / GROUP) * DAY + (family % GROUP) * 60 + level * DAY
