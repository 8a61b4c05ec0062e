import type { TraceGap } from '@yuanliu/core'
import { around, type Children, childrenOf, inside, type Nest } from './around.ts'
import type { Found } from './found.ts'
import { eventsOf, type KnownUnit } from './known.ts'
import { type KnownEvent, partsOf, SUBJECT } from './known-event.ts'
import { areByDifferentParties, endOf, nameTheSame } from './parties.ts'
import { atOrBefore, compare } from './position.ts'
import { holds } from './windows.ts'

/** Shipments that nobody received and receipts of what nobody shipped, as far as their events are in the answer. */
export function shipmentGaps(found: Found): TraceGap[] {
  const gaps: TraceGap[] = []
  let children: Children | null = null
  for (const unit of found.units) {
    if (!unit.life?.isShipped || unit.level === 'class') continue
    let nests: Nest[] | null = null
    // Most units ask nothing of what was around or inside them.
    const nestsOf = () => {
      children ??= childrenOf(found)
      nests ??= [around(found, unit), inside(children, unit)]
      return nests
    }
    for (const event of unit.life.events) {
      const { gap } = event.meaning
      if (gap !== 'shipment' && gap !== 'receipt') continue
      if (!found.events.has(event) || !isDeed(found, unit, event, gap)) continue
      if (gap === 'shipment' && !isReceived(found, unit, event, nestsOf)) gaps.push(noReceipt(found, unit.key, event))
      if (gap === 'receipt' && !wasShipped(found, unit, event, nestsOf))
        gaps.push({ kind: 'no-shipment', unit: unit.key, event: event.facts.id, party: endOf(event.facts.sources) })
    }
  }
  return gaps
}

function noReceipt(found: Found, unit: string, { facts }: KnownEvent): TraceGap {
  const since = new Date((facts.time + found.known.profile.receiptDeadline) / 1000).toISOString()
  return { kind: 'no-receipt', unit, event: facts.id, party: endOf(facts.destinations), since }
}

/** Whether an event ships or receives the unit, by itself; a shipment that was taken back ships nothing. */
function isDeed(found: Found, unit: KnownUnit, event: KnownEvent, gap: 'shipment' | 'receipt'): boolean {
  if (event.meaning.gap !== gap || !atOrBefore(event, found.horizon)) return false
  if (!(partsOf(event, unit) & SUBJECT)) return false
  return gap === 'receipt' || !isTakenBack(found, unit, event)
}

function isTakenBack(found: Found, unit: KnownUnit, shipment: KnownEvent): boolean {
  return eventsOf(unit).some(
    e =>
      e.meaning.gap === 'void' &&
      e.facts.reporter === shipment.facts.reporter &&
      compare(e, shipment) > 0 &&
      atOrBefore(e, found.horizon) &&
      (partsOf(e, unit) & SUBJECT) !== 0,
  )
}

function isReceived(found: Found, unit: KnownUnit, shipment: KnownEvent, nests: () => Nest[]): boolean {
  const fits = (receipt: KnownEvent) => fit(found, shipment, receipt)
  return some(found, unit, 'receipt', shipment, nests, fits)
}

function wasShipped(found: Found, unit: KnownUnit, receipt: KnownEvent, nests: () => Nest[]): boolean {
  return some(found, unit, 'shipment', receipt, nests, shipment => {
    if (!fit(found, shipment, receipt)) return false
    // Lots may be received by many; of any other thing one shipment has one receiver.
    return (
      unit.level === 'lot' || !some(found, unit, 'receipt', null, nests, r => isBetween(found, shipment, r, receipt))
    )
  })
}

/**
 * Whether a receipt can be that of a shipment: by another party, between the parties that both name, and no more than
 * the tolerance before it.
 */
function fit(found: Found, shipment: KnownEvent, receipt: KnownEvent): boolean {
  return (
    shipment !== receipt &&
    receipt.time >= shipment.time - found.known.profile.tolerance &&
    areByDifferentParties(shipment, receipt) &&
    nameTheSame(shipment, receipt)
  )
}

/** Whether somebody else had received the shipment before. */
function isBetween(found: Found, shipment: KnownEvent, other: KnownEvent, receipt: KnownEvent): boolean {
  return (
    compare(other, shipment) >= 0 &&
    compare(other, receipt) < 0 &&
    fit(found, shipment, other) &&
    areByDifferentParties(other, receipt)
  )
}

/**
 * Looks for a deed that concerns the unit: its own, or one of a unit that was around or inside it at that moment or,
 * if given, at the moment of `at`.
 */
function some(
  found: Found,
  unit: KnownUnit,
  gap: 'shipment' | 'receipt',
  at: KnownEvent | null,
  nests: () => Nest[],
  test: (event: KnownEvent) => boolean,
): boolean {
  for (const event of eventsOf(unit)) if (isDeed(found, unit, event, gap) && test(event)) return true
  for (const nest of nests()) {
    for (const [other, windows] of nest) {
      if (!other.life?.isShipped) continue
      const wasThere = at !== null && holds(windows, at)
      for (const event of eventsOf(other)) {
        if (!wasThere && !holds(windows, event)) continue
        if (isDeed(found, other, event, gap) && test(event)) return true
      }
    }
  }
  return false
}
