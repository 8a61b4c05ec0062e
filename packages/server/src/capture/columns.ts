import { ACTION, type EventFacts, ROLE } from '@yuanliu/core'
import { encodeFlow, encodeUnits } from '../events/events.ts'
import { byteaArray, int2Array, int4Array, int8Array, textArray, uuidArray } from '../lib/db/binary.ts'
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
}

/** Array parameters for `event`, in the order of the columns in `insertEvents`. */
export function eventColumns(rows: readonly Row[], term: (text: string | null) => number | null) {
  const facts = rows.map(r => r.event.facts)
  return {
    key: uuidArray(rows.map(r => r.event.key)),
    part: int2Array(rows.map(r => r.part)),
    id: textArray(rows.map(r => r.event.id)),
    type: int2Array(facts.map(f => f.type)),
    action: int2Array(facts.map(f => f.action)),
    time: int8Array(facts.map(f => f.time)),
    zone: int2Array(facts.map(f => f.zone)),
    bizStep: int4Array(facts.map(f => term(f.bizStep))),
    disposition: int4Array(facts.map(f => term(f.disposition))),
    readPoint: int4Array(facts.map(f => term(f.readPoint))),
    bizLocation: int4Array(facts.map(f => term(f.bizLocation))),
    organisation: int4Array(rows.map(r => r.organisation)),
    context: int4Array(rows.map(r => r.context)),
    document: int4Array(rows.map(r => r.document)),
    flags: int2Array(rows.map(r => r.event.flags)),
    block: int8Array(rows.map(r => r.block)),
    slot: int2Array(rows.map(r => r.slot)),
    units: textArray(facts.map(encodeUnits)),
    flow: facts.some(f => f.sources.length || f.destinations.length) ? textArray(facts.map(encodeFlow)) : null,
    declaration: rows.some(r => r.event.declaration) ? byteaArray(rows.map(r => r.event.declaration)) : null,
  }
}

/** Array parameters for `event_unit`; null stands for a column of nulls. Only events proper (part 0) are searched by unit. */
export function unitColumns(rows: readonly Row[], term: (text: string | null) => number | null) {
  const unit: string[] = []
  const time: number[] = []
  const event: string[] = []
  const role: number[] = []
  const kind: number[] = []
  const parent: (string | null)[] = []
  const quantity: (string | null)[] = []
  const uom: (number | null)[] = []
  let anyParent = false
  let anyQuantity = false
  for (const { event: prepared, part } of rows) {
    if (part !== 0) continue
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
      unit.push(u)
      time.push(facts.time)
      event.push(key)
      role.push(r)
      kind.push(kindOf(facts, r))
      parent.push(isChild ? parentOf : null)
      if (isChild && parentOf) anyParent = true
      const q = quantities?.[i] ?? null
      quantity.push(q)
      uom.push(q === null ? null : term(uoms?.[i] ?? null))
      if (q !== null) anyQuantity = true
    }
  }
  return {
    count: unit.length,
    unit: textArray(unit),
    time: int8Array(time),
    event: uuidArray(event),
    role: int2Array(role),
    kind: int2Array(kind),
    parent: anyParent ? textArray(parent) : null,
    quantity: anyQuantity ? textArray(quantity) : null,
    uom: anyQuantity ? int4Array(uom) : null,
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
