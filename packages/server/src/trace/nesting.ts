import { ACTION, type EventType, ROLE } from '@yuanliu/core'
import { nextEnd } from './ends.ts'
import { AGGREGATION, isLoaded, type Known, type KnownUnit, type LivedUnit } from './known.ts'
import {
  CHILD,
  firstNaming,
  INPUT,
  isAdd,
  isRemoval,
  type KnownEvent,
  nextNaming,
  OUTPUT,
  partBit,
  partsOf,
  SUBJECT,
  unitsIn,
} from './known-event.ts'
import { compare, END, type Position } from './position.ts'
import { amountOf, EMPTY, type Holding, put, take } from './quantity.ts'

/** That a unit, and whatever shares its life, was in another from one event to another. */
export interface Containment {
  readonly parent: KnownUnit
  readonly type: EventType
  readonly open: KnownEvent
  /** the event that ended it, null while it lasts */
  close: KnownEvent | null
  /** the key of the parent to which the child was packed without having been unpacked */
  movedTo: string | null
  /** for lots: what was in it from each event on */
  holdings: { at: KnownEvent; holding: Holding }[] | null
  /** events that took from it in a unit of measure that does not convert */
  odd: { event: KnownEvent; uom: string | null }[] | null
  /** an OBSERVE outside any containment, which lasts that one event */
  readonly seen: boolean
}

/** A containment with the child that it is about. */
export interface Content {
  readonly child: KnownUnit
  readonly stay: Containment
}

/** The containments of a life as far as evaluated. */
export interface Nesting {
  /** index of the next event to look at */
  cursor: number
  all: Containment[]
  lasting: readonly Containment[]
}

/**
 * All containments of a unit (as a child), in the order in which they began; null while a unit is missing that decides
 * them: the unit itself, what it was packed into, and what that was packed into where the unit changed containers.
 */
export function containmentsOf(known: Known, child: KnownUnit, missing: Set<KnownUnit>): readonly Containment[] | null {
  if (child.level === 'class') return []
  if (!advance(known, child, END, missing)) return null
  return child.life?.nesting?.all ?? NONE
}

/** Whether `c` lasts at a position; both ends belong to it. */
export function covers(c: Containment, at: Position): boolean {
  return compare(c.open, at) <= 0 && (c.close === null || compare(c.close, at) >= 0)
}

/**
 * Evaluates the events of a unit before `until`. One pass, taken up again where it stopped: an event that needs to know
 * how other units were nested at its position asks only for what came before it, so cycles of containers end.
 */
function advance(known: Known, child: KnownUnit, until: Position, missing: Set<KnownUnit>): boolean {
  if (!isLoaded(child, missing)) return false
  const { life } = child
  life.nesting ??= { cursor: 0, all: [], lasting: NONE }
  const { nesting, events } = life
  while (nesting.cursor < events.length) {
    const event = events[nesting.cursor] as KnownEvent
    if (compare(event, until) >= 0) return true
    if (!apply(known, child, nesting, event, missing)) {
      if (until === END) askForParents(child, nesting.cursor, missing)
      return false
    }
    nesting.cursor++
  }
  // Nobody asks for it any more.
  nesting.lasting = NONE
  return true
}

/** All parents still to come are asked for at once: one batch, not one each. */
function askForParents({ life }: LivedUnit, from: number, missing: Set<KnownUnit>): void {
  for (const event of life.events.slice(from)) {
    const parent = event.parentUnit
    if (parent === null || !isAdd(event) || parent.life === life) continue
    if (parent.level !== 'class') isLoaded(parent, missing)
  }
}

/** Applies one event. Changes nothing and returns false while something is missing. */
function apply(known: Known, child: LivedUnit, nesting: Nesting, event: KnownEvent, missing: Set<KnownUnit>): boolean {
  const parts = child.life.parts[nesting.cursor] as number
  if (event.parentUnit && parts & CHILD) return applyPacking(known, child, nesting, event, event.parentUnit, missing)
  if ((parts & INPUT && !(parts & OUTPUT)) || (parts & SUBJECT && isRemoval(event))) {
    for (const c of lasting(nesting, event)) leave(known, child, c, event, parts & INPUT ? INPUT : 0)
  }
  return true
}

function applyPacking(
  known: Known,
  child: KnownUnit,
  nesting: Nesting,
  event: KnownEvent,
  parent: KnownUnit,
  missing: Set<KnownUnit>,
): boolean {
  const { action, type } = event.facts
  const there = lasting(nesting, event).find(c => c.parent === parent && c.type === type)
  if (action === ACTION.DELETE) {
    if (there) leave(known, child, there, event, CHILD)
  } else if (action === ACTION.OBSERVE) {
    if (!lasting(nesting, event).some(c => c.parent === parent)) nesting.all.push(seenOnce(child, parent, event))
  } else if (there) {
    fill(known, child, there, event)
  } else {
    if (parent.level !== 'class' && !isLoaded(parent, missing)) return false
    const left = type === AGGREGATION ? abandoned(known, child, nesting, parent, event, missing) : []
    if (!left) return false
    for (const c of left) {
      c.close = event
      c.movedTo = parent.key
    }
    const close = nextEnd(parent, type, event)
    const opened = begin(child, parent, event, close)
    fill(known, child, opened, event)
    // Most units have one: an array that was pushed to has room for 17.
    if (nesting.all.length === 0) nesting.all = [opened]
    else nesting.all.push(opened)
    nesting.lasting = [...lasting(nesting, event), opened]
  }
  return true
}

