import { type DemoCity, partyOf, siteOf } from './city.ts'
import { timeText } from './clock.ts'
import { paperLink, siteLink } from './codes.ts'
import { eventIdOf } from './event-id.ts'

export type Json = string | number | boolean | null | Json[] | { [name: string]: Json }
export type DemoEvent = { [name: string]: Json }

/** One event, who reports it (party code) and when (milliseconds); a correction is reported after its event time. */
export interface DemoRecord {
  reporter: string
  at: number
  event: DemoEvent
}

/** An EPCIS quantity element. A type, not an interface, so that it is Json. */
export type Amount = { epcClass: string; quantity?: number; uom?: string }

/** What an event says beyond who, where and when. Names of fields are EPCIS's. */
export interface Saying {
  step: string
  disposition?: string
  /** default OBSERVE */
  action?: 'ADD' | 'OBSERVE' | 'DELETE'
  epcs?: string[]
  amounts?: Amount[]
  inputs?: { epcs?: string[]; amounts?: Amount[] }
  outputs?: { epcs?: string[]; amounts?: Amount[] }
  parent?: string
  ilmd?: DemoEvent
  certificates?: string[]
  papers?: { type: string; bizTransaction: string }[]
  sources?: { type: string; source: string }[]
  destinations?: { type: string; destination: string }[]
  sensors?: Json[]
  extra?: DemoEvent
  /** party that reports it, if not the party of the place */
  by?: string
  /** leaving: the place is a read point only, where the thing is now is unknown (CBV 2.0 §7.2) */
  leaving?: boolean
}

export type EventKind = 'object' | 'aggregation' | 'association' | 'transaction' | 'transformation'

export interface Scribe {
  city: DemoCity
  /** one event at `party` or `party/site`; `at` in milliseconds */
  write(kind: EventKind, place: string, at: number, saying: Saying): DemoRecord
  /** GDTI of a paper of a kind listed in city.json, numbered by the story */
  paper(party: string, kind: string, serial: string): string
}

function things(kind: EventKind, saying: Saying): DemoEvent {
  const { epcs, amounts, inputs, outputs, parent } = saying
  switch (kind) {
    case 'transformation':
      return {
        ...(inputs?.epcs && { inputEPCList: inputs.epcs }),
        ...(inputs?.amounts && { inputQuantityList: inputs.amounts }),
        ...(outputs?.epcs && { outputEPCList: outputs.epcs }),
        ...(outputs?.amounts && { outputQuantityList: outputs.amounts }),
      }
    case 'aggregation':
    case 'association':
      return {
        ...(parent && { parentID: parent }),
        ...(epcs && { childEPCs: epcs }),
        ...(amounts && { childQuantityList: amounts }),
      }
    default:
      return { ...(epcs && { epcList: epcs }), ...(amounts && { quantityList: amounts }) }
  }
}

const TYPE_NAMES = {
  object: 'ObjectEvent',
  aggregation: 'AggregationEvent',
  association: 'AssociationEvent',
  transaction: 'TransactionEvent',
  transformation: 'TransformationEvent',
} as const

/**
 * A writer of one story's events. `named` says which events (counted from 0) bear an eventID of their own; the others
 * are known by the hash of their content.
 */
export function scribe(city: DemoCity, story: string, named: (count: number) => boolean = () => true): Scribe {
  let count = 0
  return {
    city,
    write(kind, place, at, saying) {
      // Seconds that differ from event to event, so that no two of one unit fall on the same instant.
      const time = at + ((count * 7) % 60) * 1000
      const id = named(count) ? { eventID: eventIdOf(`${city.seed}/${story}/${count}`) } : {}
      count++
      const where = { id: siteLink(siteOf(city, place).gln) }
      const event: DemoEvent = {
        type: TYPE_NAMES[kind],
        ...id,
        eventTime: timeText(time, city.zone),
        eventTimeZoneOffset: city.zone,
        ...things(kind, saying),
        ...(kind !== 'transformation' && { action: saying.action ?? 'OBSERVE' }),
        bizStep: saying.step,
        ...(saying.disposition && { disposition: saying.disposition }),
        readPoint: where,
        ...(!saying.leaving && { bizLocation: { ...where } }),
        ...(saying.papers && { bizTransactionList: saying.papers.map(paper => ({ ...paper })) }),
        ...(saying.sources && { sourceList: saying.sources.map(source => ({ ...source })) }),
        ...(saying.destinations && { destinationList: saying.destinations.map(to => ({ ...to })) }),
        ...(saying.certificates && { certificationInfo: saying.certificates }),
        ...(saying.sensors && { sensorElementList: saying.sensors }),
        ...(saying.ilmd && { ilmd: saying.ilmd }),
        ...saying.extra,
      }
      return { reporter: saying.by ?? place.split('/')[0] ?? place, at: time, event }
    },
    paper(party, kind, serial) {
      const type = city.paperTypes[kind]
      if (type === undefined) throw new Error(`data/demo/city.json: no paper type "${kind}"`)
      return paperLink(partyOf(city, party).prefix, type, serial)
    },
  }
}
