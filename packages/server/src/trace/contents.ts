import { isLoaded, type Known, type KnownUnit, unitOf } from './known.ts'
import { CHILD, isAdd, unitsIn } from './known-event.ts'
import { type Containment, classContents, containmentsOf, covers } from './nesting.ts'
import { compare, later, type Position } from './position.ts'

/**
 * Everything that a unit ever contained, whichever way; null while children are missing. Sightings outside any
 * containment are left out.
 */
export function contentsOf(
  known: Known,
  parent: KnownUnit & { events: NonNullable<KnownUnit['events']> },
  missing: Set<KnownUnit>,
): readonly Containment[] | null {
  if (parent.contents) return parent.contents
  const children = new Set<KnownUnit>()
  for (const event of parent.events) {
    if (event.parent !== parent.key || !isAdd(event)) continue
    for (const key of unitsIn(event, CHILD)) children.add(unitOf(known, key))
  }
  const contents: Containment[] = []
  let complete = true
  let anyClass = false
  for (const child of children) {
    if (child.level === 'class') {
      anyClass = true
      continue
    }
    if (!isLoaded(child, missing)) {
      complete = false
      continue
    }
    const all = containmentsOf(known, child, missing)
    if (!all) complete = false
    else for (const c of all) if (c.parent === parent && !c.seen) contents.push(c)
  }
  if (!complete) return null
  if (anyClass) contents.push(...classContents(known, parent))
  parent.contents = contents
  return contents
}

/** Those that lie in it at a position. */
export function contentsAt(contents: readonly Containment[], at: Position): Containment[] {
  return contents.filter(c => covers(c, at))
}

/**
 * The last load before a position at which it holds nothing: every containment of the last unbroken stretch in which
 * it held something. Stretches that share an event are one.
 */
export function lastLoad(contents: readonly Containment[], at: Position): Containment[] {
  const before = contents.filter(c => c.close !== null && compare(c.close, at) < 0)
  before.sort((a, b) => compare(a.open, b.open))
  let load: Containment[] = []
  let end: Position | null = null
  for (const c of before) {
    if (end === null || compare(c.open, end) > 0) load = []
    load.push(c)
    end = end === null || load.length === 1 ? (c.close as Position) : later(end, c.close as Position)
  }
  return load
}
