import { randomUUID } from 'node:crypto'

export const CONTEXT = 'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'

/** An EPCISDocument around events. */
export function documentOf(eventList: unknown[], more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    '@context': [CONTEXT, { ext: 'https://ns.example.org/ext/' }],
    type: 'EPCISDocument',
    schemaVersion: '2.0',
    creationDate: '2026-11-01T00:00:00.000Z',
    ...more,
    epcisBody: { eventList },
  }
}

/** A valid ObjectEvent; `more` replaces or adds members. */
export function objectEvent(more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    type: 'ObjectEvent',
    eventID: `urn:uuid:${randomUUID()}`,
    eventTime: '2026-10-01T08:00:00.000+08:00',
    eventTimeZoneOffset: '+08:00',
    epcList: ['https://id.gs1.org/01/09521234543213/21/1'],
    action: 'OBSERVE',
    bizStep: 'shipping',
    disposition: 'in_transit',
    readPoint: { id: 'https://id.gs1.org/414/9521321000010' },
    bizLocation: { id: 'https://id.gs1.org/414/9521321000010' },
    ...more,
  }
}
