import { ACTION, type TraceAnomaly } from '@yuanliu/core'
import type { Found, FoundUnit } from './found.ts'
import { byKey, hasEvents, type KnownUnit } from './known.ts'
import {
  CHILD,
  INPUT,
  isDisputed,
  isRemoval,
  type KnownEvent,
  OUTPUT,
  PARENT,
  partBit,
  partsOf,
  SUBJECT,
} from './known-event.ts'
import { lotGiven, membershipOf } from './lots.ts'
import type { Containment } from './nesting.ts'
import { compare, firstFrom, later, orderedByCaptureOnly, sinceTime } from './position.ts'
import { knownContainments } from './ride.ts'
import type { Lane, Reached } from './search.ts'
import type { Transformation } from './transformation.ts'

/** Records of an answer that contradict each other or rest on a mere order of arrival. */
export function anomaliesOf(found: Found): TraceAnomaly[] {
  const all = new Map<string, TraceAnomaly>()
  const add = (a: TraceAnomaly) => all.set(`${a.kind} ${a.event} ${a.unit} ${JSON.stringify(a.detail ?? null)}`, a)
  for (const event of found.events.keys())
    if (isDisputed(event.facts)) add({ kind: 'disputed', unit: null, event: event.facts.id })
  for (const unit of found.units.values()) {
    const record = unit.record
    if (record.level === 'class') continue
    for (const c of knownContainments(found.known, record)) if (!c.seen) containmentAnomalies(found, c, add)
    if (unit.reached) lotAnomalies(found, record, add)
  }
  for (const lane of lanesOf(found)) {
    for (const reached of lane.reached.values()) limitAnomalies(found, reached, add)
    for (const transformation of lane.transformations) transformationAnomalies(transformation, add)
  }
  return [...all.values()].sort(
    (a, b) => byKey(a.event, b.event) || byKey(a.kind, b.kind) || byKey(a.unit ?? '', b.unit ?? ''),
  )
}

type Add = (anomaly: TraceAnomaly) => void

function lanesOf({ backward, forward }: Found): Lane[] {
  const lanes = backward ? [backward] : []
  return forward ? [...lanes, forward.forward, forward.possible] : lanes
}

function containmentAnomalies(found: Found, c: Containment, add: Add): void {
  const unit = c.child.key
  const shown = (event: KnownEvent | null): event is KnownEvent => event !== null && found.events.has(event)
  if (shown(c.close)) {
    const event = c.close.facts.id
    if (c.movedTo !== null)
      add({ kind: 'moved-without-unpacking', unit, event, detail: { from: c.parent.key, to: c.movedTo } })
    if (orderedByCaptureOnly(c.open.facts, c.close.facts)) add({ kind: 'same-time', unit, event })
  }
  for (const { event, uom } of c.odd ?? [])
    if (shown(event)) add({ kind: 'unit-not-convertible', unit, event: event.facts.id, detail: { uom: uom ?? '' } })
  if (shown(c.open) && hasRivalEnd(c)) add({ kind: 'same-time', unit, event: c.open.facts.id })
}

/** Whether an event that would end the containment stands at the instant at which it began, but before it. */
function hasRivalEnd(c: Containment): boolean {
  for (const unit of [c.child, c.parent]) {
    const events = unit.events ?? []
    for (let i = firstFrom(events, sinceTime(c.open.time)); i < events.length; i++) {
      const event = events[i] as KnownEvent
      if (compare(event, c.open) >= 0) break
      if (orderedByCaptureOnly(event.facts, c.open.facts) && endsIt(event, unit, c)) return true
    }
  }
  return false
}

function endsIt(event: KnownEvent, unit: KnownUnit, c: Containment): boolean {
  const parts = partsOf(event, unit.key)
  if (parts & SUBJECT && isRemoval(event)) return true
  if (parts & INPUT && !(parts & OUTPUT)) return true
  if (event.facts.action !== ACTION.DELETE || event.facts.type !== c.type || event.parent !== c.parent.key) return false
  return (
    (unit === c.child && (parts & CHILD) !== 0) || (unit === c.parent && (parts & PARENT) !== 0 && !event.namesChildren)
  )
}

function lotAnomalies(found: Found, unit: KnownUnit, add: Add): void {
  if (!hasEvents(unit)) return
  const first = membershipOf(found.known, unit)?.lot
  if (first === undefined) return
  for (const event of unit.events) {
    const second = lotGiven(found.known, event, unit.key)
    if (second === null || second === first || !found.events.has(event)) continue
    add({ kind: 'two-lots', unit: unit.key, event: event.facts.id, detail: { first, second } })
  }
}

/** Events of the instant at which the search of a unit ends: that they count, or not, is for their order alone. */
function limitAnomalies(found: Found, { unit, limit, lane }: Reached, add: Add): void {
  if (!('facts' in limit) || !unit.events) return
  const counted = found.units.get(unit.key) as FoundUnit | undefined
  if (!counted?.reached || (lane.name === 'possible' && counted.as !== 'possible')) return
  const event = limit as KnownEvent
  for (let i = firstFrom(unit.events, sinceTime(event.time)); i < unit.events.length; i++) {
    const other = unit.events[i] as KnownEvent
    if (other.time !== event.time) break
    if (orderedByCaptureOnly(event.facts, other.facts))
      add({ kind: 'same-time', unit: unit.key, event: other.facts.id })
  }
}

function transformationAnomalies({ events, foreign }: Transformation, add: Add): void {
  for (const { facts } of foreign) add({ kind: 'foreign-transformation', unit: null, event: facts.id })
  for (const input of events) {
    for (const output of events) {
      if (!orderedByCaptureOnly(input.facts, output.facts)) continue
      if (names(input, INPUT) && names(output, OUTPUT))
        add({ kind: 'same-time', unit: null, event: later(input, output).facts.id })
    }
  }
}

function names(event: KnownEvent, part: number): boolean {
  return event.facts.roles.some(role => partBit(role) === part)
}
