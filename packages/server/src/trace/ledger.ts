import { ACTION, EVENT_TYPE, ROLE } from '@yuanliu/core'
import { add, type Decimal, ONE, parseDecimal } from '../lib/decimal.ts'
import { type Found, horizonOf } from './found.ts'
import { hasEvents, type Known, type KnownUnit, type LivedUnit } from './known.ts'
import { firstNaming, INPUT, type KnownEvent, nextNaming, OUTPUT, partBit, partsOf, SUBJECT } from './known-event.ts'
import type { Life } from './life.ts'
import { type Membership, membershipOf } from './lots.ts'
import { type Containment, containmentsOf } from './nesting.ts'
import { atOrBefore, compare, END, type Position } from './position.ts'
import { COUNT, type Column, type TraceProfile } from './profile.ts'
import { eventsIn, knownContainments } from './ride.ts'
import { overlap, type Window, withWindow } from './windows.ts'

/** What one event does to one column, by unit of measure ('' for a bare count). */
export interface Entry {
  column: Column | 'counted'
  sign: 1 | -1
  amounts: Map<string, Decimal>
}

type Ledger = Map<KnownEvent, Entry[]>

/** Entries of each lot of the answer: those of the lot itself, and one for each event of each of its items in it. */
export function ledgersOf(found: Found): Map<string, Ledger> {
  const ledgers = new Map<string, Ledger>()
  const rides: Rides = new Map()
  for (const unit of found.units) {
    if (!unit.standing.reached || unit.level !== 'lot' || !hasEvents(unit)) continue
    const until = horizonOf(found, unit.standing)
    enter(found, { unit, until, count: ONE }, ledgerOf(ledgers, unit.key), null, rides)
  }
  for (const [membership, items] of itemsOf(found)) {
    if (!found.known.units.get(membership.lot)?.standing?.reached) continue
    const ledger = ledgerOf(ledgers, membership.lot)
    for (const group of items) enter(found, group, ledger, membership.since, rides)
  }
  for (const [key, ledger] of ledgers) if (ledger.size === 0) ledgers.delete(key)
  return ledgers
}

function ledgerOf(ledgers: Map<string, Ledger>, lot: string): Ledger {
  const found = ledgers.get(lot) ?? new Map()
  ledgers.set(lot, found)
  return found
}

/** Units that share a life and count up to the same position, and how many there are. */
interface Group {
  readonly unit: LivedUnit
  readonly until: Position
  readonly count: Decimal
}

/** Reached items that belong to a lot, those together of which the same is true. */
function itemsOf(found: Found): Map<Membership, Group[]> {
  const counts = new Map<Life, { unit: LivedUnit; until: Position; count: bigint }[]>()
  for (const unit of found.units) {
    if (!unit.standing.reached || unit.level !== 'item' || !hasEvents(unit)) continue
    const until = horizonOf(found, unit.standing)
    const alike = counts.get(unit.life)
    const there = alike?.find(g => g.until === until)
    if (there) there.count++
    else if (alike) alike.push({ unit, until, count: 1n })
    else counts.set(unit.life, [{ unit, until, count: 1n }])
  }
  const items = new Map<Membership, Group[]>()
  for (const alike of counts.values()) {
    for (const { unit, until, count } of alike) {
      const membership = membershipOf(found.known, unit)
      if (!membership) break
      const group = { unit, until, count: { digits: count, scale: 0 } }
      const there = items.get(membership)
      if (there) there.push(group)
      else items.set(membership, [group])
    }
  }
  return items
}

function enter(found: Found, group: Group, ledger: Ledger, since: Position | null, rides: Rides): void {
  const { profile } = found.known
  const { unit, until, count } = group
  const { events, parts } = unit.life
  const direct: KnownEvent[] = []
  for (const [i, event] of events.entries()) {
    if (!atOrBefore(event, until)) break
    if (since && compare(event, since) < 0) continue
    if (!((parts[i] as number) & (SUBJECT | INPUT | OUTPUT))) continue
    if (enterDirect(profile, ledger, event, unit, count)) direct.push(event)
  }
  for (const c of knownContainments(found.known, unit)) {
    if (c.seen) continue
    for (const event of eventsAround(found.known, c, until, rides)) {
      if (direct.includes(event) || (since && compare(event, since) < 0)) continue
      enterContents(profile, ledger, event, c, count)
    }
  }
}

/** Entries of an event that names the unit itself. True if it names it as a thing, entered or not. */
function enterDirect(
  profile: TraceProfile,
  ledger: Ledger,
  event: KnownEvent,
  unit: KnownUnit,
  count: Decimal,
): boolean {
  const { roles, quantities, uoms } = event.facts
  let named = false
  let counted = 0
  for (let i = firstNaming(event, unit); i >= 0; i = nextNaming(event, unit, i)) {
    const role = roles[i] as number
    const part = partBit(role)
    // That items were given the lot: the items count, not the lot.
    if (!(part & (SUBJECT | INPUT | OUTPUT)) || role > ROLE.transactionParent) continue
    named = true
    const to = columnOf(profile, event, part)
    if (!to.column) continue
    if (unit.level === 'item') {
      if (!(counted & part)) post(ledger, event, to.column, to.sign, '', count)
      counted |= part
      continue
    }
    const value = parseDecimal(quantities?.[i] ?? '')
    if (value) post(ledger, event, to.column, to.sign, uoms?.[i] ?? '', value)
  }
  return named
}

