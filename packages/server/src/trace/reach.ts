import type { KnownUnit } from './known.ts'
import type { KnownEvent } from './known-event.ts'
import { type Carrier, type Lane, type Reached, reachedIn } from './lane.ts'
import type { Position } from './position.ts'
import { count, enqueue, type Search, setApart } from './search.ts'
import { withWindow } from './windows.ts'

/** Where a reach comes from and how far it goes. */
export interface Reach {
  unit: KnownUnit
  limit: Position
  depth: number
  way: number
  /** the event that leads there */
  event: KnownEvent
}

/**
 * Reaches a unit in a lane, or widens the limit with which it was reached before.
 * @param wider negative if the first limit is wider than the second
 */
export function reach(
  search: Search,
  lane: Lane,
  { unit, limit, depth, way, event }: Reach,
  wider: (a: Position, b: Position) => number,
): Reached | null {
  let found = reachedIn(lane, unit)
  if (found) {
    const isWider = wider(limit, found.limit) < 0
    const isNearer = depth < found.depth
    if (found.others && (isWider || isNearer || !(found.ways & way))) found = setApart(search, lane, unit)
    found.ways |= way
    if (isWider) found.limit = limit
    if (isWider || isNearer) {
      if (isNearer) followLoadsAgain(found)
      found.depth = Math.min(depth, found.depth)
      enqueue(search, found)
    }
    return found
  }
  if (unit.level === 'class') {
    addLeaf(search, lane, unit, depth, event)
    return null
  }
  const { life } = unit
  const alike = life?.isShared ? search.open.get(life) : undefined
  if (alike && isAlike(alike, lane, unit, limit, depth, way)) {
    alike.others ??= []
    alike.others.push(unit)
    unit.reached = alike
    return alike
  }
  const reached: Reached = {
    kind: 'reached',
    lane,
    unit,
    others: null,
    next: unit.reached,
    limit,
    depth,
    ways: way,
    expanded: false,
    queued: false,
    loads: null,
    loadsDone: null,
  }
  unit.reached = reached
  lane.reached.push(reached)
  search.proposed.push(reached)
  if (life?.isShared) search.open.set(life, reached)
  return reached
}

/** Whether a record of this round says of a unit that shares the life just what is to be said. */
function isAlike(record: Reached, lane: Lane, unit: KnownUnit, limit: Position, depth: number, way: number): boolean {
  return (
    record.lane === lane &&
    record.limit === limit &&
    record.depth === depth &&
    record.ways === way &&
    record.next === unit.reached &&
    !record.queued
  )
}

/** Contents already followed bear the old depth. */
function followLoadsAgain(reached: Reached): void {
  if (!reached.loadsDone) return
  reached.loads = new Map([...reached.loadsDone, ...(reached.loads ?? [])])
  reached.loadsDone = null
}

function addLeaf(search: Search, lane: Lane, unit: KnownUnit, depth: number, event: KnownEvent): void {
  const leaf = lane.leaves.get(unit)
  if (!leaf) {
    if (!count(search, unit)) {
      search.cut ??= { limit: 'units', keys: new Set() }
      search.cut.keys.add(unit.key)
      return
    }
    lane.leaves.set(unit, { events: new Set([event]), depth })
  } else {
    leaf.events.add(event)
    leaf.depth = Math.min(leaf.depth, depth)
  }
  search.events.add(event)
}

/** A unit was in `unit` over a window. */
export function carry(search: Search, lane: Lane, unit: KnownUnit, from: Position, to: Position, depth: number): void {
  const found = lane.carriers.get(unit)
  if (!found) {
    const carrier: Carrier = {
      kind: 'carrier',
      lane,
      unit,
      windows: [{ from, to }],
      depth,
      expanded: false,
      queued: false,
    }
    lane.carriers.set(unit, carrier)
    search.proposed.push(carrier)
    return
  }
  const windows = withWindow(found.windows, from, to)
  if (windows === found.windows && depth >= found.depth) return
  found.windows = windows
  found.depth = Math.min(found.depth, depth)
  if (unit.level !== 'class') enqueue(search, found)
}
