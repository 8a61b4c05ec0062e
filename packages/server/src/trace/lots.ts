import { holdsOf } from './holds.ts'
import type { Known, KnownUnit, LivedUnit } from './known.ts'
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
export function membershipOf(known: Known, item: LivedUnit): Membership | null {
  if (item.level !== 'item') return null
  const { life } = item
  if (life.membership === undefined) life.membership = firstLot(known, item)
  return life.membership
}

function firstLot(known: Known, item: LivedUnit): Membership | null {
  for (const event of item.life.events) {
    const lot = lotGiven(known, event, item)
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
export function lotGiven(known: Known, event: KnownEvent, item: KnownUnit): string | null {
  const { lots } = event.facts
  if (!lots) return null
  for (let i = firstNaming(event, item); i >= 0; i = nextNaming(event, item, i)) {
    const lot = lots[i]
    if (lot && isSameProduct(known, item.key, lot)) return lot
  }
  return null
}

function isSameProduct(known: Known, item: string, lot: string): boolean {
  const product = known.codes.classKey(item)
  return product !== null && product === known.codes.classKey(lot)
}

/** Items to which an event in the lot's history gives that lot: its members, unless another gave them one before. */
export function candidatesOf(lot: LivedUnit): readonly KnownUnit[] {
  const holds = holdsOf(lot)
  if (holds.items) return holds.items
  const items = new Set<KnownUnit>()
  for (const list of [lot.life.events, holds.pointers]) {
    for (const { facts, named } of list) {
      if (!facts.lots) continue
      for (let i = 0; i < named.length; i++) if (facts.lots[i] === lot.key) items.add(named[i] as KnownUnit)
    }
  }
  holds.items = Array.from(items)
  return holds.items
}
