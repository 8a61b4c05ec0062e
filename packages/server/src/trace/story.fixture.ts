import { ACTION, EVENT_TYPE, type EventTypeName, ROLE } from '@yuanliu/core'
import type { StoredEvent } from './source.ts'

/** A thing as a story names it: a key, with a quantity, or with the lot that the event gives it. */
export type Thing = string | [key: string, quantity: string | null, uom?: string | null] | { key: string; lot: string }

export interface Told {
  id?: string
  /** minutes after 2026-01-01T00:00:00Z */
  at: number
  step?: string
  disposition?: string
  place?: string
  from?: string
  to?: string
  by?: number
  document?: string
  position?: number
  transformationID?: string
  declarations?: StoredEvent['declarations']
  declaration?: boolean
}

const START = Date.UTC(2026, 0, 1) * 1000
let count = 0

function build(type: EventTypeName, action: keyof typeof ACTION, told: Told, named: [Thing, number][]): StoredEvent {
  count += 1
  const id = told.id ?? `urn:test:${count}`
  const event: StoredEvent = {
    key: id,
    id,
    type: EVENT_TYPE[type],
    action: ACTION[action],
    time: START + told.at * 60_000_000,
    zone: 480,
    bizStep: told.step ?? null,
    disposition: told.disposition ?? null,
    readPoint: null,
    bizLocation: told.place ?? null,
    sources: told.from ? [partyType(told.from), told.from] : [],
    destinations: told.to ? [partyType(told.to), told.to] : [],
    units: [],
    roles: [],
    lots: [],
    quantities: [],
    uoms: [],
    transformationID: told.transformationID ?? null,
    declaration: told.declaration ?? false,
    position: told.position ?? count,
    document: told.document ?? `document ${count}`,
    reporter: told.by ?? 1,
    reporterCode: `org${told.by ?? 1}`,
    recorded: START + told.at * 60_000_000,
    declarations: told.declarations ?? [],
  }
  for (const [thing, role] of named) name(event, thing, role)
  addLots(event)
  if (told.transformationID) name(event, `transformation/${told.transformationID}`, ROLE.transformation)
  return event
}

/** Q… own what they never hold. */
function partyType(party: string): string {
  return party.startsWith('Q') ? 'owning_party' : 'possessing_party'
}

function name(event: StoredEvent, thing: Thing, role: number): void {
  const given = typeof thing === 'object' && !Array.isArray(thing)
  event.units.push(typeof thing === 'string' ? thing : Array.isArray(thing) ? thing[0] : thing.key)
  event.roles.push(role)
  event.lots?.push(given ? thing.lot : null)
  event.quantities?.push(Array.isArray(thing) ? thing[1] : null)
  event.uoms?.push(Array.isArray(thing) ? (thing[2] ?? null) : null)
}

/** What facts say of lots that items were given: a mention, or only a way to find the items. */
function addLots(event: StoredEvent): void {
  const mentions =
    event.type === EVENT_TYPE.TransformationEvent ||
    (event.type === EVENT_TYPE.ObjectEvent && event.action === ACTION.ADD)
  const roleFor: Record<number, [derived: number, itself: number]> = {
    [ROLE.epc]: [ROLE.lotOfSubject, ROLE.quantity],
    [ROLE.input]: [ROLE.lotOfInput, ROLE.inputQuantity],
    [ROLE.output]: [ROLE.lotOfOutput, ROLE.outputQuantity],
  }
  for (const [i, lot] of [...(event.lots ?? [])].entries()) {
    if (!lot) continue
    const [derived, itself] = roleFor[event.roles[i] as number] ?? [ROLE.lotMember, ROLE.lotMember]
    const role = mentions ? derived : ROLE.lotMember
    const known = event.units.some((u, j) => u === lot && (event.roles[j] === role || event.roles[j] === itself))
    if (!known) name(event, lot, role)
  }
}

const isMany = (thing: Thing) => Array.isArray(thing)

export function object(told: Told, action: 'ADD' | 'OBSERVE' | 'DELETE', ...things: Thing[]): StoredEvent {
  return build(
    'ObjectEvent',
    action,
    told,
    things.map(t => [t, isMany(t) ? ROLE.quantity : ROLE.epc]),
  )
}

function packing(type: 'AggregationEvent' | 'AssociationEvent') {
  return (told: Told, action: 'ADD' | 'OBSERVE' | 'DELETE', parent: string, ...children: Thing[]): StoredEvent =>
    build(type, action, told, [
      [parent, ROLE.parent],
      ...children.map((t): [Thing, number] => [t, isMany(t) ? ROLE.childQuantity : ROLE.child]),
    ])
}

export const aggregation = packing('AggregationEvent')
export const association = packing('AssociationEvent')

export function transaction(told: Told, parent: string, ...things: Thing[]): StoredEvent {
  const named = things.map((t): [Thing, number] => [t, isMany(t) ? ROLE.quantity : ROLE.epc])
  return build('TransactionEvent', 'ADD', told, [[parent, ROLE.transactionParent], ...named])
}

export function transformation(told: Told, inputs: Thing[], outputs: Thing[]): StoredEvent {
  return build('TransformationEvent', 'none', told, [
    ...inputs.map((t): [Thing, number] => [t, isMany(t) ? ROLE.inputQuantity : ROLE.input]),
    ...outputs.map((t): [Thing, number] => [t, isMany(t) ? ROLE.outputQuantity : ROLE.output]),
  ])
}
