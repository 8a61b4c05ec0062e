import type { TraceCut } from '@yuanliu/core'
import { byKey, byUnitKey, type Known, type KnownUnit, load } from './known.ts'
import type { KnownEvent } from './known-event.ts'
import type { Position } from './position.ts'
import type { Transformation } from './transformation.ts'
import { type Window, withWindow } from './windows.ts'

/** By which rules a unit was reached, as bits; `REACHED_AS` names them. */
export const WAY = { start: 1, origin: 2, product: 4, lot: 8, item: 16, content: 32 } as const

export interface Reached {
  readonly kind: 'reached'
  readonly lane: Lane
  readonly unit: KnownUnit
  /** until (backward) or since (forward) */
  limit: Position
  depth: number
  ways: number
  expanded: boolean
  /** backward: limits whose contents are still to be followed; true: with the last load. Null: it never holds anything. */
  loads: Map<Position, boolean> | null
  loadsDone: Map<Position, boolean> | null
}

export interface Carrier {
  readonly kind: 'carrier'
  readonly lane: Lane
  readonly unit: KnownUnit
  windows: readonly Window[]
  depth: number
  expanded: boolean
}

/** Products without lot or serial, with the events that reached them. */
export interface Leaf {
  events: Set<KnownEvent>
  depth: number
}

/** What one kind of search has found; a forward trace has several that do not mix. */
export interface Lane {
  readonly name: 'backward' | 'forward' | 'possible' | 'recorded'
  readonly reached: Map<KnownUnit, Reached>
  readonly carriers: Map<KnownUnit, Carrier>
  readonly leaves: Map<KnownUnit, Leaf>
  readonly transformations: Set<Transformation>
}

export interface Budget {
  units: number
  events: number
  /** milliseconds */
  ms: number
}

export interface Search {
  readonly known: Known
  readonly budget: Budget
  /** steps by the origin, product and lot rules */
  readonly depth: number
  readonly startedAt: number
  /** counted against the budget */
  readonly units: Set<KnownUnit>
  readonly events: Set<KnownEvent>
  /** asked for in the next batch */
  readonly missing: Set<KnownUnit>
  agenda: Set<Reached | Carrier>
  proposed: (Reached | Carrier)[]
  cut: { limit: TraceCut['limit']; keys: Set<string> } | null
}

export function newLane(name: Lane['name']): Lane {
  return { name, reached: new Map(), carriers: new Map(), leaves: new Map(), transformations: new Set() }
}

export function newSearch(known: Known, budget: Budget, depth: number, startedAt: number): Search {
  return {
    known,
    budget,
    depth,
    startedAt,
    units: new Set(),
    events: new Set(),
    missing: new Set(),
    agenda: new Set(),
    proposed: [],
    cut: null,
  }
}

/**
 * Searches breadth first. A round expands what the round before reached, in key order, and ends with one batch for
 * whatever is missing. `expand` returns false if it could not finish for want of a unit that it named in `missing`;
 * it is called again then, so it must not mind being repeated.
 */
export async function run(search: Search, expand: (task: Reached | Carrier) => boolean): Promise<void> {
  const expired = () => performance.now() - search.startedAt > search.budget.ms
  admit(search)
  await loadNext(search, expired)
  while (search.agenda.size > 0) {
    const tasks = [...search.agenda].sort((a, b) => byKey(a.unit.key, b.unit.key) || byKey(a.lane.name, b.lane.name))
    search.agenda = new Set()
    for (let i = 0; i < tasks.length; i++) {
      if (i % 256 === 0 && expired()) return cutOff(search, 'time', tasks.slice(i))
      const task = tasks[i] as Reached | Carrier
      if (task.unit.events === null) search.agenda.add(task)
      else if (!task.expanded && search.events.size >= search.budget.events) cutOff(search, 'events', [task])
      else {
        task.expanded = true
        if (!expand(task)) search.agenda.add(task)
      }
    }
    admit(search)
    if (!(await loadNext(search, expired))) return cutOff(search, 'time', [...search.agenda])
  }
}

async function loadNext(search: Search, expired: () => boolean): Promise<boolean> {
  for (const task of search.agenda) if (task.unit.events === null) search.missing.add(task.unit)
  const complete = await load(search.known, search.missing, expired)
  search.missing.clear()
  return complete
}

/** Lets the units that a round reached into the search, in key order, as far as the budget goes. */
function admit(search: Search): void {
  const { proposed, units, budget } = search
  search.proposed = []
  proposed.sort((a, b) => byUnitKey(a.unit, b.unit))
  for (const task of proposed) {
    const { unit } = task
    // A lot that only stands for its items is no part of the answer.
    if (task.lane.name === 'recorded' || units.has(unit) || units.size < budget.units) {
      if (task.lane.name !== 'recorded') units.add(unit)
      if (unit.level !== 'class') search.agenda.add(task)
    } else {
      cutOff(search, 'units', [task])
      forget(task)
    }
  }
}

/** The search stops here for these; the first limit that is met names the cut. */
function cutOff(search: Search, limit: TraceCut['limit'], tasks: readonly (Reached | Carrier)[]): void {
  search.cut ??= { limit, keys: new Set() }
  for (const task of tasks) search.cut.keys.add(task.unit.key)
}

function forget(task: Reached | Carrier): void {
  if (task.kind === 'reached') task.lane.reached.delete(task.unit)
  else task.lane.carriers.delete(task.unit)
}

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
  const found = lane.reached.get(unit)
  if (found) {
    found.ways |= way
    const isWider = wider(limit, found.limit) < 0
    if (isWider) found.limit = limit
    if (isWider || depth < found.depth) {
      if (depth < found.depth) followLoadsAgain(found)
      found.depth = Math.min(depth, found.depth)
      search.agenda.add(found)
    }
    return found
  }
  if (unit.level === 'class') {
    addLeaf(search, lane, unit, depth, event)
    return null
  }
  const reached: Reached = {
    kind: 'reached',
    lane,
    unit,
    limit,
    depth,
    ways: way,
    expanded: false,
    loads: null,
    loadsDone: null,
  }
  lane.reached.set(unit, reached)
  search.proposed.push(reached)
  return reached
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
    if (!search.units.has(unit) && search.units.size >= search.budget.units) {
      search.cut ??= { limit: 'units', keys: new Set() }
      search.cut.keys.add(unit.key)
      return
    }
    search.units.add(unit)
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
    const carrier: Carrier = { kind: 'carrier', lane, unit, windows: [{ from, to }], depth, expanded: false }
    lane.carriers.set(unit, carrier)
    search.proposed.push(carrier)
    return
  }
  const windows = withWindow(found.windows, from, to)
  if (windows === found.windows && depth >= found.depth) return
  found.windows = windows
  found.depth = Math.min(found.depth, depth)
  if (unit.level !== 'class') search.agenda.add(found)
}

/** What the cut says: the units reached but not expanded, at most 1,000 of them named. */
export function cutOf(search: Search): TraceCut | null {
  if (!search.cut) return null
  const keys = [...search.cut.keys].sort(byKey)
  return { limit: search.cut.limit, unexpanded: keys.slice(0, 1000), unexpandedTotal: keys.length }
}
