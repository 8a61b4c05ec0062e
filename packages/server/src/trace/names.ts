import type { KnownUnit } from './known.ts'
import type { KnownEvent } from './known-event.ts'

/**
 * Where the events learnt so far name which unit. One chain for each unit, in integers: a trace of 200,000 units has
 * twice as many namings, and an object for each would be most of its memory. A unit knows its first naming.
 */
export interface Names {
  readonly events: KnownEvent[]
  /** three to a naming: number of the event, index in its `named`, the next naming of the same unit (0: none) */
  chains: Int32Array
  /** namings so far; number 0 is nobody's */
  count: number
}

const FIELDS = 3

export function newNames(): Names {
  return { events: [], chains: new Int32Array(FIELDS * 256), count: 1 }
}

/** Takes in what an event names. */
export function learnNames(names: Names, event: KnownEvent): void {
  const { named } = event
  shareRoles(names.events.at(-1), event)
  const number = names.events.push(event) - 1
  makeRoom(names, named.length)
  const { chains } = names
  event.number = number
  event.repeats = false
  for (let i = 0; i < named.length; i++) {
    const unit = named[i] as KnownUnit
    const naming = names.count++
    const at = naming * FIELDS
    chains[at] = number
    chains[at + 1] = i
    const before = unit.naming
    if (before === 0) {
      unit.naming = naming
      continue
    }
    const head = before * FIELDS
    const latest = (chains[head + 2] as number) || before
    if (chains[latest * FIELDS] === number) event.repeats = true
    chains[at + 2] = chains[head + 2] as number
    chains[head + 2] = naming
  }
}

/** Neighbours mostly name their units in the same roles: one list for both. */
function shareRoles(before: KnownEvent | undefined, event: KnownEvent): void {
  const roles = before?.facts.roles
  if (!roles || roles.length !== event.facts.roles.length) return
  for (let i = 0; i < roles.length; i++) if (roles[i] !== event.facts.roles[i]) return
  event.facts.roles = roles
}

function makeRoom(names: Names, more: number): void {
  const needed = (names.count + more) * FIELDS
  if (needed <= names.chains.length) return
  const chains = new Int32Array(Math.max(needed, names.chains.length * 2))
  chains.set(names.chains)
  names.chains = chains
}

/** Calls `take` for every naming of a unit; those of one event come one after the other, but for the very first. */
export function eachNaming(names: Names, unit: KnownUnit, take: (event: KnownEvent, i: number) => void): void {
  const { chains } = names
  for (let n = unit.naming; n !== 0; n = chains[n * FIELDS + 2] as number)
    take(names.events[chains[n * FIELDS] as number] as KnownEvent, chains[n * FIELDS + 1] as number)
}
