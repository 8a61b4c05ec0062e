import type { Found } from './found.ts'
import { isParent, type KnownUnit } from './known.ts'
import type { Containment, Content } from './nesting.ts'
import { BEGINNING, END } from './position.ts'
import { knownContainments } from './ride.ts'
import { overlap, type Window, withWindow } from './windows.ts'

/** Units of the answer with the windows in which they were around or inside another. */
export type Nest = ReadonlyMap<KnownUnit, readonly Window[]>

const ALWAYS: Window = { from: BEGINNING, to: END }

/** Units of the answer that contained `unit`, at any height. */
export function around(found: Found, unit: KnownUnit): Nest {
  return spread(
    unit,
    u => knownContainments(found.known, u).filter(c => !c.seen && c.parent.standing !== null),
    c => c,
    c => c.parent,
  )
}

/** Containments of the units of an answer, by parent. */
export type Children = ReadonlyMap<KnownUnit, Content[]>

/** Those of units that were shipped or received themselves, or contained something: of others there is nothing to ask. */
export function childrenOf(found: Found): Children {
  const children = new Map<KnownUnit, Content[]>()
  for (const child of found.units) {
    if (!child.life?.isShipped && !isParent(child)) continue
    for (const stay of knownContainments(found.known, child)) {
      if (stay.seen) continue
      const there = children.get(stay.parent)
      if (there) there.push({ child, stay })
      else children.set(stay.parent, [{ child, stay }])
    }
  }
  return children
}

/** Units of the answer that `unit` contained, at any depth, as far as `childrenOf` tells. */
export function inside(children: Children, unit: KnownUnit): Nest {
  return spread(
    unit,
    u => children.get(u) ?? [],
    content => content.stay,
    content => content.child,
  )
}

function spread<Step>(
  start: KnownUnit,
  steps: (unit: KnownUnit) => readonly Step[],
  stayOf: (step: Step) => Containment,
  next: (step: Step) => KnownUnit,
): Nest {
  const nest = new Map<KnownUnit, readonly Window[]>()
  const agenda: { unit: KnownUnit; window: Window }[] = [{ unit: start, window: ALWAYS }]
  for (const { unit, window } of agenda) {
    for (const step of steps(unit)) {
      const c = stayOf(step)
      const shared = overlap({ from: c.open, to: c.close ?? END }, window)
      if (!shared) continue
      const other = next(step)
      const before = nest.get(other) ?? []
      const windows = withWindow(before, shared.from, shared.to)
      if (windows === before) continue
      nest.set(other, windows)
      agenda.push({ unit: other, window: shared })
    }
  }
  return nest
}
