import { randomUUID } from 'node:crypto'

export type Event = Record<string, unknown>

const HEAD = JSON.stringify({
  '@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'],
  type: 'EPCISDocument',
  schemaVersion: '2.0',
  creationDate: '2026-11-01T00:00:00.000Z',
}).slice(0, -1)

/** An EPCISDocument of these events, as bytes. @param header `epcisHeader`, if any */
export function documentBytes(events: readonly string[], header: unknown = null): Buffer {
  const head = header ? `${HEAD},"epcisHeader":${JSON.stringify(header)}` : HEAD
  return Buffer.from(`${head},"epcisBody":{"eventList":[${events.join(',')}]}}`)
}

/** Cuts a run of events into documents; the first bears the header. */
export function* documentsOf(events: Iterable<Event>, size = 500, header: unknown = null): Generator<Buffer> {
  let texts: string[] = []
  let first = header
  for (const event of events) {
    texts.push(JSON.stringify({ eventID: `urn:uuid:${randomUUID()}`, ...event }))
    if (texts.length === size) {
      yield documentBytes(texts, first)
      first = null
      texts = []
    }
  }
  if (texts.length) yield documentBytes(texts, first)
}

/** eventTime and zone of a moment, given in seconds since the beginning of the bench's calendar. */
export function moment(seconds: number): { eventTime: string; eventTimeZoneOffset: string } {
  const local = new Date(CALENDAR + seconds * 1000).toISOString().replace('Z', '+08:00')
  return { eventTime: local, eventTimeZoneOffset: '+08:00' }
}

const CALENDAR = Date.UTC(2025, 0, 1)
