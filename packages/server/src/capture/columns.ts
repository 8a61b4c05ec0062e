import { ACTION, type EventFacts, ROLE } from '@yuanliu/core'
import { encodeFlow, encodeUnits } from '../events/events.ts'
import {
  byteaArray,
  int2Column,
  int4Array,
  int4Column,
  int8Column,
  textArray,
  textColumn,
  uuidColumn,
} from '../lib/db/binary.ts'
import type { Prepared } from './prepare.ts'

/** One accepted event on its way into the database. */
export interface Row {
  event: Prepared
  part: number
  organisation: number
  context: number
  document: number
  block: number
  slot: number
  /** an error declaration of which no event is there, which it would be found by */
  isLone?: boolean
}

/** Texts that the columns have as numbers; one that the event before has in the same place is not told again. */
export function* termsOf(rows: Iterable<Pick<Row, 'event'>>): Generator<string> {
  let last: Partial<EventFacts> = {}
  for (const { event } of rows) {
    const { facts } = event
    const { bizStep, disposition, readPoint, bizLocation, uoms } = facts
    if (bizStep !== null && bizStep !== last.bizStep) yield bizStep
    if (disposition !== null && disposition !== last.disposition) yield disposition
    if (readPoint !== null && readPoint !== last.readPoint) yield readPoint
    if (bizLocation !== null && bizLocation !== last.bizLocation) yield bizLocation
    if (uoms) for (const uom of uoms) if (uom) yield uom
    last = facts
  }
}

/** Array parameters for `event`; null stands for a column of nulls. */
export function eventColumns(rows: readonly Row[], term: (text: string | null) => number | null) {
  const n = rows.length
  const key = uuidColumn()
  const part = int2Column(n)
  const id = textColumn()
  const type = int2Column(n)
  const action = int2Column(n)
  const time = int8Column(n)
  const zone = int2Column(n)
  const bizStep = int4Column(n)
  const disposition = int4Column(n)
  const readPoint = int4Column(n)
  const bizLocation = int4Column(n)
  const organisation = int4Column(n)
  const context = int4Column(n)
  const document = int4Column(n)
  const flags = int2Column(n)
  const block = int8Column(n)
  const slot = int2Column(n)
  const units = textColumn()
  for (const row of rows) {
    const { event } = row
    const { facts } = event
    key.add(event.key)
    part.add(row.part)
    id.add(event.id)
    type.add(facts.type)
    action.add(facts.action)
    time.add(facts.time)
    zone.add(facts.zone)
    bizStep.add(term(facts.bizStep))
    disposition.add(term(facts.disposition))
    readPoint.add(term(facts.readPoint))
    bizLocation.add(term(facts.bizLocation))
    organisation.add(row.organisation)
    context.add(row.context)
    document.add(row.document)
    flags.add(event.flags)
    block.add(row.block)
    slot.add(row.slot)
    units.add(encodeUnits(facts))
  }
  const flows = rows.some(({ event: { facts } }) => facts.sources.length || facts.destinations.length)
  return {
    /** 1, 2, … */
    ordinal: int4Array(rows.map((_, i) => i + 1)),
    key: key.done(),
    part: part.done(),
    id: id.done(),
    type: type.done(),
    action: action.done(),
    time: time.done(),
    zone: zone.done(),
    bizStep: bizStep.done(),
    disposition: disposition.done(),
    readPoint: readPoint.done(),
    bizLocation: bizLocation.done(),
    organisation: organisation.done(),
    context: context.done(),
    document: document.done(),
    flags: flags.done(),
    block: block.done(),
    slot: slot.done(),
    units: units.done(),
    flow: flows ? textArray(rows.map(r => encodeFlow(r.event.facts))) : null,
    declaration: rows.some(r => r.event.declaration) ? byteaArray(rows.map(r => r.event.declaration)) : null,
  }
}

