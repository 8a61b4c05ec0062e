import { contentsAt, contentsOf, lastLoad } from './contents.ts'
import { eventsOf, isLoaded, isParent, type LivedUnit, unitOf } from './known.ts'
import { INPUT, type KnownEvent, OUTPUT, SUBJECT, unitsIn } from './known-event.ts'
import { type Carrier, type Lane, newLane, type Reached, WAY } from './lane.ts'
import type { Life } from './life.ts'
import { membershipOf } from './lots.ts'
import { containmentsOf } from './nesting.ts'
import { afterUntil, atOrBefore, compare, END, firstFrom, type Position } from './position.ts'
import { carry, type Reach, reach } from './reach.ts'
import { enqueue, run, type Search } from './search.ts'
import { follow, laterFirst, transformationOf } from './transformation.ts'
import { overlap } from './windows.ts'

/** Where a unit comes from: searches back from `start` until a position. */
export async function walkBack(search: Search, start: string, until: Position): Promise<Lane> {
  const lane = newLane('backward')
  const first = reach(
    search,
    lane,
    { unit: unitOf(search.known, start), limit: until, depth: 0, way: WAY.start, event: NO_EVENT },
    laterFirst,
  )
  if (first) addLoad(search, first, until, true)
  await run(search, task => (task.kind === 'reached' ? expandReached(search, task) : expandCarrier(search, task)))
  return lane
}

// The start is reached by no event; classes as starts never come here.
const NO_EVENT = {} as KnownEvent

function reachBack(search: Search, lane: Lane, to: Reach): void {
  const reached = reach(search, lane, to, laterFirst)
  if (reached) addLoad(search, reached, to.limit, to.way === WAY.origin)
}

/** Notes that the contents at a limit are to be followed, if it can hold anything. */
function addLoad(search: Search, reached: Reached, limit: Position, last: boolean): void {
  if (reached.unit.life && !isParent(reached.unit)) return
  const done = reached.loadsDone?.get(limit)
  if (done !== undefined && (done || !last)) return
  reached.loads ??= new Map()
  if (!reached.loads.get(limit)) reached.loads.set(limit, last)
  if (reached.expanded) enqueue(search, reached)
}

function expandReached(search: Search, task: Reached): boolean {
  const { unit, lane, limit } = task
  if (!isLoaded(unit, search.missing)) return false
  const { events } = unit.life
  const end = afterUntil(events, limit)
  for (let i = 0; i < end; i++) search.events.add(events[i] as KnownEvent)
  let complete = true
  if (task.depth < search.depth) {
    complete = followOrigins(search, task, unit.life, end)
    const membership = membershipOf(search.known, unit)
    if (membership && atOrBefore(membership.since, limit)) {
      const { lot, since } = membership
      reachBack(search, lane, {
        unit: unitOf(search.known, lot),
        limit,
        depth: task.depth + 1,
        way: WAY.lot,
        event: since,
      })
    }
  }
  const containments = containmentsOf(search.known, unit, search.missing)
  for (const c of containments ?? []) {
    const window = overlap({ from: c.open, to: c.close ?? END }, { from: c.open, to: limit })
    if (window) carry(search, lane, c.parent, window.from, window.to, task.depth)
  }
  return followContents(search, task, unit) && containments !== null && complete
}

function followOrigins(search: Search, task: Reached, { events, parts }: Life, end: number): boolean {
  let complete = true
  for (let i = 0; i < end; i++) {
    const at = events[i] as KnownEvent
    if (!((parts[i] as number) & OUTPUT)) continue
    const transformation = transformationOf(search.known, at, search.missing)
    if (!transformation) {
      complete = false
      continue
    }
    task.lane.transformations.add(transformation)
    if (!follow(transformation, task.lane.name, { at, depth: task.depth }, laterFirst)) continue
    for (const event of transformation.events) {
      if (compare(event, at) > 0) break
      for (const unit of unitsIn(event, INPUT))
        reachBack(search, task.lane, {
          unit,
          limit: event,
          depth: task.depth + 1,
          way: WAY.origin,
          event,
        })
    }
  }
  return complete
}

function followContents(search: Search, task: Reached, unit: LivedUnit): boolean {
  if (!task.loads) return true
  if (!isParent(unit)) {
    task.loads = null
    return true
  }
  const contents = contentsOf(search.known, unit, search.missing)
  if (!contents) return false
  const { loads, lane, depth } = task
  task.loads = null
  for (const [limit, last] of loads) {
    task.loadsDone ??= new Map()
    task.loadsDone.set(limit, last)
    const there = contentsAt(contents, limit)
    for (const { child, stay } of there)
      reachBack(search, lane, { unit: child, limit, depth, way: WAY.content, event: stay.open })
    if (there.length > 0 || !last) continue
    for (const { child, stay } of lastLoad(contents, limit)) {
      const close = stay.close as KnownEvent
      reachBack(search, lane, { unit: child, limit: close, depth, way: WAY.content, event: stay.open })
    }
  }
  return true
}

function expandCarrier(search: Search, task: Carrier): boolean {
  const containments = containmentsOf(search.known, task.unit, search.missing)
  const events = eventsOf(task.unit)
  for (const window of task.windows) {
    for (let i = firstFrom(events, window.from); i < events.length; i++) {
      const event = events[i] as KnownEvent
      if (compare(event, window.to) > 0) break
      if ((task.unit.life?.parts[i] ?? 0) & SUBJECT) search.events.add(event)
    }
    for (const c of containments ?? []) {
      const shared = c.seen ? null : overlap({ from: c.open, to: c.close ?? END }, window)
      if (shared) carry(search, task.lane, c.parent, shared.from, shared.to, task.depth)
    }
  }
  return containments !== null
}

/** Whether the depth limit kept a unit from leading further. */
export function leadsBack(search: Search, { unit, limit }: Reached): boolean {
  if (!isLoaded(unit, search.missing)) return false
  const membership = membershipOf(search.known, unit)
  if (membership && atOrBefore(membership.since, limit)) return true
  const { events, parts } = unit.life
  return events.some((e, i) => atOrBefore(e, limit) && (parts[i] as number) & OUTPUT)
}
