import type { Holds, KnownUnit } from './known.ts'

/** What a unit leads to, to be filled in. */
export function holdsOf(unit: KnownUnit): Holds {
  unit.holds ??= { items: null, pointers: [], contents: null }
  return unit.holds
}
