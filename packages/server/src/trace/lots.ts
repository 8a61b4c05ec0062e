import { type Known, type KnownUnit, unitOf } from './known.ts'
import { firstNaming, type KnownEvent, nextNaming } from './known-event.ts'

/** That an item belongs to a lot, from an event on. */
export interface Membership {
  readonly lot: string
  readonly since: KnownEvent
}

/**
 * The lot of an item: what the first event that gives it one says. An event gives a lot by ILMD or by naming the item
 * with a code that carries both.
 */
export function membershipOf(known: Known, item: KnownUnit & { events: KnownEvent[] }): Membership | null {
  if (item.level !== 'item') return null
  if (item.membership === undefined) item.membership = firstLot(known, item)
  return item.membership
}

function firstLot(known: Known, item: KnownUnit & { events: KnownEvent[] }): Membership | null {
  for (const event of item.events) {
    const lot = lotGiven(known, event, item.key)
    if (lot !== null) return memberSince(event, lot)
  }
  return null
}

/** Many items are given one lot by one event: they share what says so. */
function memberSince(event: KnownEvent, lot: string): Membership {
  event.memberships ??= new Map()
  let membership = event.memberships.get(lot)
  if (!membership) {
    membership = { lot, since: event }
    event.memberships.set(lot, membership)
  }
  return membership
}

/** The lot that `event` gives to an item, of the same product; null if it gives none. */
export function lotGiven(known: Known, event: KnownEvent, item: string): string | null {
  const { lots } = event.facts
  if (!lots) return null
  for (let i = firstNaming(event, item); i >= 0; i = nextNaming(event, item, i)) {
    const lot = lots[i]
    if (lot && isSameProduct(known, item, lot)) return lot
  }
  return null
}

function isSameProduct(known: Known, item: string, lot: string): boolean {
  const product = known.codes.classKey(item)
  return product !== null && product === known.codes.classKey(lot)
}

/** Items to which an event in the lot's history gives that lot: its members, unless another gave them one before. */
export function candidatesOf(known: Known, lot: KnownUnit & { events: KnownEvent[] }): readonly KnownUnit[] {
  if (lot.items) return lot.items
  const items = new Set<string>()
  for (const list of [lot.events, lot.pointers]) {
    for (const { facts } of list) {
      if (!facts.lots) continue
      for (let i = 0; i < facts.units.length; i++) if (facts.lots[i] === lot.key) items.add(facts.units[i] as string)
    }
  }
  lot.items = Array.from(items, key => unitOf(known, key))
  return lot.items
}
