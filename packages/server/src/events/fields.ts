/** Reading members of events whose own types may hold anything: nothing here throws. */

export type Value = Readonly<Record<string, unknown>>

/** An event, decoded, with its names by namespace. */
export interface EventView {
  value: Value
  /** full name of a member, or the name itself where nothing defines it */
  nameOf(name: string): string
}

export function isObject(value: unknown): value is Value {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The member as a list: its items, itself, or nothing. */
export function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : value === undefined || value === null ? [] : [value]
}

function objectsOf(value: unknown): Value[] {
  return itemsOf(value).filter(isObject)
}

/** Texts, numbers and booleans of a value; of a JSON-LD value object or reference what it holds. */
export function* scalarsOf(value: unknown): Generator<string | number | boolean> {
  for (const item of itemsOf(value)) {
    const scalar = isObject(item) ? (item['@value'] ?? item['@id'] ?? item.id) : item
    if (typeof scalar === 'string' || typeof scalar === 'number' || typeof scalar === 'boolean') yield scalar
  }
}

/** The texts of a member: of itself, or of its items. */
export function textsAt(value: Value, name: string): string[] {
  return itemsOf(value[name]).filter(item => typeof item === 'string')
}

export const sensorElements = (event: Value) => objectsOf(event.sensorElementList)
export const sensorMetadata = (event: Value) => sensorElements(event).flatMap(e => objectsOf(e.sensorMetadata))
export const sensorReports = (event: Value) => sensorElements(event).flatMap(e => objectsOf(e.sensorReport))

const QUANTITIES = ['quantityList', 'childQuantityList', 'inputQuantityList', 'outputQuantityList']
export const quantityElements = (event: Value) => QUANTITIES.flatMap(name => objectsOf(event[name]))
export const transactions = (event: Value) => objectsOf(event.bizTransactionList)
export const declarations = (event: Value) => objectsOf(event.errorDeclaration)
export const listOf = (event: Value, name: string) => objectsOf(event[name])

/** Parts of an event that bear extension fields, by the word in a parameter's name (EPCIS 2.0 §8.2.7.1). */
export const AREAS = {
  '': (event: Value) => [event],
  ILMD: (event: Value) => objectsOf(event.ilmd),
  ERROR_DECLARATION: declarations,
  SENSORELEMENT: sensorElements,
  SENSORMETADATA: sensorMetadata,
  SENSORREPORT: sensorReports,
  readPoint: (event: Value) => objectsOf(event.readPoint),
  bizLocation: (event: Value) => objectsOf(event.bizLocation),
} as const satisfies Record<string, (event: Value) => Value[]>
export type Area = keyof typeof AREAS

/** The values of the extension fields of these full names in an area: at its top level, or nested anywhere in one there. */
export function* extensionValues(
  event: EventView,
  area: Area,
  inner: boolean,
  names: ReadonlySet<string>,
): Generator<unknown> {
  for (const holder of AREAS[area](event.value)) {
    for (const [name, value] of Object.entries(holder)) {
      const full = event.nameOf(name)
      if (!inner && names.has(full)) yield value
      else if (inner && (full !== name || name.includes(':'))) yield* nested(value, event, names)
    }
  }
}

function* nested(value: unknown, event: EventView, names: ReadonlySet<string>): Generator<unknown> {
  for (const item of itemsOf(value)) {
    if (Array.isArray(item)) yield* nested(item, event, names)
    if (!isObject(item)) continue
    for (const [name, member] of Object.entries(item)) {
      if (names.has(event.nameOf(name))) yield member
      yield* nested(member, event, names)
    }
  }
}
