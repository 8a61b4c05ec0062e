import { REACHED_AS, type ReachedAs } from '@yuanliu/core'
import { eventsOfBranches } from './branches.ts'
import type { ForwardLanes } from './forward.ts'
import type { Known, KnownUnit } from './known.ts'
import type { KnownEvent } from './known-event.ts'
import { eachUnit, type Lane, WAY } from './lane.ts'
import { compare, earlier, type Position } from './position.ts'
import type { Search } from './search.ts'
import { type Window, widest, withWindow } from './windows.ts'

/** What a unit is in the answer. Never changed: units of which the same is true share one. */
export interface Standing {
  readonly as: ReachedAs
  readonly depth: number
  /** reached by the rules, not only as a carrier or a product without lot */
  readonly reached: boolean
  /** limits with which it was reached, null where open or not reached in that direction */
  readonly until: Position | null
  readonly since: Position | null
  readonly windows: readonly Window[]
  /** events by which a product without lot or serial was reached */
  readonly leafEvents: ReadonlySet<KnownEvent> | null
}

/** A unit of the answer. */
export type FoundUnit = KnownUnit & { standing: Standing }

/** Everything that the walks found, before it is put into words. */
export interface Found {
  readonly known: Known
  readonly units: readonly FoundUnit[]
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
  const lanes = forward ? [forward.lanes.forward, forward.lanes.possible] : []
  const units: FoundUnit[] = []
  for (const lane of backward ? [backward.lane, ...lanes] : lanes) gather(units, lane)
  const events = backward ? eventsOfBranches(known, backward.lane) : new Map<KnownEvent, boolean>()
  for (const event of forward?.search.events ?? []) events.set(event, false)
  return { known, units, events, backward: backward?.lane ?? null, forward: forward?.lanes ?? null, horizon }
}

function gather(units: FoundUnit[], lane: Lane): void {
  const possible = lane.name === 'possible'
  const back = lane.name === 'backward'
  for (const record of lane.reached) {
    if (!record.expanded) continue
    const { depth, limit } = record
    const as = possible ? 'possible' : asOf(record.ways)
    // Most units stand nowhere before; those of one record then stand alike.
    const alike: Standing = {
      as,
      depth,
      reached: true,
      until: back ? limit : null,
      since: back ? null : limit,
      windows: NO_WINDOWS,
      leafEvents: null,
    }
    eachUnit(record, unit => {
      const before = unit.standing
      if (!before) place(units, unit, alike)
      else if (back) place(units, unit, { ...before, ...highest(before, as, depth), reached: true, until: limit })
      else {
        const since = before.since ? earlier(before.since, limit) : limit
        place(units, unit, { ...before, ...highest(before, as, depth), reached: true, since })
      }
    })
  }
  for (const { unit, expanded, depth, windows } of lane.carriers.values()) {
    if (!expanded && unit.level !== 'class') continue
    const before = unit.standing ?? nowhere(possible ? 'possible' : 'carrier', depth)
    let all = before.windows
    for (const window of windows) all = withWindow(all, window.from, window.to)
    place(units, unit, { ...before, ...highest(before, possible ? 'possible' : 'carrier', depth), windows: all })
  }
  for (const [unit, { depth, events }] of lane.leaves) {
    const before = unit.standing ?? nowhere(possible ? 'possible' : 'class', depth)
    const leafEvents = new Set([...(before.leafEvents ?? []), ...events])
    place(units, unit, { ...before, ...highest(before, possible ? 'possible' : 'class', depth), leafEvents })
  }
}

function place(units: FoundUnit[], unit: KnownUnit, standing: Standing): void {
  if (!unit.standing) units.push(unit as FoundUnit)
  unit.standing = standing
}

const NO_WINDOWS: readonly Window[] = []

function nowhere(as: ReachedAs, depth: number): Standing {
  return { as, depth, reached: false, until: null, since: null, windows: NO_WINDOWS, leafEvents: null }
}

/** The first that applies, and the least number of steps. */
function highest(before: Standing, as: ReachedAs, depth: number): Pick<Standing, 'as' | 'depth'> {
  const isHigher = REACHED_AS.indexOf(as) < REACHED_AS.indexOf(before.as)
  return { as: isHigher ? as : before.as, depth: Math.min(before.depth, depth) }
}

/** What the answer says of the limits of a unit; a unit reached in both directions has none. */
export function limitsOf({ reached, until, since, windows }: Standing): {
  from: Position | null
  until: Position | null
} {
  if (reached) {
    if (until && since) return { from: null, until: null }
    return { from: since, until }
  }
  const window = widest(windows)
  return { from: window?.from ?? null, until: window?.to ?? null }
}

/** Up to where the events of a unit count: for a unit that the walk forward reached, all that is known. */
export function horizonOf(found: Found, { since, until }: Standing): Position {
  if (since || !until) return found.horizon
  return compare(until, found.horizon) < 0 ? until : found.horizon
}
