import type { TraceGap } from '@yuanliu/core'
import type { Found, FoundUnit } from './found.ts'
import { byKey, hasEvents, type LivedUnit } from './known.ts'
import { INPUT, type KnownEvent, OUTPUT, SUBJECT } from './known-event.ts'
import { QUIET } from './life.ts'
import { membershipOf } from './lots.ts'
import { endOf } from './parties.ts'
import { atOrBefore } from './position.ts'
import { shipmentGaps } from './shipments.ts'

/** Gaps of an answer that need no class file; those of the balances come with the balances. */
export function gapsOf(found: Found): TraceGap[] {
  const gaps = shipmentGaps(found)
  for (const unit of found.units) {
    const { leafEvents, reached } = unit.standing
    if (leafEvents)
      for (const { facts } of leafEvents)
        gaps.push({ kind: 'class-only', unit: unit.key, event: facts.id, party: null })
    if (reached) addBeginningGaps(found, unit, gaps)
  }
  return gaps
}

export function sortGaps(gaps: TraceGap[]): TraceGap[] {
  return gaps.sort((a, b) => byKey(a.unit, b.unit) || byKey(a.kind, b.kind) || byKey(a.event ?? '', b.event ?? ''))
}

/** What is odd about the first that is known of a unit, if that event is in the answer. */
function addBeginningGaps(found: Found, unit: FoundUnit, gaps: TraceGap[]): void {
  if (!hasEvents(unit) || unit.life.quiet & QUIET.beginning) return
  const before = gaps.length
  const { events, parts } = unit.life
  const first = events[0]
  if (first && found.events.has(first) && atOrBefore(first, found.horizon)) {
    addOrigin(found, unit, first, gaps)
    const made = events.find((_, i) => (parts[i] as number) & OUTPUT)
    if (made && first.time < made.time && atOrBefore(made, found.horizon)) gaps.push(runsBack(unit.key, first, made))
  }
  if (gaps.length === before) unit.life.quiet |= QUIET.beginning
}

function addOrigin(found: Found, unit: LivedUnit, first: KnownEvent, gaps: TraceGap[]): void {
  const parts = unit.life.parts[0] as number
  const isReceipt = (parts & SUBJECT) !== 0 && first.meaning.gap === 'receipt'
  if (!(parts & INPUT) && !isReceipt) return
  const membership = membershipOf(found.known, unit)
  // An item of a known lot comes from where the lot comes from.
  if (membership && atOrBefore(membership.since, first)) return
  const party = isReceipt ? endOf(first.facts.sources) : null
  gaps.push({ kind: 'unknown-origin', unit: unit.key, event: first.facts.id, party })
}

function runsBack(unit: string, first: KnownEvent, made: KnownEvent): TraceGap {
  return { kind: 'time-runs-back', unit, event: first.facts.id, party: null, detail: { made: made.facts.id } }
}
