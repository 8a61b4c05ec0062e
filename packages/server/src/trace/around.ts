import type { Found } from './found.ts'
import { type KnownUnit, unitOf } from './known.ts'
import type { Containment } from './nesting.ts'
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
    u => knownContainments(found.known, u).filter(c => !c.seen && found.units.has(c.parent.key)),
    c => c.parent,
  )
}

/** Containments of the units of an answer, by parent. */
export type Children = ReadonlyMap<KnownUnit, Containment[]>

export function childrenOf(found: Found): Children {
  const children = new Map<KnownUnit, Containment[]>()
  for (const unit of found.units.values()) {
    for (const c of knownContainments(found.known, unit.record)) {
      if (c.seen) continue
      const there = children.get(c.parent)
      if (there) there.push(c)
      else children.set(c.parent, [c])
    }
  }
  return children
}

/** Units of the answer that `unit` contained, at any depth. */
export function inside(found: Found, children: Children, key: string): Nest {
  return spread(
    unitOf(found.known, key),
    u => children.get(u) ?? [],
    c => c.child,
  )
}

function spread(
  start: KnownUnit,
  steps: (unit: KnownUnit) => readonly Containment[],
  next: (c: Containment) => KnownUnit,
): Nest {
  const nest = new Map<KnownUnit, readonly Window[]>()
  const agenda: { unit: KnownUnit; window: Window }[] = [{ unit: start, window: ALWAYS }]
  for (const { unit, window } of agenda) {
    for (const c of steps(unit)) {
      const shared = overlap({ from: c.open, to: c.close ?? END }, window)
      if (!shared) continue
      const other = next(c)
      const before = nest.get(other) ?? []
      const windows = withWindow(before, shared.from, shared.to)
      if (windows === before) continue
      nest.set(other, windows)
      agenda.push({ unit: other, window: shared })
    }
  }
  return nest
}
