import type { Direction } from '@yuanliu/core'
import { answerOf, type TraceAnswer } from './answer.ts'
import type { Found, FoundUnit } from './found.ts'
import { eventsOf, type Known, load, unitOf } from './known.ts'
import type { KnownEvent } from './known-event.ts'
import { atOrBefore, BEGINNING, compare, END, sinceTime, untilTime } from './position.ts'
import type { Budget } from './search.ts'

/**
 * A product without lot or serial as a start answers the events that name it, and follows nothing. Backward the latest
 * events, else the earliest, as many as the budget allows.
 */
export async function startOfClass(
  known: Known,
  start: string,
  direction: Direction,
  at: number | undefined,
  budget: Budget,
): Promise<TraceAnswer> {
  const unit = unitOf(known, start)
  await load(known, [unit], () => false)
  const until = at === undefined || direction !== 'backward' ? END : untilTime(at)
  const since = at === undefined || direction !== 'forward' ? BEGINNING : sinceTime(at)
  const events = eventsOf(unit).filter(e => atOrBefore(e, until) && compare(e, since) >= 0)
  const shown = direction === 'backward' ? events.slice(-budget.events) : events.slice(0, budget.events)
  unit.standing = {
    as: 'start',
    depth: 0,
    reached: false,
    until: null,
    since: null,
    windows: [],
    leafEvents: null,
  }
  const found: Found = {
    known,
    units: [unit as FoundUnit],
    events: new Map<KnownEvent, boolean>(shown.map(e => [e, false])),
    backward: null,
    forward: null,
    horizon: until,
  }
  const cut = { limit: 'events' as const, unexpanded: [start], unexpandedTotal: 1 }
  return answerOf(found, start, direction, at, shown.length < events.length ? cut : null)
}
