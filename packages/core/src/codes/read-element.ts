import type { Compiled } from './compiled.ts'
import { bareElements, bracketedElements, type Element, FNC1 } from './element-string.ts'
import type { Primary } from './primary.ts'
import type { Reading, UnitOf } from './read.ts'
import { type Field, failed, readingOf } from './reading.ts'

/** Readings of an element string with identifiers in brackets, `(01)…(10)…`. */
export function bracketedReadings(compiled: Compiled, text: string, from: number, unit: UnitOf): Reading[] {
  const elements = bracketedElements(text, from)
  return typeof elements === 'number' ? [] : keysIn(compiled, elements, unit, false)
}

/**
 * Readings of a bare element string as scanners give it.
 * @param marked the text says that it is one (symbology identifier, FNC1); else only a whole, faultless one counts
 */
export function bareElementReadings(
  compiled: Compiled,
  text: string,
  from: number,
  unit: UnitOf,
  marked: boolean,
): Reading[] {
  const { packed, places } = withoutSpaces(text, from)
  const elements = bareElements(packed, 0)
  if (typeof elements === 'number') {
    const begin = packed.startsWith(FNC1) ? 1 : 0
    const first = marked ? compiled.byAi.get(packed.slice(begin, begin + 2)) : undefined
    return first ? [failed(first, { reason: 'format', at: places[elements] ?? text.length })] : []
  }
  for (const element of elements) element.at = places[element.at] ?? text.length
  const readings = keysIn(compiled, elements, unit, true)
  return marked || readings.every(reading => reading.ok) ? readings : []
}

/** One reading per primary key among the elements, in their order. */
function keysIn(compiled: Compiled, elements: readonly Element[], unit: UnitOf, strict: boolean): Reading[] {
  const fields = new Map<string, Field>()
  for (const element of elements) {
    const primary = compiled.byAi.get(element.ai)
    const field = fieldOf(element, primary !== undefined && primary.tail === null)
    const known = fields.get(element.ai)
    if (known && known.value !== field.value) {
      return primary ? [failed(primary, { reason: 'component', at: element.at })] : []
    }
    fields.set(element.ai, field)
  }
  const readings: Reading[] = []
  for (const [ai, value] of fields) {
    const primary = compiled.byAi.get(ai)
    if (!primary) continue
    const qualifiers = new Map([...fields].filter(([other]) => primary.qualifierIndex.has(other)))
    readings.push(readingOf({ primary, value, qualifiers, others: othersOf(primary, fields), forms: {}, strict }, unit))
  }
  return readings
}

function othersOf(primary: Primary, fields: ReadonlyMap<string, Field>): Record<string, string> {
  const others: Record<string, string> = {}
  for (const [ai, field] of fields) {
    if (ai !== primary.ai && !primary.qualifierIndex.has(ai)) others[ai] = field.value
  }
  return others
}

/** Spaces around a value are not part of it; within a number people also write spaces and hyphens. */
function fieldOf(element: Element, number: boolean): Field {
  let value = ''
  const places: number[] = []
  const last = element.value.trimEnd().length
  for (let i = 0; i < last; i++) {
    const char = element.value[i]!
    if (number ? char === ' ' || char === '-' : char === ' ' && value === '') continue
    value += char
    places.push(element.at + i)
  }
  return { value, place: index => places[index] ?? element.at + last }
}

function withoutSpaces(text: string, from: number): { packed: string; places: number[] } {
  let packed = ''
  const places: number[] = []
  for (let i = from; i < text.length; i++) {
    if (text[i] === ' ') continue
    packed += text[i]!
    places.push(i)
  }
  return { packed, places }
}
