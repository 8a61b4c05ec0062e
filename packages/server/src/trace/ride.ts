import { eventsOf, type Known, type KnownUnit } from './known.ts'
import { type KnownEvent, partsOf, SUBJECT } from './known-event.ts'
import { type Containment, containmentsOf } from './nesting.ts'
import { compare, END, firstFrom } from './position.ts'
import { holds, overlap, type Window, withWindow } from './windows.ts'

/** What carried a unit, at any height, over which windows. */
export type Ride = Map<KnownUnit, readonly Window[]>

/** Containments of a unit as far as what was loaded decides them. */
export function knownContainments(known: Known, unit: KnownUnit): readonly Containment[] {
  // Nearly always it is all there.
  const nesting = unit.life?.nesting
  if (nesting && nesting.cursor === unit.life?.events.length) return nesting.all
  return containmentsOf(known, unit, new Set()) ?? []
}

/** Carriers of a unit over a window, with the events of the trace that come with them: see rule 2 of both walks. */
export function rideOf(known: Known, unit: KnownUnit, window: Window, events: Set<KnownEvent>): Ride {
  const ride: Ride = new Map()
  for (const c of knownContainments(known, unit)) climb(known, c, window, ride, events)
  return ride
}

function climb(known: Known, c: Containment, window: Window, ride: Ride, events: Set<KnownEvent>): void {
  const shared = overlap({ from: c.open, to: c.close ?? END }, window)
  if (!shared) return
  if (holds([window], c.open)) events.add(c.open)
  if (c.close && holds([window], c.close)) events.add(c.close)
  const before = ride.get(c.parent) ?? []
  const windows = withWindow(before, shared.from, shared.to)
  if (windows === before) return
  ride.set(c.parent, windows)
  for (const event of eventsIn(c.parent, shared)) if (partsOf(event, c.parent) & SUBJECT) events.add(event)
  for (const above of knownContainments(known, c.parent)) if (!above.seen) climb(known, above, shared, ride, events)
}

/** Events that mention a unit within a window. */
export function* eventsIn(unit: KnownUnit, window: Window): Generator<KnownEvent> {
  const events = eventsOf(unit)
  for (let i = firstFrom(events, window.from); i < events.length; i++) {
    const event = events[i] as KnownEvent
    if (compare(event, window.to) > 0) return
    yield event
  }
}