/** What an event's rows of `event_unit` are made of. */
export interface UnitOwner extends Pick<Row, 'part' | 'isLone'> {
  event: {
    key: string
    facts: Pick<EventFacts, 'type' | 'action' | 'time' | 'units' | 'roles' | 'quantities' | 'uoms'>
  }
}

/** Is told one row; a unit of measure is a text still. */
type TellUnit = (
  unit: string,
  role: number,
  owner: UnitOwner['event'],
  kind: number,
  parent: string | null,
  quantity: string | null,
  uom: string | null,
) => void

/**
 * Tells the rows that events have in `event_unit`. Events proper (part 0) are found by their units, and with them their
 * declarations; one without its event by rows of its own, whose role is below zero.
 */
export function eachUnit(owners: readonly UnitOwner[], tell: TellUnit): void {
  for (const { event, part, isLone } of owners) {
    if (part !== 0 && !isLone) continue
    const { facts } = event
    const { units, roles, quantities, uoms } = facts
    const parent = parentUnit(facts)
    // A unit may stand twice in one list (two quantities of one class): one row finds the event.
    const seen = units.length > 1 && roles.some(isQuantityRole) ? new Set<string>() : null
    for (let i = 0; i < units.length; i++) {
      const role = roles[i] as number
      const unit = units[i] as string
      if (seen) {
        const mark = `${role} ${unit}`
        if (seen.has(mark)) continue
        seen.add(mark)
      }
      const isChild = role === ROLE.child || role === ROLE.childQuantity
      const quantity = quantities?.[i] ?? null
      const uom = quantity === null ? null : (uoms?.[i] ?? null)
      tell(unit, part === 0 ? role : -role, event, kindOf(facts, role), isChild ? parent : null, quantity, uom)
    }
  }
}

/** Array parameters for `event_unit`; null stands for a column of nulls. */
export function unitColumns(owners: readonly UnitOwner[], term: (text: string | null) => number | null) {
  let most = 0
  for (const { event } of owners) most += event.facts.units.length
  const unit = textColumn()
  const time = int8Column(most)
  const event = uuidColumn()
  const role = int2Column(most)
  const kind = int2Column(most)
  const parent = textColumn()
  const quantity = textColumn()
  const uom = int4Column(most)
  let count = 0
  let anyParent = false
  let anyQuantity = false
  eachUnit(owners, (ofUnit, ofRole, { facts, key }, ofKind, ofParent, ofQuantity, ofUom) => {
    count++
    unit.add(ofUnit)
    time.add(facts.time)
    event.add(key)
    role.add(ofRole)
    kind.add(ofKind)
    parent.add(ofParent)
    if (ofParent) anyParent = true
    quantity.add(ofQuantity)
    uom.add(term(ofUom))
    if (ofQuantity !== null) anyQuantity = true
  })
  return {
    count,
    unit: unit.done(),
    time: time.done(),
    event: event.done(),
    role: role.done(),
    kind: kind.done(),
    parent: anyParent ? parent.done() : null,
    quantity: anyQuantity ? quantity.done() : null,
    uom: anyQuantity ? uom.done() : null,
  }
}

function isQuantityRole(role: number): boolean {
  return (
    role === ROLE.quantity || role === ROLE.childQuantity || role === ROLE.inputQuantity || role === ROLE.outputQuantity
  )
}

function parentUnit(facts: UnitOwner['event']['facts']): string | null {
  const i = facts.roles.indexOf(ROLE.parent)
  return i < 0 ? null : (facts.units[i] ?? null)
}

/** type × 8 + action × 2 + 1 where a parent row of a DELETE names no children. */
function kindOf(facts: UnitOwner['event']['facts'], role: number): number {
  const kind = facts.type * 8 + facts.action * 2
  if (role !== ROLE.parent || facts.action !== ACTION.DELETE) return kind
  const children = facts.roles.some(r => r === ROLE.child || r === ROLE.childQuantity)
  return children ? kind : kind + 1
}
