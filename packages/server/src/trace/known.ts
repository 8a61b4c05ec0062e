import { EVENT_TYPE, type UnitLevel } from '@yuanliu/core'
import { isEffective, type KnownEvent, knownEvent, PARENT, partBit } from './known-event.ts'
import type { Membership } from './lots.ts'
import { eachNaming, learnNames, type Names, newNames } from './names.ts'
import type { Containment, Nesting } from './nesting.ts'
import { compare } from './position.ts'
import { meaningOf, type TraceProfile } from './profile.ts'
import type { StoredEvent, TraceSource } from './source.ts'
import type { Transformation } from './transformation.ts'

/** What the trace needs to know of codes. */
export interface TraceCodes {
  levelOf(key: string): UnitLevel
  codeOf(key: string): string
  /** product class of an item or lot, null where there is none */
  classKey(key: string): string | null
}

/** A unit as far as it has been asked for. */
export interface KnownUnit {
  readonly key: string
  readonly level: UnitLevel
  /** effective events that mention it, by position; null until it was loaded */
  events: KnownEvent[] | null
  /** beside each event, the parts that it gives the unit */
  parts: readonly number[]
  /** lots: items that it may have; null until looked for */
  items: readonly KnownUnit[] | null
  /** lots: effective events that do not mention the lot but name items of it */
  pointers: readonly KnownEvent[]
  /** what it was packed into, as far as evaluated */
  nesting: Nesting | null
  /** the lot it belongs to; undefined until evaluated */
  membership: Membership | null | undefined
  /** events that end whatever it contains, by position; for aggregation and for association */
  ends: { aggregation: KnownEvent[]; association: KnownEvent[] } | null
  /** everything it ever contained; null until evaluated */
  contents: readonly Containment[] | null
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
  readonly transformations: Map<string, Transformation>
  /** calls of the source so far */
  loads: number
}

/** Units asked for in one call of the source. */
const CHUNK = 1000

export function newKnown(source: TraceSource, codes: TraceCodes, profile: TraceProfile): Known {
  return {
    source,
    codes,
    profile,
    stored: new Set(),
    names: newNames(),
    units: new Map(),
    transformations: new Map(),
    loads: 0,
  }
}

const NO_PARTS: readonly number[] = []
const NOTHING: readonly KnownEvent[] = []

/** The record of a unit, loaded or not. */
export function unitOf(known: Known, key: string): KnownUnit {
  let unit = known.units.get(key)
  if (!unit) {
    unit = {
      key,
      level: known.codes.levelOf(key),
      events: null,
      parts: NO_PARTS,
      items: null,
      pointers: NOTHING,
      membership: undefined,
      nesting: null,
      ends: null,
      contents: null,
    }
    known.units.set(key, unit)
  }
  return unit
}

/**
 * Loads the units not loaded yet, in key order, 1,000 a call, each call on its way while what the one before brought is
 * taken in. Stops between calls once `expired` says so.
 * @returns false if it stopped early
 */
export async function load(known: Known, units: Iterable<KnownUnit>, expired: () => boolean): Promise<boolean> {
  const wanted: KnownUnit[] = []
  for (const unit of units) if (!unit.events) wanted.push(unit)
  if (wanted.length === 0) return true
  wanted.sort(byUnitKey)
  let chunk = wanted.slice(0, CHUNK)
  let asked = ask(known, chunk)
  for (let next = CHUNK; ; next += CHUNK) {
    const events = await asked
    const goesOn = next < wanted.length && !expired()
    const following = wanted.slice(next, next + CHUNK)
    if (goesOn) {
      asked = ask(known, following)
      // If taking in fails, nobody waits for it any more.
      asked.catch(() => {})
    }
    learn(known, events)
    for (const unit of chunk) settle(known, unit)
    if (!goesOn) return next >= wanted.length
    chunk = following
  }
}

