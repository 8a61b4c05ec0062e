import type { KnownUnit } from './known.ts'
import type { KnownEvent } from './known-event.ts'
import type { Position } from './position.ts'
import type { Transformation } from './transformation.ts'
import type { Window } from './windows.ts'

/** By which rules a unit was reached, as bits; `REACHED_AS` names them. */
export const WAY = { start: 1, origin: 2, product: 4, lot: 8, item: 16, content: 32 } as const

/**
 * How a unit was reached in a lane. Units that share a life and were reached alike share one record, until something
 * sets one of them apart: `eachUnit` tells which are still meant.
 */
export interface Reached {
  readonly kind: 'reached'
  readonly lane: Lane
  /** the first of them */
  readonly unit: KnownUnit
  others: KnownUnit[] | null
  /** of another lane */
  next: Reached | null
  /** until (backward) or since (forward) */
  limit: Position
  depth: number
  ways: number
  expanded: boolean
  /** on the agenda */
  queued: boolean
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
  queued: boolean
}

/** Products without lot or serial, with the events that reached them. */
export interface Leaf {
  events: Set<KnownEvent>
  depth: number
}

/** What one kind of search has found; a forward trace has several that do not mix. */
export interface Lane {
  readonly name: 'backward' | 'forward' | 'possible' | 'recorded'
  /** in the order of finding; `reachedIn` finds that of a unit */
  reached: Reached[]
  readonly carriers: Map<KnownUnit, Carrier>
  readonly leaves: Map<KnownUnit, Leaf>
  readonly transformations: Set<Transformation>
}

export function newLane(name: Lane['name']): Lane {
  return { name, reached: [], carriers: new Map(), leaves: new Map(), transformations: new Set() }
}

/** The record of a unit in a lane, if it was reached there. */
export function reachedIn(lane: Lane, unit: KnownUnit): Reached | null {
  let found = unit.reached
  while (found && found.lane !== lane) found = found.next
  return found
}

/** The units that a record stands for. */
export function eachUnit(record: Reached, take: (unit: KnownUnit) => void): void {
  const { lane, unit, others } = record
  if (!others) {
    take(unit)
    return
  }
  if (reachedIn(lane, unit) === record) take(unit)
  for (const other of others) if (reachedIn(lane, other) === record) take(other)
}