function columnOf(
  profile: TraceProfile,
  event: KnownEvent,
  part: number,
): Pick<Entry, 'sign'> & { column: Entry['column'] | null } {
  if (part === INPUT) return { column: 'used', sign: 1 }
  if (part === OUTPUT) return { column: 'produced', sign: 1 }
  const { column, sign } = event.meaning
  if (column) return { column, sign }
  const { type, action } = event.facts
  if (type !== EVENT_TYPE.ObjectEvent) return { column: null, sign: 1 }
  const byAction =
    action === ACTION.ADD ? profile.actions.ADD : action === ACTION.DELETE ? profile.actions.DELETE : null
  return { column: byAction, sign: 1 }
}

/** What happened to a container within a window, and to what it was in. Things packed together share it. */
type Rides = Map<KnownUnit, { window: Window; events: ReadonlySet<KnownEvent> }[]>

/** Events that name what the unit was in, at any height, while it was: shipped, received or used up with its contents. */
function eventsAround(known: Known, c: Containment, until: Position, rides: Rides): Iterable<KnownEvent> {
  const window = overlap({ from: c.open, to: c.close ?? END }, { from: c.open, to: until })
  if (!window) return []
  const before = rides.get(c.parent) ?? []
  const shared = before.find(r => compare(r.window.from, window.from) === 0 && compare(r.window.to, window.to) === 0)
  if (shared) return shared.events
  const events = new Set<KnownEvent>()
  const agenda = [{ carrier: c.parent, window }]
  const climbed = new Map<KnownUnit, readonly Window[]>()
  for (const { carrier, window: span } of agenda) {
    if (carrier.level === 'class') continue
    for (const event of eventsIn(carrier, span)) if (columnOfContents(event, carrier)) events.add(event)
    for (const above of knownContainments(known, carrier)) {
      const further = above.seen ? null : overlap({ from: above.open, to: above.close ?? END }, span)
      if (!further) continue
      const windows = climbed.get(above.parent) ?? []
      const more = withWindow(windows, further.from, further.to)
      if (more === windows) continue
      climbed.set(above.parent, more)
      agenda.push({ carrier: above.parent, window: further })
    }
  }
  rides.set(c.parent, [...before, { window, events }])
  return events
}

function columnOfContents(event: KnownEvent, carrier: KnownUnit): Entry['column'] | null {
  const parts = partsOf(event, carrier)
  if (parts & INPUT && !(parts & OUTPUT)) return 'used'
  return parts & SUBJECT && event.meaning.contents ? event.meaning.column : null
}

function enterContents(profile: TraceProfile, ledger: Ledger, event: KnownEvent, c: Containment, count: Decimal): void {
  const consumed = event.facts.type === EVENT_TYPE.TransformationEvent
  const column = consumed ? 'used' : event.meaning.column
  const sign = consumed ? 1 : event.meaning.sign
  if (!column) return
  if (!c.holdings) post(ledger, event, column, sign, '', count)
  const held = c.holdings?.findLast(h => compare(h.at, event) <= 0)
  for (const [dimension, value] of held?.holding.left ?? []) {
    const uom = dimension === COUNT ? '' : (profile.bases.get(dimension) ?? dimension.replace(/^uom /, ''))
    post(ledger, event, column, sign, uom, value)
  }
}

function post(
  ledger: Ledger,
  event: KnownEvent,
  column: Entry['column'],
  sign: 1 | -1,
  uom: string,
  value: Decimal,
): void {
  let entries = ledger.get(event)
  if (!entries) {
    entries = []
    ledger.set(event, entries)
  }
  let entry = entries.find(e => e.column === column && e.sign === sign)
  if (!entry) {
    entry = { column, sign, amounts: new Map() }
    entries.push(entry)
  }
  const before = entry.amounts.get(uom)
  entry.amounts.set(uom, before ? add(before, value) : value)
}

/** Asks for carriers of lots and items that the walks had no need of; none left when it returns true. */
export function areCarriersKnown(found: Found, missing: Set<KnownUnit>): boolean {
  const lives = new Set<Life>()
  const asked = new Set<KnownUnit>()
  const ask = (unit: KnownUnit) => {
    for (const c of containmentsOf(found.known, unit, missing) ?? []) if (!c.seen) asked.add(c.parent)
  }
  for (const unit of found.units) {
    const { life, level, standing } = unit
    if (!standing.reached || (level !== 'lot' && level !== 'item') || (life && lives.has(life))) continue
    if (life) lives.add(life)
    ask(unit)
  }
  for (const unit of asked) ask(unit)
  return missing.size === 0
}
