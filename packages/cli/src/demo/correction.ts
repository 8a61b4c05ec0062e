import type { DemoCity } from './city.ts'
import { timeText } from './clock.ts'
import { eventIdOf } from './event-id.ts'
import type { DemoEvent, DemoRecord } from './scribe.ts'

/**
 * The declaration that an event was wrong (EPCIS 2.0 §7.4.1.2): the event once more, under its own id, with an
 * errorDeclaration. Whether it voids the event depends on who reports it.
 */
export function declareWrong(
  city: DemoCity,
  wrong: DemoRecord,
  by: { reporter: string; at: number; reason: string; corrective: string[] },
): DemoRecord {
  const { type, eventID, eventTime, eventTimeZoneOffset, ...rest } = wrong.event
  if (typeof eventID !== 'string') throw new Error('only an event with an eventID can be declared wrong')
  return {
    reporter: by.reporter,
    at: by.at,
    event: {
      type: type ?? null,
      eventID,
      eventTime: eventTime ?? null,
      eventTimeZoneOffset: eventTimeZoneOffset ?? null,
      errorDeclaration: {
        declarationTime: timeText(by.at, city.zone),
        reason: by.reason,
        ...(by.corrective.length > 0 && { correctiveEventIDs: by.corrective }),
      },
      ...rest,
    },
  }
}

/** The wrong record, its declaration by the same reporter, and the event as it should have read. */
export function corrected(city: DemoCity, wrong: DemoRecord, at: number, right: DemoEvent): DemoRecord[] {
  const eventID = eventIdOf(`${String(wrong.event.eventID)}/corrected`)
  const by = { reporter: wrong.reporter, at, reason: 'incorrect_data', corrective: [eventID] }
  return [
    wrong,
    declareWrong(city, wrong, by),
    { reporter: wrong.reporter, at, event: { ...wrong.event, ...right, eventID } },
  ]
}
