import { holdsOf } from './holds.ts'
import { isLoaded, type Known, type KnownUnit, type LivedUnit } from './known.ts'
import { CHILD, isAdd, unitsIn } from './known-event.ts'
import { type Containment, type Content, classContents, containmentsOf, covers } from './nesting.ts'
import { compare, later, type Position } from './position.ts'

/**
 * Everything that a unit ever contained, whichever way; null while children are missing. Sightings outside any
 * containment are left out.
 */
export function contentsOf(known: Known, parent: LivedUnit, missing: Set<KnownUnit>): readonly Content[] | null {
  const holds = holdsOf(parent)
  if (holds.contents) return holds.contents
  const children = new Set<KnownUnit>()
  for (const event of parent.life.events) {
    if (event.parentUnit !== parent || !isAdd(event)) continue
    for (const child of unitsIn(event, CHILD)) children.add(child)
  }
  const contents: Content[] = []
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
    else for (const stay of all) if (stay.parent === parent && !stay.seen) contents.push({ child, stay })
  }
  if (!complete) return null
  if (anyClass) contents.push(...classContents(known, parent))
  holds.contents = contents
  return contents
}

/** Those that lie in it at a position. */
export function contentsAt(contents: readonly Content[], at: Position): Content[] {
  return contents.filter(c => covers(c.stay, at))
}

/**
 * The last load before a position at which it holds nothing: every containment of the last unbroken stretch in which
 * it held something. Stretches that share an event are one.
 */
export function lastLoad(contents: readonly Content[], at: Position): Content[] {
  const before = contents.filter(({ stay }) => stay.close !== null && compare(stay.close, at) < 0)
  before.sort((a, b) => compare(a.stay.open, b.stay.open))
  let load: Content[] = []
  let end: Position | null = null
  for (const content of before) {
    const { open, close } = content.stay as Containment & { close: Position }
    if (end === null || compare(open, end) > 0) load = []
    load.push(content)
    end = end === null || load.length === 1 ? close : later(end, close)
  }
  return load
}
