import type { UnitLevel } from '../api/trace.ts'
import { boundedKey } from '../codes/plain-uri.ts'
import type { EventFields, QuantityElement } from './event-fields.ts'
import { ACTION, EVENT_TYPE, type EventFacts, type EventType, ROLE } from './facts.ts'
import type { PlainEvent } from './plain-event.ts'
import { isSameText } from './same-text.ts'
import { EVENT_SCHEMAS } from './schema/event.ts'
import { standardFields } from './standard-fields.ts'
import { canonicalTerm } from './terms.ts'
import { parseTime, parseZone } from './time.ts'

/** What `factsOf` needs to know of codes; `Codes` has it. */
export interface FactCodes {
  unit(uri: string): { key: string; level: UnitLevel; lot: string | null }
  unitKey(uri: string): string
  lotKey(key: string, lot: string): string | null
}

export interface FactOptions {
  codes: FactCodes
  /** full URI of a prefixed extension name, or null: the document's context */
  expand: (name: string) => string | null
}

/** The members of an event that facts are made of; `checkEvent` has found it valid. */
interface EventJson extends EventFields {
  eventTime: string
  eventTimeZoneOffset: string
}

/**
 * Reduces a valid EPCIS event (JSON form) to what is stored and searched.
 * Throws a RangeError where a time cannot be read, which validation excludes.
 */
export function factsOf(event: unknown, { codes, expand }: FactOptions): EventFacts {
  const isStandard = Object.hasOwn(EVENT_SCHEMAS, (event as EventJson).type)
  const e = (isStandard ? event : standardFields(event as object)) as EventJson
  const time = parseTime(e.eventTime)
  const zone = parseZone(e.eventTimeZoneOffset)
  if (time === null || zone === null) throw new RangeError('eventTime')
  return reduced(e, EVENT_TYPE[isStandard ? e.type : 'extended'], time, zone, { codes, expand })
}

/** The same of an event that is plain already. */
export function factsOfPlain(event: PlainEvent, codes: FactCodes): EventFacts {
  return reduced(event, EVENT_TYPE[event.type], event.time, event.zone, { codes, expand: () => null })
}

function reduced(
  e: EventFields,
  type: EventType,
  time: number,
  zone: number,
  { codes, expand }: FactOptions,
): EventFacts {
  const facts: EventFacts = {
    type,
    action: e.action ? ACTION[e.action] : ACTION.none,
    time,
    zone,
    bizStep: e.bizStep === undefined ? null : canonicalTerm('bizStep', e.bizStep),
    disposition: e.disposition === undefined ? null : canonicalTerm('disposition', e.disposition),
    readPoint: e.readPoint ? clean(codes.unitKey(e.readPoint.id)) : null,
    bizLocation: e.bizLocation ? clean(codes.unitKey(e.bizLocation.id)) : null,
    sources: [],
    destinations: [],
    units: [],
    roles: [],
    lots: null,
    quantities: null,
    uoms: null,
    transformationID: e.transformationID === undefined ? null : clean(e.transformationID),
    declaration: e.errorDeclaration !== undefined,
  }
  for (const s of e.sourceList ?? [])
    facts.sources.push(canonicalTerm('srcDest', s.type), clean(codes.unitKey(s.source)))
  for (const d of e.destinationList ?? [])
    facts.destinations.push(canonicalTerm('srcDest', d.type), clean(codes.unitKey(d.destination)))
  nameUnits(facts, e, codes, expand)
  return facts
}

const SHORT = 8

function nameUnits(facts: EventFacts, e: EventFields, codes: FactCodes, expand: FactOptions['expand']): void {
  const givesLots = e.type === 'TransformationEvent' || (e.type === 'ObjectEvent' && e.action === 'ADD')
  const ilmdLot = givesLots && e.ilmd ? lotNumberOf(e.ilmd, expand) : null
  const lots: GivenLot[] = []
  // Duplicates can only be told by looking: in short lists at each other, in long ones by a Set.
  function list(uris: readonly string[] | undefined, role: number, lotRole: number | null, withIlmd: boolean): void {
    if (!uris?.length) return
    const seen = uris.length > SHORT ? new Set<string>() : null
    const first = facts.units.length
    for (const uri of uris) {
      const unit = codes.unit(uri)
      const key = clean(unit.key)
      if (seen) {
        if (seen.has(key)) continue
        seen.add(key)
      } else if (isAmong(facts.units, first, key)) continue
      let lot = unit.lot
      if (!lot && withIlmd && ilmdLot !== null && unit.level === 'item') lot = codes.lotKey(key, ilmdLot)
      push(facts, key, role, lot, null, null)
      if (lot)
        lots.push({ role: lotRole !== null && givesLots ? lotRole : ROLE.lotMember, itself: NAMED_BY[role], lot })
    }
  }
  function quantities(elements: readonly QuantityElement[] | undefined, role: number): void {
    for (const q of elements ?? []) {
      const quantity = q.quantity === undefined ? null : plainDecimal(q.quantity)
      push(facts, clean(codes.unitKey(q.epcClass)), role, null, quantity, q.uom ?? null)
    }
  }
  if (e.parentID !== undefined)
    push(
      facts,
      clean(codes.unitKey(e.parentID)),
      e.type === 'TransactionEvent' ? ROLE.transactionParent : ROLE.parent,
      null,
      null,
      null,
    )
  list(e.epcList, ROLE.epc, ROLE.lotOfSubject, true)
  quantities(e.quantityList, ROLE.quantity)
  list(e.childEPCs, ROLE.child, null, false)
  quantities(e.childQuantityList, ROLE.childQuantity)
  list(e.inputEPCList, ROLE.input, ROLE.lotOfInput, false)
  quantities(e.inputQuantityList, ROLE.inputQuantity)
  list(e.outputEPCList, ROLE.output, ROLE.lotOfOutput, true)
  quantities(e.outputQuantityList, ROLE.outputQuantity)
  addLots(facts, lots)
  if (facts.transformationID !== null)
    push(facts, transformationUnit(facts.transformationID), ROLE.transformation, null, null, null)
}

