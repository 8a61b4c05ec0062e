import { type DemoCity, partyOf } from './city.ts'
import { minutes, timeAt, timeText } from './clock.ts'
import { urnOf } from './codes.ts'
import { masterData } from './master-data.ts'
import type { DemoRecord, Json } from './scribe.ts'
import { tellAll } from './tell.ts'

/** Where the standard JSON-LD context lives; readers have it built in (EPCIS 2.0 §10.2). */
const EPCIS_CONTEXT = 'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'

export interface DemoDocument {
  /** code of the party whose key captures it */
  reporter: string
  /** an EPCISDocument */
  document: { [name: string]: Json }
}

/** Every event of the city, by the time at which it was reported. */
export function demoRecords(city: DemoCity): DemoRecord[] {
  const { records } = tellAll(city)
  // Array.sort is stable: what one story reports at one instant stays in its order.
  return records.sort((a, b) => a.at - b.at)
}

/**
 * The whole city as EPCIS documents: per period one of each party that has something to report (more where it has more
 * events than a document may hold). Periods come in order, and within a document events stand in the order of time.
 * The same city gives the same documents, byte for byte.
 */
export function* demoDocuments(city: DemoCity): Generator<DemoDocument> {
  const starts = city.periods.map(date => timeAt(date, 0, '00:00', city.zone))
  const periodOf = (at: number) => starts.filter(start => start <= at).length
  const batches = new Map<string, { reporter: string; period: number; records: DemoRecord[] }>()
  for (const record of demoRecords(city)) {
    const period = periodOf(record.at)
    const key = `${period}/${record.reporter}`
    const batch = batches.get(key) ?? { reporter: record.reporter, period, records: [] }
    batch.records.push(record)
    batches.set(key, batch)
  }
  // Batches were met in the order of time, so within a period the party that reported first comes first.
  for (const { reporter, period, records } of batches.values()) {
    for (let from = 0; from < records.length; from += city.eventsPerDocument) {
      const part = records.slice(from, from + city.eventsPerDocument)
      const number = `${period}-${from / city.eventsPerDocument + 1}`
      yield { reporter, document: documentOf(city, reporter, number, part) }
    }
  }
}

function documentOf(city: DemoCity, reporter: string, number: string, records: readonly DemoRecord[]) {
  const party = partyOf(city, reporter)
  const events = records.map(record => record.event)
  const last = records.at(-1)?.at ?? 0
  const notice = `${city.notice.zh} / ${city.notice.en}`
  const document: { [name: string]: Json } = {
    '@context': [EPCIS_CONTEXT, city.contexts],
    type: 'EPCISDocument',
    schemaVersion: '2.0',
    creationDate: timeText(last + minutes(30), city.zone),
    instanceIdentifier: `demo-${number}-${reporter}`,
    sender: party.name.zh,
    epcisHeader: {
      'yuanliu:demonstration': notice,
      epcisMasterData: { vocabularyList: masterData(city, party, events) },
    },
    epcisBody: { eventList: events },
  }
  return party.notation === 'urn' ? asUrns(document) : document
}

/** The same document with every code in the older spelling: partners write both, and both mean the same thing. */
function asUrns(document: { [name: string]: Json }): { [name: string]: Json } {
  return Object.fromEntries(Object.entries(document).map(([name, value]) => [name, rewrite(value)]))
}

function rewrite(value: Json): Json {
  if (typeof value === 'string') return urnOf(value)
  if (Array.isArray(value)) return value.map(rewrite)
  return value !== null && typeof value === 'object' ? asUrns(value) : value
}
