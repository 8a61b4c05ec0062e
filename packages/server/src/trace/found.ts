import { REACHED_AS, type ReachedAs } from '@yuanliu/core'
import { eventsOfBranches } from './branches.ts'
import type { ForwardLanes } from './forward.ts'
import type { Known, KnownUnit } from './known.ts'
import type { KnownEvent } from './known-event.ts'
import { compare, earlier, type Position } from './position.ts'
import { type Lane, type Search, WAY } from './search.ts'
import { type Window, widest, withWindow } from './windows.ts'

/** A unit of the answer. */
export interface FoundUnit {
  readonly key: string
  readonly record: KnownUnit
  as: ReachedAs
  depth: number
  /** reached by the rules, not only as a carrier or a product without lot */
  reached: boolean
  /** limits with which it was reached, null where open or not reached in that direction */
  until: Position | null
  since: Position | null
  windows: readonly Window[]
  /** events by which a product without lot or serial was reached */
  leafEvents: Set<KnownEvent> | null
}

/** Everything that the walks found, before it is put into words. */
export interface Found {
  readonly known: Known
  readonly units: Map<string, FoundUnit>
  /** events of the trace; true: elsewhere */
  readonly events: Map<KnownEvent, boolean>
  readonly backward: Lane | null
  readonly forward: ForwardLanes | null
  /** nothing after it counts as known */
  readonly horizon: Position
}

const AS: readonly [number, ReachedAs][] = [
  [WAY.start, 'start'],
  [WAY.origin, 'origin'],
  [WAY.product, 'product'],
  [WAY.lot, 'lot'],
  [WAY.item, 'item'],
  [WAY.content, 'content'],
]

function asOf(ways: number): ReachedAs {
  return AS.find(([bit]) => ways & bit)?.[1] ?? 'possible'
}

/** Puts the walks of one start together. */
export function find(
  known: Known,
  backward: { search: Search; lane: Lane } | null,
  forward: { search: Search; lanes: ForwardLanes } | null,
  horizon: Position,
): Found {
  const units = new Map<string, FoundUnit>()
  const lanes = forward ? [forward.lanes.forward, forward.lanes.possible] : []
  for (const lane of backward ? [backward.lane, ...lanes] : lanes) gather(units, lane)
  const events = backward ? eventsOfBranches(known, backward.lane) : new Map<KnownEvent, boolean>()
  for (const event of forward?.search.events ?? []) events.set(event, false)
  return { known, units, events, backward: backward?.lane ?? null, forward: forward?.lanes ?? null, horizon }
}

function gather(units: Map<string, FoundUnit>, lane: Lane): void {
  const possible = lane.name === 'possible'
  for (const r of lane.reached.values()) {
    if (!r.expanded) continue
    const unit = add(units, r.unit, possible ? 'possible' : asOf(r.ways), r.depth)
    unit.reached = true
    if (lane.name === 'backward') unit.until = r.limit
    else unit.since = unit.since ? earlier(unit.since, r.limit) : r.limit
  }
  for (const c of lane.carriers.values()) {
    if (!c.expanded && c.unit.level !== 'class') continue
    const unit = add(units, c.unit, possible ? 'possible' : 'carrier', c.depth)
    for (const window of c.windows) unit.windows = withWindow(unit.windows, window.from, window.to)
  }
  for (const [record, leaf] of lane.leaves) {
    const unit = add(units, record, possible ? 'possible' : 'class', leaf.depth)
    unit.leafEvents ??= new Set()
    for (const event of leaf.events) unit.leafEvents.add(event)
  }
}

const NO_WINDOWS: readonly Window[] = []

function add(units: Map<string, FoundUnit>, record: KnownUnit, as: ReachedAs, depth: number): FoundUnit {
  const { key } = record
  const found = units.get(key)
  if (!found) {
    const unit: FoundUnit = {
      key,
      record,
      as,
      depth,
      reached: false,
      until: null,
      since: null,
      windows: NO_WINDOWS,
      leafEvents: null,
    }
    units.set(key, unit)
    return unit
  }
  if (REACHED_AS.indexOf(as) < REACHED_AS.indexOf(found.as)) found.as = as
  found.depth = Math.min(found.depth, depth)
  return found
}

/** What the answer says of the limits of a unit; a unit reached in both directions has none. */
export function limitsOf(unit: FoundUnit): { from: Position | null; until: Position | null } {
  if (unit.reached) {
    if (unit.until && unit.since) return { from: null, until: null }
    return { from: unit.since, until: unit.until }
  }
  const window = widest(unit.windows)
  return { from: window?.from ?? null, until: window?.to ?? null }
}

/** Up to where the events of a unit count: for a unit that the walk forward reached, all that is known. */
export function horizonOf(found: Found, unit: FoundUnit): Position {
  if (unit.since || !unit.until) return found.horizon
  return compare(unit.until, found.horizon) < 0 ? unit.until : found.horizon
}
