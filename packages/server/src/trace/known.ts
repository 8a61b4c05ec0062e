import { EVENT_TYPE, type UnitLevel } from '@yuanliu/core'
import type { Standing } from './found.ts'
import { isEffective, type KnownEvent, knownEvent, PARENT } from './known-event.ts'
import type { Reached } from './lane.ts'
import { type Life, type Lives, newLives, settle } from './life.ts'
import { eachNaming, learnNames, type Names, newNames } from './names.ts'
import type { Content } from './nesting.ts'
import { meaningOf, type TraceProfile } from './profile.ts'
import type { Loaded, StoredEvent, TraceSource } from './source.ts'
import type { Transformation } from './transformation.ts'

/** What the trace needs to know of codes. */
export interface TraceCodes {
  levelOf(key: string): UnitLevel
  codeOf(key: string): string
  /** product class of an item or lot, null where there is none */
  classKey(key: string): string | null
}

/**
 * A unit as far as it has been asked for. A large trace has hundreds of thousands: what many have in common stands in
 * their `life`, what few have in `holds`.
 */
export interface KnownUnit {
  readonly key: string
  readonly level: UnitLevel
  /** its first naming among the `Names`, 0 for none */
  naming: number
  /** what happened to it; null until it was loaded */
  life: Life | null
  /** what it leads to, if it is a lot or a container; null until looked for */
  holds: Holds | null
  /** how the walks reached it, a record for each lane */
  reached: Reached | null
  /** the searches that counted it against their budget, as bits */
  counted: number
  /** its place in the answer; null while, or where, it has none */
  standing: Standing | null
}

/** What a unit leads to. */
export interface Holds {
  /** lots: items that it may have; null until looked for */
  items: readonly KnownUnit[] | null
  /** lots: effective events that do not mention the lot but name items of it */
  pointers: readonly KnownEvent[]
  /** everything it ever contained; null until evaluated */
  contents: readonly Content[] | null
}

/** Everything that one trace has learnt from its source. */
export interface Known {
  readonly codes: TraceCodes
  readonly profile: TraceProfile
  readonly source: TraceSource
  /** keys of all events that the source has given */
  readonly stored: Set<string>
  /** what the effective ones name */
  readonly names: Names
  readonly units: Map<string, KnownUnit>
  readonly lives: Lives
  readonly transformations: Map<string, Transformation>
  /** calls of the source so far */
  loads: number
}

/** Units asked for in one call of the source. */
const CHUNK = 1000
/** Calls on their way: while the one is taken in, the database answers the others. */
const AT_ONCE = 2

export function newKnown(source: TraceSource, codes: TraceCodes, profile: TraceProfile): Known {
  return {
    source,
    codes,
    profile,
    stored: new Set(),
    names: newNames(),
    units: new Map(),
    lives: newLives(),
    transformations: new Map(),
    loads: 0,
  }
}

/** The record of a unit, loaded or not. */
export function unitOf(known: Known, key: string): KnownUnit {
  let unit = known.units.get(key)
  if (!unit) {
    unit = {
      key,
      level: known.codes.levelOf(key),
      naming: 0,
      life: null,
      holds: null,
      reached: null,
      counted: 0,
      standing: null,
    }
    known.units.set(key, unit)
  }
  return unit
}

/**
 * Loads the units not loaded yet, in key order, 1,000 a call, further calls on their way while what one brought is taken
 * in. Stops between calls once `expired` says so.
 * @param ahead levels of what they came from that may come with them
 * @returns false if it stopped early
 */
export async function load(
  known: Known,
  units: Iterable<KnownUnit>,
  expired: () => boolean,
  ahead = 0,
): Promise<boolean> {
  const wanted: KnownUnit[] = []
  for (const unit of units) if (!unit.life) wanted.push(unit)
  if (wanted.length === 0) return true
  wanted.sort(byUnitKey)
  const calls: { chunk: KnownUnit[]; asked: Promise<Loaded> }[] = []
  let next = 0
  function askMore(): void {
    while (next < wanted.length && calls.length < AT_ONCE && (next === 0 || !expired())) {
      const chunk = wanted.slice(next, next + CHUNK)
      next += CHUNK
      const asked = ask(known, chunk, wanted.length > CHUNK ? 0 : ahead)
      // If taking in fails, nobody waits for it any more.
      asked.catch(() => {})
      calls.push({ chunk, asked })
    }
  }
  askMore()
  for (let call = calls[0]; ; call = calls[0]) {
    if (!call) return next >= wanted.length
    const { events, also } = await call.asked
    calls.shift()
    askMore()
    learn(known, events)
    for (const unit of call.chunk) settle(known, unit)
    for (const key of also) {
      const unit = unitOf(known, key)
      if (!unit.life) settle(known, unit)
    }
  }
}

/** The order of keys: by code unit, the same on every machine. */
export function byKey(a: string, b: string): number {
  return a < b ? -1 : a === b ? 0 : 1
}

export function byUnitKey(a: KnownUnit, b: KnownUnit): number {
  return byKey(a.key, b.key)
}

/** Asks the source for what is not known yet of the units. */
function ask(known: Known, units: readonly KnownUnit[], ahead: number): Promise<Loaded> {
  const there = new Set<KnownEvent>()
  for (const unit of units) eachNaming(known.names, unit, event => there.add(event))
  known.loads++
  return known.source.load(
    units.map(unit => unit.key),
    Array.from(there, event => event.facts.key),
    ahead,
  )
}

function learn(known: Known, events: readonly StoredEvent[]): void {
  for (const stored of events) {
    if (known.stored.has(stored.key)) continue
    known.stored.add(stored.key)
    if (!isEffective(stored)) continue
    const meaning = meaningOf(known.profile, stored.bizStep, stored.disposition)
    const { units, ...facts } = stored
    const named: KnownUnit[] = new Array(units.length)
    for (let i = 0; i < named.length; i++) named[i] = unitOf(known, units[i] as string)
    learnNames(known.names, knownEvent(facts, named, meaning))
  }
}

/** A unit that was loaded. */
export type LivedUnit = KnownUnit & { life: Life }

/** Whether the unit is loaded; if not, it is asked for with the next batch. */
export function isLoaded(unit: KnownUnit, missing: Set<KnownUnit>): unit is LivedUnit {
  if (unit.life) return true
  missing.add(unit)
  return false
}

/** Whether the unit was loaded. */
export function hasEvents(unit: KnownUnit): unit is LivedUnit {
  return unit.life !== null
}

const NOTHING: readonly KnownEvent[] = []

/** Effective events that mention the unit, by position; none while it is not loaded. */
export function eventsOf(unit: KnownUnit): readonly KnownEvent[] {
  return unit.life ? unit.life.events : NOTHING
}

/** Whether the unit ever contained anything. */
export function isParent(unit: KnownUnit): boolean {
  return unit.life !== null && (unit.life.all & PARENT) !== 0
}

export const AGGREGATION = EVENT_TYPE.AggregationEvent
export const ASSOCIATION = EVENT_TYPE.AssociationEvent
