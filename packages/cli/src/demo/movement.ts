import { type DemoCity, partyOf, siteOf } from './city.ts'
import { minutes } from './clock.ts'
import { partyLink, siteLink } from './codes.ts'
import { between, randomFrom } from './random.ts'
import type { Amount, DemoEvent, DemoRecord, Scribe } from './scribe.ts'

export interface Load {
  epcs?: string[]
  amounts?: Amount[]
}

export interface Trip {
  /** `party` or `party/site` */
  from: string
  to: string
  leaves: number
  /** minutes on the way */
  takes: number
  load: Load
  /** the receiver becomes the owner */
  sold?: boolean
  certificates?: string[]
  note?: string
}

const owner = (place: string): string => place.split('/')[0] ?? place

/**
 * Fields that a party keeps for itself and that no public answer may show: on every n-th note (city.json, `secrets`),
 * as text that begins with the mark, so that a test can look for it anywhere.
 */
export function secretsFor(city: DemoCity, note: string): DemoEvent {
  const { mark, every, price, customer } = city.secrets
  const random = randomFrom(`${city.seed}/secret/${note}`)
  if (between(random, 1, every) !== 1) return {}
  return {
    'demo:price': `${mark} ${price[between(random, 0, price.length - 1)]} CNY`,
    'demo:customer': `${mark} 客户${customer[between(random, 0, customer.length - 1)]}`,
    'demo:stock': `${mark} 库存 ${between(random, 20, 900)}`,
  }
}

function ends(city: DemoCity, trip: Trip) {
  const [from, to] = [partyOf(city, owner(trip.from)), partyOf(city, owner(trip.to))]
  const kinds = trip.sold === false ? ['possessing_party'] : ['owning_party', 'possessing_party']
  return {
    sources: [
      ...kinds.map(type => ({ type, source: partyLink(from.gln) })),
      { type: 'location', source: siteLink(siteOf(city, trip.from).gln) },
    ],
    destinations: [
      ...kinds.map(type => ({ type, destination: partyLink(to.gln) })),
      { type: 'location', destination: siteLink(siteOf(city, trip.to).gln) },
    ],
  }
}

/** The sender's record of a trip. Business transaction ids: CBV 2.0 §8.5.2 (GLN and the sender's number). */
export function ship(scribe: Scribe, trip: Trip): DemoRecord {
  const { city } = scribe
  return scribe.write('object', trip.from, trip.leaves, {
    step: 'shipping',
    disposition: 'in_transit',
    leaving: true,
    ...trip.load,
    ...ends(city, trip),
    ...(trip.note && { papers: [{ type: 'desadv', bizTransaction: deliveryNote(city, trip.from, trip.note) }] }),
    ...(trip.certificates && { certificates: trip.certificates }),
    ...(trip.note && { extra: secretsFor(city, trip.note) }),
  })
}

/** The receiver's record of the same trip. */
export function receive(scribe: Scribe, trip: Trip): DemoRecord {
  const { city } = scribe
  return scribe.write('object', trip.to, trip.leaves + minutes(trip.takes), {
    step: 'receiving',
    disposition: 'in_progress',
    ...trip.load,
    ...ends(city, trip),
    ...(trip.note && { papers: [{ type: 'desadv', bizTransaction: deliveryNote(city, trip.from, trip.note) }] }),
  })
}

/** Both records of a trip. */
export function move(scribe: Scribe, trip: Trip): DemoRecord[] {
  return [ship(scribe, trip), receive(scribe, trip)]
}

/** Put things into a container. */
export function pack(scribe: Scribe, place: string, at: number, parent: string, load: Load): DemoRecord {
  const saying = { step: 'packing', disposition: 'container_closed', action: 'ADD', parent, ...load } as const
  return scribe.write('aggregation', place, at, saying)
}

/** Take things out again; without a load, everything. */
export function unpack(scribe: Scribe, place: string, at: number, parent: string, load: Load = {}): DemoRecord {
  const saying = { step: 'unpacking', disposition: 'container_open', action: 'DELETE', parent, ...load } as const
  return scribe.write('aggregation', place, at, saying)
}

/** A sale to people: the things leave the chain. */
export function sell(scribe: Scribe, place: string, at: number, load: Load): DemoRecord {
  const note = `${place}/${at}`
  return scribe.write('object', place, at, {
    step: 'retail_selling',
    disposition: 'retail_sold',
    ...load,
    extra: secretsFor(scribe.city, note),
  })
}

function deliveryNote(city: DemoCity, from: string, note: string): string {
  return `urn:epcglobal:cbv:bt:${partyOf(city, owner(from)).gln}:${note}`
}
