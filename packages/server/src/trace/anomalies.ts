import { ACTION, type TraceAnomaly } from '@yuanliu/core'
import type { Found } from './found.ts'
import { byKey, eventsOf, hasEvents, type KnownUnit } from './known.ts'
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
import { eachUnit, type Lane } from './lane.ts'
import { QUIET } from './life.ts'
import { lotGiven, membershipOf } from './lots.ts'
import type { Containment } from './nesting.ts'
import { compare, firstFrom, later, orderedByCaptureOnly, sinceTime } from './position.ts'
import { knownContainments } from './ride.ts'
import type { Transformation } from './transformation.ts'

/** Records of an answer that contradict each other or rest on a mere order of arrival. */
export function anomaliesOf(found: Found): TraceAnomaly[] {
  const all = new Map<string, TraceAnomaly>()
  const add = (a: TraceAnomaly) => all.set(`${a.kind} ${a.event} ${a.unit} ${JSON.stringify(a.detail ?? null)}`, a)
  for (const event of found.events.keys())
    if (isDisputed(event.facts)) add({ kind: 'disputed', unit: null, event: event.facts.id })
  let added = 0
  const count = (a: TraceAnomaly) => {
    added++
    add(a)
  }
  for (const unit of found.units) {
    const { life, standing } = unit
    if (unit.level === 'class' || !life) continue
    if (!(life.quiet & QUIET.containments)) {
      added = 0
      for (const c of knownContainments(found.known, unit)) if (!c.seen) containmentAnomalies(found, unit, c, count)
      if (added === 0) life.quiet |= QUIET.containments
    }
    if (standing.reached && !(life.quiet & QUIET.lots)) {
      added = 0
      lotAnomalies(found, unit, count)
      if (added === 0) life.quiet |= QUIET.lots
    }
  }
  for (const lane of lanesOf(found)) {
    limitAnomalies(lane, add)
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

function containmentAnomalies(found: Found, child: KnownUnit, c: Containment, add: Add): void {
  const unit = child.key
  const shown = (event: KnownEvent | null): event is KnownEvent => event !== null && found.events.has(event)
  if (shown(c.close)) {
    const event = c.close.facts.id
    if (c.movedTo !== null)
      add({ kind: 'moved-without-unpacking', unit, event, detail: { from: c.parent.key, to: c.movedTo } })
    if (orderedByCaptureOnly(c.open.facts, c.close.facts)) add({ kind: 'same-time', unit, event })
  }
  for (const { event, uom } of c.odd ?? [])
    if (shown(event)) add({ kind: 'unit-not-convertible', unit, event: event.facts.id, detail: { uom: uom ?? '' } })
  if (shown(c.open) && hasRivalEnd(child, c)) add({ kind: 'same-time', unit, event: c.open.facts.id })
}

/** Whether an event that would end the containment stands at the instant at which it began, but before it. */
function hasRivalEnd(child: KnownUnit, c: Containment): boolean {
  for (const unit of [child, c.parent]) {
    const events = eventsOf(unit)
    for (let i = firstFrom(events, sinceTime(c.open.time)); i < events.length; i++) {
      const event = events[i] as KnownEvent
      if (compare(event, c.open) >= 0) break
      if (orderedByCaptureOnly(event.facts, c.open.facts) && endsIt(event, unit, child, c)) return true
    }
  }
  return false
}

function endsIt(event: KnownEvent, unit: KnownUnit, child: KnownUnit, c: Containment): boolean {
  const parts = partsOf(event, unit)
  if (parts & SUBJECT && isRemoval(event)) return true
  if (parts & INPUT && !(parts & OUTPUT)) return true
  if (event.facts.action !== ACTION.DELETE || event.facts.type !== c.type || event.parentUnit !== c.parent) return false
  return (
    (unit === child && (parts & CHILD) !== 0) || (unit === c.parent && (parts & PARENT) !== 0 && !event.namesChildren)
  )
}

function lotAnomalies(found: Found, unit: KnownUnit, add: Add): void {
  if (!hasEvents(unit)) return
  const first = membershipOf(found.known, unit)?.lot
  if (first === undefined) return
  for (const event of unit.life.events) {
    const second = lotGiven(found.known, event, unit)
    if (second === null || second === first || !found.events.has(event)) continue
    add({ kind: 'two-lots', unit: unit.key, event: event.facts.id, detail: { first, second } })
  }
}

/** Events of the instant at which the search of a unit ends: that they count, or not, is for their order alone. */
function limitAnomalies({ name, reached }: Lane, add: Add): void {
  for (const record of reached) {
    const { limit } = record
    if (!('facts' in limit)) continue
    const rivals = rivalsOf(eventsOf(record.unit), limit as KnownEvent)
    if (rivals.length === 0) continue
    eachUnit(record, ({ key, standing }) => {
      if (!standing?.reached || (name === 'possible' && standing.as !== 'possible')) return
      for (const { facts } of rivals) add({ kind: 'same-time', unit: key, event: facts.id })
    })
  }
}

function rivalsOf(events: readonly KnownEvent[], event: KnownEvent): KnownEvent[] {
  const rivals: KnownEvent[] = []
  for (let i = firstFrom(events, sinceTime(event.time)); i < events.length; i++) {
    const other = events[i] as KnownEvent
    if (other.time !== event.time) break
    if (orderedByCaptureOnly(event.facts, other.facts)) rivals.push(other)
  }
  return rivals
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