/** The order of keys: by code unit, the same on every machine. */
export function byKey(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

export function byUnitKey(a: KnownUnit, b: KnownUnit): number {
  return byKey(a.key, b.key)
}

/** Asks the source for what is not known yet of the units. */
function ask(known: Known, units: readonly KnownUnit[]): Promise<StoredEvent[]> {
  const there = new Set<KnownEvent>()
  for (const unit of units) eachNaming(known.names, unit.key, event => there.add(event))
  known.loads++
  return known.source.load(
    units.map(unit => unit.key),
    Array.from(there, event => event.facts.key),
  )
}

function learn(known: Known, events: readonly StoredEvent[]): void {
  for (const stored of events) {
    if (known.stored.has(stored.key)) continue
    known.stored.add(stored.key)
    if (!isEffective(stored)) continue
    const meaning = meaningOf(known.profile, stored.bizStep, stored.disposition)
    learnNames(known.names, knownEvent(stored, meaning))
  }
}

/** Gives a unit its events: all that mention it are known now. */
function settle(known: Known, unit: KnownUnit): void {
  const events: KnownEvent[] = []
  const parts: number[] = []
  eachNaming(known.names, unit.key, (event, i) => {
    const bit = partBit(event.facts.roles[i])
    const last = events.length - 1
    const at = event === events[last] ? last : event === events[0] ? 0 : -1
    if (at >= 0) parts[at] = (parts[at] as number) | bit
    else {
      events.push(event)
      parts.push(bit)
    }
  })
  if (isSorted(events)) {
    settleAs(unit, events, parts)
    return
  }
  const order = events.map((_, i) => i).sort((a, b) => compare(events[a] as KnownEvent, events[b] as KnownEvent))
  settleAs(
    unit,
    order.map(i => events[i] as KnownEvent),
    order.map(i => parts[i] as number),
  )
}

function isSorted(events: readonly KnownEvent[]): boolean {
  for (let i = 1; i < events.length; i++)
    if (compare(events[i - 1] as KnownEvent, events[i] as KnownEvent) > 0) return false
  return true
}

function settleAs(unit: KnownUnit, events: readonly KnownEvent[], parts: readonly number[]): void {
  // A copy has no room to spare; an array that was pushed to has room for 17.
  unit.events = events.slice()
  unit.parts = shared(parts)
  if (unit.level === 'lot') setPointersApart(unit)
}

/** Most units have the same few parts: up to three are kept once. */
function shared(parts: readonly number[]): readonly number[] {
  if (parts.length > 3) return parts.slice()
  let mark = 1
  for (const part of parts) mark = mark * 32 + part
  let found = FEW_PARTS.get(mark)
  if (!found) {
    found = parts.slice()
    FEW_PARTS.set(mark, found)
  }
  return found
}

const FEW_PARTS = new Map<number, readonly number[]>()

function setPointersApart(lot: KnownUnit): void {
  const { events, parts } = lot
  if (!events || !parts.includes(0)) return
  lot.pointers = events.filter((_, i) => parts[i] === 0)
  lot.events = events.filter((_, i) => parts[i] !== 0)
  lot.parts = parts.filter(part => part !== 0)
}

/** Whether the unit is loaded; if not, it is asked for with the next batch. */
export function isLoaded(unit: KnownUnit, missing: Set<KnownUnit>): unit is KnownUnit & { events: KnownEvent[] } {
  if (unit.events) return true
  missing.add(unit)
  return false
}

/** Whether the unit was loaded. */
export function hasEvents(unit: KnownUnit): unit is KnownUnit & { events: KnownEvent[] } {
  return unit.events !== null
}

/** Whether the unit ever contained anything. */
export function isParent(unit: KnownUnit): boolean {
  for (const part of unit.parts) if (part & PARENT) return true
  return false
}

export const AGGREGATION = EVENT_TYPE.AggregationEvent
export const ASSOCIATION = EVENT_TYPE.AssociationEvent
