import { EVENT_TYPE, type UnitLevel } from '@yuanliu/core'
import { isEffective, type KnownEvent, knownEvent, PARENT, partsOf } from './known-event.ts'
import type { Membership } from './lots.ts'
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
  readonly stored: Map<string, StoredEvent>
  /** effective ones only, by event key */
  readonly events: Map<string, KnownEvent>
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
    stored: new Map(),
    events: new Map(),
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
 * Loads the units not loaded yet, in key order, 1,000 a call. Stops between calls once `expired` says so.
 * @returns false if it stopped early
 */
export async function load(known: Known, units: Iterable<KnownUnit>, expired: () => boolean): Promise<boolean> {
  const wanted: KnownUnit[] = []
  for (const unit of units) if (!unit.events) wanted.push(unit)
  wanted.sort(byUnitKey)
  for (let i = 0; i < wanted.length; i += CHUNK) {
    if (i > 0 && expired()) return false
    await loadChunk(known, wanted.slice(i, i + CHUNK))
  }
  return true
}

/** The order of keys: by code unit, the same on every machine. */
export function byKey(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

export function byUnitKey(a: KnownUnit, b: KnownUnit): number {
  return byKey(a.key, b.key)
}

async function loadChunk(known: Known, units: KnownUnit[]): Promise<void> {
  const level = await known.source.load(
    units.map(unit => unit.key),
    known.stored,
  )
  known.loads++
  for (const stored of level.events) {
    if (known.stored.has(stored.key)) continue
    known.stored.set(stored.key, stored)
    if (!isEffective(stored)) continue
    const meaning = meaningOf(known.profile, stored.bizStep, stored.disposition)
    known.events.set(stored.key, knownEvent(stored, meaning))
  }
  for (const unit of units) {
    const events: KnownEvent[] = []
    const mentions = level.mentions.get(unit.key) ?? []
    for (let i = 0; i < mentions.length; i++) {
      const event = known.events.get(mentions[i] as string)
      if (event) events.push(event)
    }
    // A copy has no room to spare; an array that was pushed to has room for 17.
    unit.events = sorted(events).slice()
    unit.parts = unit.events.map(event => partsOf(event, unit.key))
    if (unit.level === 'lot') setPointersApart(unit)
  }
}

function setPointersApart(lot: KnownUnit): void {
  const { events, parts } = lot
  if (!events || !parts.includes(0)) return
  lot.pointers = events.filter((_, i) => parts[i] === 0)
  lot.events = events.filter((_, i) => parts[i] !== 0)
  lot.parts = parts.filter(part => part !== 0)
}

function sorted(events: KnownEvent[]): KnownEvent[] {
  for (let i = 1; i < events.length; i++) {
    const order = compare(events[i - 1] as KnownEvent, events[i] as KnownEvent)
    // The store may name an event once per role.
    if (order >= 0) return [...new Set(events)].sort(compare)
  }
  return events
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