/** Whether a key stands among `keys` from a place on. */
function isAmong(keys: readonly string[], from: number, key: string): boolean {
  for (let i = from; i < keys.length; i++) if (isSameText(keys[i]!, key)) return true
  return false
}

/** The pseudo-unit under which the events of one transformation are found. */
export function transformationUnit(transformationID: string): string {
  return boundedKey(`transformation/${transformationID}`)
}

interface GivenLot {
  role: number
  /** role by which the event may name the lot itself, in the part of its item */
  itself: number | undefined
  lot: string
}

const NAMED_BY: Record<number, number> = {
  [ROLE.epc]: ROLE.quantity,
  [ROLE.input]: ROLE.inputQuantity,
  [ROLE.output]: ROLE.outputQuantity,
}

/**
 * Lots that items were given are mentioned too, unless the event names the lot in the same part itself; where the code
 * alone says the lot, the lot finds the item by a pseudo-mention.
 */
function addLots(facts: EventFacts, lots: readonly GivenLot[]): void {
  const seen = new Set<string>()
  for (const { role, itself, lot } of lots) {
    const mark = `${role} ${lot}`
    if (seen.has(mark)) continue
    seen.add(mark)
    const named = facts.units.some((unit, i) => unit === lot && facts.roles[i] === itself)
    if (!named) push(facts, lot, role, null, null, null)
  }
}

function push(
  facts: EventFacts,
  key: string,
  role: number,
  lot: string | null,
  quantity: string | null,
  uom: string | null,
) {
  const i = facts.units.length
  facts.units.push(key)
  facts.roles.push(role)
  if (lot !== null) facts.lots ??= new Array(i).fill(null)
  if (quantity !== null) facts.quantities ??= new Array(i).fill(null)
  if (uom !== null) facts.uoms ??= new Array(i).fill(null)
  facts.lots?.push(lot)
  facts.quantities?.push(quantity)
  facts.uoms?.push(uom)
}

// CBV 2.0 §9.2 instance/lot master data; gs1:hasBatchLotNumber is its web vocabulary twin.
const LOT_NAMES =
  /^(?:urn:epcglobal:cbv:mda[:#/]?lotNumber|https?:\/\/(?:ref|ns)\.gs1\.org\/cbv\/(?:mda[#/:-]?)?lotNumber|https?:\/\/(?:www\.|ref\.)?gs1\.org\/voc\/hasBatchLotNumber)$/i

function lotNumberOf(ilmd: Record<string, unknown>, expand: FactOptions['expand']): string | null {
  for (const name in ilmd) {
    if (!/lotNumber$/i.test(name)) continue
    const value = ilmd[name]
    const full = expand(name)
    if (full && LOT_NAMES.test(full) && (typeof value === 'string' || typeof value === 'number')) return String(value)
  }
  return null
}

/** A number as plain decimal digits, without an exponent. */
export function plainDecimal(value: number): string {
  const text = String(value)
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text)
  if (!match) return text
  const digits = (match[2] ?? '') + (match[3] ?? '')
  const point = 1 + Number(match[4])
  if (point <= 0) return `${match[1]}0.${'0'.repeat(-point)}${digits}`
  if (point >= digits.length) return `${match[1]}${digits}${'0'.repeat(point - digits.length)}`
  return `${match[1]}${digits.slice(0, point)}.${digits.slice(point)}`
}

// Keys stand in lines with tabs between fields; a URI has no business carrying control characters.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/
function clean(key: string): string {
  // A GS1 key begins with its application identifier and is percent-encoded already.
  const first = key.charCodeAt(0)
  if (first >= 48 && first <= 57) return key
  return CONTROL.test(key) ? encodeURI(key) : key
}