function begin(child: KnownUnit, parent: KnownUnit, open: KnownEvent, close: KnownEvent | null): Containment {
  const holdings = isLot(child) ? [] : null
  return { parent, type: open.facts.type, open, close, movedTo: null, holdings, odd: null, seen: false }
}

function seenOnce(child: KnownUnit, parent: KnownUnit, event: KnownEvent): Containment {
  return { ...begin(child, parent, event, event), holdings: null, seen: true }
}

/** Lots, and products without lot or serial, are counted by quantity; they can be in several places. */
function isLot(unit: KnownUnit): boolean {
  return unit.level === 'lot' || unit.level === 'class'
}

const NONE: readonly Containment[] = []

/** Those that have not ended before `event` and were not ended by it. */
function lasting(nesting: Nesting, event: KnownEvent): readonly Containment[] {
  if (nesting.lasting.some(c => c.close !== null && compare(c.close, event) <= 0))
    nesting.lasting = nesting.lasting.filter(c => c.close === null || compare(c.close, event) > 0)
  return nesting.lasting
}

/** A packing event adds its quantities of the child. */
function fill(known: Known, child: KnownUnit, c: Containment, event: KnownEvent): void {
  if (!c.holdings) return
  let holding = c.holdings.at(-1)?.holding ?? EMPTY
  for (let i = firstNaming(event, child); i >= 0; i = nextNaming(event, child, i)) {
    if (partBit(event.facts.roles[i]) === CHILD) holding = put(holding, amountAt(known, event, i))
  }
  c.holdings.push({ at: event, holding })
}

/** An event takes the child out: wholly, or for a lot by as much as it names in `part` (0: wholly). */
function leave(known: Known, child: KnownUnit, c: Containment, event: KnownEvent, part: number): void {
  if (!c.holdings || part === 0) {
    c.close = event
    return
  }
  let holding = c.holdings.at(-1)?.holding ?? EMPTY
  for (let i = firstNaming(event, child); i >= 0; i = nextNaming(event, child, i)) {
    const role = event.facts.roles[i]
    // That an item of the lot was used up says nothing about quantities of the lot elsewhere.
    if (partBit(role) !== part || role === ROLE.lotOfInput) continue
    const taken = take(holding, amountAt(known, event, i))
    holding = taken.holding
    if (taken.odd) {
      c.odd ??= []
      c.odd.push({ event, uom: event.facts.uoms?.[i] ?? null })
    }
    if (taken.ended) {
      c.close = event
      break
    }
  }
  c.holdings.push({ at: event, holding })
}

function amountAt(known: Known, event: KnownEvent, i: number) {
  return amountOf(known.profile, event.facts.quantities?.[i], event.facts.uoms?.[i] ?? null)
}

/**
 * The aggregations that packing a thing into another parent ends: those whose parent is at that moment neither around
 * nor inside the new one. Only things that can be at one place only: items and logistic units.
 */
function abandoned(
  known: Known,
  child: KnownUnit,
  nesting: Nesting,
  to: KnownUnit,
  event: KnownEvent,
  missing: Set<KnownUnit>,
): Containment[] | null {
  if (child.level !== 'item' && child.level !== 'logistic') return []
  const left: Containment[] = []
  for (const c of lasting(nesting, event)) {
    if (c.type !== AGGREGATION) continue
    const above = isAround(known, to, c.parent, event, missing)
    const below = isAround(known, c.parent, to, event, missing)
    if (above === null || below === null) return null
    if (!above && !below) left.push(c)
  }
  return left
}

/** true: `outer` is around `inner` at the position of `event`, at any height; null: something is missing. */
function isAround(
  known: Known,
  outer: KnownUnit,
  inner: KnownUnit,
  event: KnownEvent,
  missing: Set<KnownUnit>,
): boolean | null {
  const seen = new Set<KnownUnit>([inner])
  for (const unit of seen) {
    if (unit.level === 'class') continue
    if (!advance(known, unit, event, missing)) return null
    for (const c of unit.life?.nesting?.all ?? NONE) {
      // `close` may already be known to lie later; what this very event opens is asked of the event below.
      if (!c.seen && compare(c.open, event) < 0 && (c.close === null || compare(c.close, event) >= 0))
        seen.add(c.parent)
    }
    if (event.parentUnit && isAdd(event) && partsOf(event, unit) & CHILD) seen.add(event.parentUnit)
    if (unit !== inner && unit === outer) return true
  }
  return seen.has(outer) && outer !== inner
}

/**
 * Containments of products without lot or serial in `parent`, told from the events that name the parent alone: the
 * events of a product class are not loaded.
 */
export function classContents(known: Known, parent: LivedUnit): Content[] {
  const byChild = new Map<KnownUnit, Containment[]>()
  for (const event of parent.life.events) {
    if (event.parentUnit !== parent) continue
    for (const child of new Set(unitsIn(event, CHILD))) {
      if (child.level === 'class') applyToClass(known, parent, child, byChild, event)
    }
  }
  return [...byChild].flatMap(([child, all]) => all.map(stay => ({ child, stay })))
}

function applyToClass(
  known: Known,
  parent: KnownUnit,
  child: KnownUnit,
  byChild: Map<KnownUnit, Containment[]>,
  event: KnownEvent,
): void {
  const all = byChild.get(child) ?? []
  byChild.set(child, all)
  const { type, action } = event.facts
  const there = all.find(c => c.type === type && (c.close === null || compare(c.close, event) > 0))
  if (action === ACTION.DELETE && there) leave(known, child, there, event, CHILD)
  if (action !== ACTION.ADD) return
  const opened = there ?? begin(child, parent, event, nextEnd(parent, type, event))
  fill(known, child, opened, event)
  if (!there) all.push(opened)
}
