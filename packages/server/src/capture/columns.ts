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

/** Array parameters for `event`; null stands for a column of nulls. */
export function eventColumns(rows: readonly Row[], term: (text: string | null) => number | null) {
  const n = rows.length
  const key = uuidColumn(n)
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

/**
 * Array parameters for `event_unit`; null stands for a column of nulls. Events proper (part 0) are found by their units,
 * and with them their declarations; one without its event by rows of its own, whose role is below zero.
 */
export function unitColumns(rows: readonly Row[], term: (text: string | null) => number | null) {
  let most = 0
  for (const { event } of rows) most += event.facts.units.length
  const unit = textColumn()
  const time = int8Column(most)
  const event = uuidColumn(most)
  const role = int2Column(most)
  const kind = int2Column(most)
  const parent = textColumn()
  const quantity = textColumn()
  const uom = int4Column(most)
  let count = 0
  let anyParent = false
  let anyQuantity = false
  for (const { event: prepared, part, isLone } of rows) {
    if (part !== 0 && !isLone) continue
    const { facts, key } = prepared
    const { units, roles, quantities, uoms } = facts
    const parentOf = parentUnit(facts)
    // A unit may stand twice in one list (two quantities of one class): one row finds the event.
    const seen = units.length > 1 && roles.some(isQuantityRole) ? new Set<string>() : null
    for (let i = 0; i < units.length; i++) {
      const r = roles[i] as number
      const u = units[i] as string
      if (seen) {
        const mark = `${r} ${u}`
        if (seen.has(mark)) continue
        seen.add(mark)
      }
      const isChild = r === ROLE.child || r === ROLE.childQuantity
      count++
      unit.add(u)
      time.add(facts.time)
      event.add(key)
      role.add(part === 0 ? r : -r)
      kind.add(kindOf(facts, r))
      parent.add(isChild ? parentOf : null)
      if (isChild && parentOf) anyParent = true
      const q = quantities?.[i] ?? null
      quantity.add(q)
      uom.add(q === null ? null : term(uoms?.[i] ?? null))
      if (q !== null) anyQuantity = true
    }
  }
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

function parentUnit(facts: EventFacts): string | null {
  const i = facts.roles.indexOf(ROLE.parent)
  return i < 0 ? null : (facts.units[i] ?? null)
}

/** type × 8 + action × 2 + 1 where a parent row of a DELETE names no children. */
function kindOf(facts: EventFacts, role: number): number {
  const kind = facts.type * 8 + facts.action * 2
  if (role !== ROLE.parent || facts.action !== ACTION.DELETE) return kind
  const children = facts.roles.some(r => r === ROLE.child || r === ROLE.childQuantity)
  return children ? kind : kind + 1
}
