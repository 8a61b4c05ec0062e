import type { TraceGap } from '@yuanliu/core'
import type { Found, FoundUnit } from './found.ts'
import { byKey, hasEvents } from './known.ts'
import { INPUT, type KnownEvent, OUTPUT, SUBJECT } from './known-event.ts'
import { membershipOf } from './lots.ts'
import { endOf } from './parties.ts'
import { atOrBefore } from './position.ts'
import { shipmentGaps } from './shipments.ts'

/** Gaps of an answer that need no class file; those of the balances come with the balances. */
export function gapsOf(found: Found): TraceGap[] {
  const gaps = shipmentGaps(found)
  for (const unit of found.units.values()) {
    if (unit.leafEvents)
      for (const { facts } of unit.leafEvents)
        gaps.push({ kind: 'class-only', unit: unit.key, event: facts.id, party: null })
    if (unit.reached) addBeginningGaps(found, unit, gaps)
  }
  return gaps
}

export function sortGaps(gaps: TraceGap[]): TraceGap[] {
  return gaps.sort((a, b) => byKey(a.unit, b.unit) || byKey(a.kind, b.kind) || byKey(a.event ?? '', b.event ?? ''))
}

/** What is odd about the first that is known of a unit, if that event is in the answer. */
function addBeginningGaps(found: Found, { key, record: unit }: FoundUnit, gaps: TraceGap[]): void {
  if (!hasEvents(unit)) return
  const first = unit.events[0]
  if (!first || !found.events.has(first) || !atOrBefore(first, found.horizon)) return
  const parts = unit.parts[0] as number
  const isReceipt = (parts & SUBJECT) !== 0 && first.meaning.gap === 'receipt'
  if (parts & INPUT || isReceipt) {
    const membership = membershipOf(found.known, unit)
    // An item of a known lot comes from where the lot comes from.
    if (!membership || !atOrBefore(membership.since, first)) {
      const party = isReceipt ? endOf(first.facts.sources) : null
      gaps.push({ kind: 'unknown-origin', unit: key, event: first.facts.id, party })
    }
  }
  const made = unit.events.find((_, i) => (unit.parts[i] as number) & OUTPUT)
  if (made && first.time < made.time && atOrBefore(made, found.horizon)) gaps.push(runsBack(key, first, made))
}

function runsBack(unit: string, first: KnownEvent, made: KnownEvent): TraceGap {
  return { kind: 'time-runs-back', unit, event: first.facts.id, party: null, detail: { made: made.facts.id } }
}
