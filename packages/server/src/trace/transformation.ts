import { EVENT_TYPE } from '@yuanliu/core'
import { isLoaded, type Known, type KnownUnit, unitOf } from './known.ts'
import type { KnownEvent } from './known-event.ts'
import { compare, type Position } from './position.ts'

/** The events by which one party turns inputs into outputs; one event where it bears no transformationID. */
export interface Transformation {
  /** by position */
  readonly events: readonly KnownEvent[]
  /** events of other reporters that use the same transformationID */
  readonly foreign: readonly KnownEvent[]
  /** limits and depths with which a walk has followed it already */
  readonly followed: Map<string, Mark[]>
}

export interface Mark {
  at: Position
  depth: number
}

/** The transformation that an event belongs to; null while its other events are missing. */
export function transformationOf(known: Known, event: KnownEvent, missing: Set<KnownUnit>): Transformation | null {
  const { transformationID, reporter, key } = event.facts
  const name = transformationID === null ? key : `${reporter} ${transformationID}`
  let found = known.transformations.get(name)
  if (found) return found
  if (transformationID === null) {
    found = { events: [event], foreign: [], followed: new Map() }
  } else {
    const unit = unitOf(known, `transformation/${transformationID}`)
    if (!isLoaded(unit, missing)) return null
    const all = unit.life.events.filter(
      e => e.facts.type === EVENT_TYPE.TransformationEvent && e.facts.transformationID === transformationID,
    )
    const own = all.filter(e => e.facts.reporter === reporter)
    found = { events: own, foreign: all.filter(e => e.facts.reporter !== reporter), followed: new Map() }
  }
  known.transformations.set(name, found)
  return found
}

/**
 * Notes that a walk follows the transformation with a limit and a depth. False if it has done so before with a limit
 * at least as wide and a depth no greater: then there is nothing new behind it.
 * @param wider negative if the first limit is wider than the second
 */
export function follow(
  transformation: Transformation,
  walk: string,
  mark: Mark,
  wider: (a: Position, b: Position) => number,
): boolean {
  const marks = transformation.followed.get(walk) ?? []
  if (marks.some(m => wider(m.at, mark.at) <= 0 && m.depth <= mark.depth)) return false
  transformation.followed.set(walk, [...marks.filter(m => !(wider(mark.at, m.at) <= 0 && mark.depth <= m.depth)), mark])
  return true
}

/** Widest is latest, for a walk back. */
export function laterFirst(a: Position, b: Position): number {
  return compare(b, a)
}
