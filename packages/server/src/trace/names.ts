import type { KnownEvent } from './known-event.ts'

/**
 * Where the events learnt so far name which unit. One chain for each unit, in integers: a trace of 200,000 units has
 * twice as many namings, and an object for each would be most of its memory.
 */
export interface Names {
  readonly events: KnownEvent[]
  /** unit key → its first naming */
  readonly first: Map<string, number>
  /** three to a naming: number of the event, index in its `units`, the next naming of the same unit (0: none) */
  chains: Int32Array
  /** namings so far; number 0 is nobody's */
  count: number
}

const FIELDS = 3

export function newNames(): Names {
  return { events: [], first: new Map(), chains: new Int32Array(FIELDS * 256), count: 1 }
}

/**
 * Takes in what an event names. Units named before come to bear the text that they were first named with: equal texts
 * are one in memory, and cheap to compare.
 */
export function learnNames(names: Names, event: KnownEvent): void {
  const { units } = event.facts
  const number = names.events.push(event) - 1
  makeRoom(names, units.length)
  const { chains, first } = names
  event.repeats = false
  for (let i = 0; i < units.length; i++) {
    const key = units[i] as string
    const naming = names.count++
    const at = naming * FIELDS
    chains[at] = number
    chains[at + 1] = i
    const before = first.get(key)
    if (before === undefined) {
      first.set(key, naming)
      continue
    }
    const head = before * FIELDS
    const latest = (chains[head + 2] as number) || before
    if (chains[latest * FIELDS] === number) event.repeats = true
    units[i] = names.events[chains[head] as number]?.facts.units[chains[head + 1] as number] as string
    chains[at + 2] = chains[head + 2] as number
    chains[head + 2] = naming
  }
}

function makeRoom(names: Names, more: number): void {
  const needed = (names.count + more) * FIELDS
  if (needed <= names.chains.length) return
  const chains = new Int32Array(Math.max(needed, names.chains.length * 2))
  chains.set(names.chains)
  names.chains = chains
}

/** Calls `take` for every naming of a unit; those of one event come one after the other, but for the very first. */
export function eachNaming(names: Names, key: string, take: (event: KnownEvent, i: number) => void): void {
  const { chains } = names
  for (let n = names.first.get(key) ?? 0; n !== 0; n = chains[n * FIELDS + 2] as number)
    take(names.events[chains[n * FIELDS] as number] as KnownEvent, chains[n * FIELDS + 1] as number)
}
