import { ACTION, EVENT_TYPE, partOf } from '@yuanliu/core'
import type { KnownUnit } from './known.ts'
import type { Membership } from './lots.ts'
import type { Position } from './position.ts'
import type { StepMeaning } from './profile.ts'
import type { StoredEvent } from './source.ts'

/** Parts of a unit in an event, as bits. */
export const SUBJECT = 1
export const PARENT = 2
export const CHILD = 4
export const INPUT = 8
export const OUTPUT = 16
const BIT = { none: 0, subject: SUBJECT, parent: PARENT, child: CHILD, input: INPUT, output: OUTPUT } as const

const BIT_OF_ROLE: readonly number[] = Array.from({ length: 32 }, (_, role) => BIT[partOf(role)])

/** The part of a role as a bit. */
export function partBit(role: number | undefined): number {
  return role === undefined ? 0 : (BIT_OF_ROLE[role] ?? 0)
}

/** A stored event without the keys of what it names. */
export type NamelessEvent = Omit<StoredEvent, 'units'>

/** A stored event with what the search derives from it once. It is its own position. */
export interface KnownEvent extends Position {
  readonly facts: NamelessEvent
  /** the records of what it names; `facts` has roles, lots and quantities beside it */
  readonly named: readonly KnownUnit[]
  /** which of the events of a trace it is, in the order of learning */
  number: number
  /** key of the parent of an aggregation or association */
  readonly parent: string | null
  readonly namesChildren: boolean
  /** its record */
  readonly parentUnit: KnownUnit | null
  /** what it says of lots: the membership that its items share, by lot; once it was asked for */
  memberships: Map<string, Membership> | null
  /** what its business step means */
  readonly meaning: StepMeaning
  /** whether it names any unit twice */
  repeats: boolean
  /** where the unit asked for last is named */
  hint: number
  /** where a unit is named first; made when first asked for, in events that name many units */
  index: Map<KnownUnit, number> | null
  /** at i: where the unit named at i is named next, 0 for nowhere; only beside `index` */
  next: Int32Array | null
}

// Below this number a walk over the names is cheaper than a map.
const INDEX_FROM = 200

export function knownEvent(facts: NamelessEvent, named: readonly KnownUnit[], meaning: StepMeaning): KnownEvent {
  let parent: KnownUnit | null = null
  let namesChildren = false
  if (facts.type === EVENT_TYPE.AggregationEvent || facts.type === EVENT_TYPE.AssociationEvent) {
    for (let i = 0; i < facts.roles.length; i++) {
      const bit = partBit(facts.roles[i])
      if (bit === PARENT) parent = named[i] ?? null
      else if (bit === CHILD) namesChildren = true
    }
  }
  const { time, position } = facts
  return {
    facts,
    named,
    number: 0,
    time,
    position,
    parent: parent?.key ?? null,
    parentUnit: parent,
    namesChildren,
    memberships: null,
    meaning,
    repeats: true,
    hint: 0,
    index: null,
    next: null,
  }
}

/**
 * Whether an event counts: it bears no error declaration itself, and none under its id comes from the organisation
 * that reported it or from one that may void the events of others.
 */
export function isEffective(facts: NamelessEvent): boolean {
  return !facts.declaration && !facts.declarations.some(d => d.mayVoid || d.reporter === facts.reporter)
}

/** Whether somebody declared an effective event wrong who had no say in it. */
export function isDisputed(facts: NamelessEvent): boolean {
  return facts.declarations.length > 0 && isEffective(facts)
}

/** Index of the first naming of `unit`, -1 for none. */
export function firstNaming(event: KnownEvent, unit: KnownUnit): number {
  const { named } = event
  if (!event.repeats) {
    // Units are mostly asked for in the order in which they are named.
    if (named[event.hint] === unit) return event.hint
    if (named[event.hint + 1] === unit) return ++event.hint
  }
  if (named.length < INDEX_FROM) return named.indexOf(unit)
  event.index ??= indexOf(event)
  return event.index.get(unit) ?? -1
}

/** Index of the naming of `unit` that follows the one at `i`, -1 for none. */
export function nextNaming(event: KnownEvent, unit: KnownUnit, i: number): number {
  if (!event.repeats) return -1
  if (event.next) return event.next[i] || -1
  return event.named.indexOf(unit, i + 1)
}

function indexOf(event: KnownEvent): Map<KnownUnit, number> {
  const { named } = event
  const index = new Map<KnownUnit, number>()
  const next = new Int32Array(named.length)
  // From the end, so that the map is left with the first naming and `next` points onwards.
  for (let i = named.length - 1; i >= 0; i--) {
    const unit = named[i] as KnownUnit
    const following = index.get(unit)
    if (following !== undefined) next[i] = following
    index.set(unit, i)
  }
  event.next = next
  return index
}

/** All parts that `unit` plays in the event, as bits. */
export function partsOf(event: KnownEvent, unit: KnownUnit): number {
  let bits = 0
  for (let i = firstNaming(event, unit); i >= 0; i = nextNaming(event, unit, i)) bits |= partBit(event.facts.roles[i])
  return bits
}

export function isAdd(event: KnownEvent): boolean {
  return event.facts.action === ACTION.ADD
}

/** An ObjectEvent with action DELETE: what it names is no more. */
export function isRemoval(event: KnownEvent): boolean {
  return event.facts.type === EVENT_TYPE.ObjectEvent && event.facts.action === ACTION.DELETE
}

/** The units that play one of `parts`, each as often as it is named. */
export function* unitsIn(event: KnownEvent, parts: number): Generator<KnownUnit> {
  const { roles } = event.facts
  for (let i = 0; i < roles.length; i++) if (partBit(roles[i]) & parts) yield event.named[i] as KnownUnit
}
