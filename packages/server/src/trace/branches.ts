import { contentsAt, lastLoad } from './contents.ts'
import { eventsOf, hasEvents, type Known } from './known.ts'
import { INPUT, type KnownEvent, unitsIn } from './known-event.ts'
import { type Lane, type Reached, WAY } from './lane.ts'
import { membershipOf } from './lots.ts'
import { atOrBefore, BEGINNING, compare } from './position.ts'
import { rideOf } from './ride.ts'

/** Events of a walk back; true: they belong to another branch of a lot. */
export function eventsOfBranches(known: Known, lane: Lane): Map<KnownEvent, boolean> {
  const events = new Map<KnownEvent, boolean>()
  const lots: Reached[] = []
  for (const reached of lane.reached) {
    if (!reached.expanded) continue
    // A lot that is the start has all its branches.
    if (reached.unit.level === 'lot' && !(reached.ways & WAY.start)) lots.push(reached)
    else for (const event of broughtBy(known, reached)) events.set(event, false)
  }
  for (const leaf of lane.leaves.values()) for (const event of leaf.events) events.set(event, false)
  const reasons = lots.length > 0 ? reasonsOf(known, lane) : new Map<string, Reasons>()
  for (const lot of lots) {
    const own = [...broughtBy(known, lot)].sort(compare)
    const belonging = branchOf(own, reasons.get(lot.unit.key) ?? { events: new Set(), places: new Set() })
    for (const event of own) events.set(event, !belonging.has(event) && events.get(event) !== false)
  }
  return events
}

/** What a reached unit brings into the trace: its own events and those of its carriers. */
function broughtBy(known: Known, { unit, limit }: Reached): Set<KnownEvent> {
  const events = new Set<KnownEvent>()
  for (const event of eventsOf(unit)) if (atOrBefore(event, limit)) events.add(event)
  rideOf(known, unit, { from: BEGINNING, to: limit }, events)
  return events
}

/** Why a lot is part of the trace: transformations that used it, and places where items or containers of it were. */
interface Reasons {
  events: Set<KnownEvent>
  places: Set<string>
}

function reasonsOf(known: Known, lane: Lane): Map<string, Reasons> {
  const reasons = new Map<string, Reasons>()
  const reasonsFor = (key: string) => {
    const found = reasons.get(key) ?? { events: new Set(), places: new Set() }
    reasons.set(key, found)
    return found
  }
  for (const transformation of lane.transformations) {
    const marks = transformation.followed.get(lane.name) ?? []
    for (const event of transformation.events) {
      if (!marks.some(m => atOrBefore(event, m.at))) continue
      for (const unit of unitsIn(event, INPUT)) if (unit.level === 'lot') reasonsFor(unit.key).events.add(event)
    }
  }
  for (const reached of lane.reached) {
    const lots = lotsLedTo(known, reached)
    if (lots.size === 0) continue
    const events = broughtBy(known, reached)
    for (const lot of lots)
      for (const event of events) for (const place of allPlaces(event)) reasonsFor(lot).places.add(place)
  }
  return reasons
}

/** Lots reached through an item or as contents of a container. */
function lotsLedTo(known: Known, reached: Reached): Set<string> {
  const lots = new Set<string>()
  const { unit, limit } = reached
  if (!hasEvents(unit)) return lots
  const membership = membershipOf(known, unit)
  if (membership && atOrBefore(membership.since, limit)) lots.add(membership.lot)
  for (const [at, last] of reached.loadsDone ?? []) {
    const contents = unit.holds?.contents ?? []
    const there = contentsAt(contents, at)
    for (const c of there.length > 0 || !last ? there : lastLoad(contents, at))
      if (c.child.level === 'lot') lots.add(c.child.key)
  }
  return lots
}

/**
 * Walks back over the events of a lot, latest first, and gathers those that can belong to the branch. `places` grows as
 * it goes: where an event belongs, its place and sources do, and what a receipt names as its destination.
 */
function branchOf(events: readonly KnownEvent[], reasons: Reasons): Set<KnownEvent> {
  const places = new Set(reasons.places)
  const belonging = new Set<KnownEvent>()
  for (let i = events.length - 1; i >= 0; i--) {
    const event = events[i] as KnownEvent
    if (!reasons.events.has(event) && !canBelong(event, places)) continue
    belonging.add(event)
    const { sources, destinations } = event.facts
    for (const place of placesOf(event)) places.add(place)
    for (let j = 1; j < sources.length; j += 2) places.add(sources[j] as string)
    if (event.meaning.gap !== 'receipt') continue
    for (let j = 1; j < destinations.length; j += 2) places.add(destinations[j] as string)
  }
  return belonging
}

function canBelong(event: KnownEvent, places: ReadonlySet<string>): boolean {
  if (places.size === 0) return true
  const own = placesOf(event)
  if (own.length === 0) return true
  const { destinations } = event.facts
  for (let j = 1; j < destinations.length; j += 2) if (places.has(destinations[j] as string)) return true
  // What was sent from a place of the branch to another branch is no part of this one.
  if (destinations.length > 0 && event.meaning.gap === 'shipment') return false
  return own.some(place => places.has(place))
}

function placesOf({ facts }: KnownEvent): string[] {
  return [facts.bizLocation, facts.readPoint].filter(place => place !== null)
}

function allPlaces(event: KnownEvent): string[] {
  const { sources, destinations } = event.facts
  const places = placesOf(event)
  for (let j = 1; j < sources.length; j += 2) places.push(sources[j] as string)
  for (let j = 1; j < destinations.length; j += 2) places.push(destinations[j] as string)
  return places
}
