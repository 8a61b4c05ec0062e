import type { Compiled } from '../compiled.ts'
import type { Reading } from '../reading.ts'
import { aiOf } from './ai-table.ts'
import { associationFaults } from './associations.ts'
import { bareElements, bracketedElements, type Element, FNC1 } from './element-string.ts'
import { type Field, failed, faultlessCode, readingOf } from './gs1-reading.ts'
import { otherFaults } from './others.ts'
import { encodeSegment } from './percent.ts'
import type { Code, Primary } from './primary.ts'
import { valueFault } from './value.ts'

/** Readings of an element string with identifiers in brackets, `(01)…(10)…`. */
export function bracketedReadings(compiled: Compiled, text: string, from: number): Reading[] {
  const elements = bracketedElements(text, from)
  const clean = typeof elements === 'number' ? null : cleanKey(compiled, elements)
  if (clean) return [clean]
  return typeof elements === 'number' ? [] : keysIn(compiled, elements, false)
}

/**
 * Readings of a bare element string as scanners give it.
 * @param marked the text says that it is one (symbology identifier, FNC1); else only a whole, faultless one counts
 */
export function bareElementReadings(compiled: Compiled, text: string, from: number, marked: boolean): Reading[] {
  const { packed, places } = withoutSpaces(text, from)
  const elements = bareElements(packed, 0)
  if (typeof elements === 'number') {
    const begin = packed.startsWith(FNC1) ? 1 : 0
    const first = marked ? compiled.byAi.get(packed.slice(begin, begin + 2)) : undefined
    return first ? [failed(first, { reason: 'format', at: places[elements] ?? text.length })] : []
  }
  const clean = cleanKey(compiled, elements)
  if (clean) return [clean]
  for (const element of elements) element.at = places[element.at] ?? text.length
  const readings = keysIn(compiled, elements, true)
  return marked || readings.every(reading => reading.ok) ? readings : []
}

/**
 * The reading of elements of which one is a key and nothing at all is wrong or has to be cleaned, the short way; null for
 * any others.
 */
function cleanKey({ byAi }: Compiled, elements: readonly Element[]): Reading | null {
  let primary: Primary | undefined
  let value = ''
  for (let i = 0; i < elements.length; i++) {
    const element = elements[i]!
    if (hasSpace(element.value)) return null
    const key = byAi.get(element.ai)
    if (key === undefined) continue
    if (primary !== undefined) return null
    primary = key
    value = element.value
  }
  if (primary === undefined) return null
  const code: Code = { primary, value: encodeSegment(value), qualifiers: [] }
  let others: Record<string, string> | undefined
  for (let i = 0; i < elements.length; i++) {
    const { ai, value: text } = elements[i]!
    if (ai === primary.ai) continue
    const index = primary.qualifierIndex.get(ai)
    if (index !== undefined) {
      if (text === '' || code.qualifiers[index] !== undefined) return null
      code.qualifiers[index] = encodeSegment(text)
      continue
    }
    const entry = aiOf(ai)
    if (entry === undefined || others?.[ai] !== undefined || valueFault(entry, text)) return null
    others ??= {}
    others[ai] = text
  }
  const alone = elements.length === 1 && aiOf(primary.ai)?.requires.length === 0
  if (!alone && associationFaults(elements).length > 0) return null
  return faultlessCode(code, others)
}

function hasSpace(value: string): boolean {
  for (let i = 0; i < value.length; i++) if (value.charCodeAt(i) === 32) return true
  return false
}

/** One reading per primary key among the elements, in their order. */
function keysIn(compiled: Compiled, elements: readonly Element[], strict: boolean): Reading[] {
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
  const all = [...fields].map(([ai, { value, place }]) => ({ ai, value, place }))
  const readings: Reading[] = []
  for (const [ai, value] of fields) {
    const primary = compiled.byAi.get(ai)
    if (!primary) continue
    const qualifiers = new Map([...fields].filter(([other]) => primary.qualifierIndex.has(other)))
    const others = all.filter(other => other.ai !== ai && !qualifiers.has(other.ai))
    const data = Object.fromEntries(others.map(other => [other.ai, other.value]))
    // further keys are judged in readings of their own
    const beside = others.filter(other => !compiled.byAi.has(other.ai))
    const warnings = otherFaults(primary.file.id, beside, all)
    readings.push(readingOf({ primary, value, qualifiers, others: data, forms: {}, strict, warnings }))
  }
  return readings
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
