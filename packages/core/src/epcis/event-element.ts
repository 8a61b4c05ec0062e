import type { Context } from './context.ts'

/**
 * An event as a tree of named elements, the same whether it was written as JSON or as XML: lists hold one element per
 * item, extension names bear their namespace, `{https://ns.example.com/epcis/}myField`.
 */
export interface EventElement {
  name: string
  text: string
  children: EventElement[]
}

type Fields = Record<string, unknown>

/** What the items of a list are called, where JSON leaves it out. */
const ITEM_NAMES = new Map([
  ['epcList', 'epc'],
  ['inputEPCList', 'epc'],
  ['outputEPCList', 'epc'],
  ['childEPCs', 'epc'],
  ['quantityList', 'quantityElement'],
  ['childQuantityList', 'quantityElement'],
  ['inputQuantityList', 'quantityElement'],
  ['outputQuantityList', 'quantityElement'],
  ['bizTransactionList', 'bizTransaction'],
  ['sourceList', 'source'],
  ['destinationList', 'destination'],
  ['sensorElementList', 'sensorElement'],
])

/** The elements of an event written as JSON-LD; `@context`, other JSON-LD keywords and comments are left out. */
export function elementsOf(event: object, context: Context): EventElement[] {
  const elements: EventElement[] = []
  for (const [field, value] of Object.entries(event)) {
    const item = ITEM_NAMES.get(field)
    if (item !== undefined && Array.isArray(value)) {
      const children: EventElement[] = []
      append(children, item, value, context)
      elements.push({ name: field, text: '', children })
    } else if (isNamed(field)) append(elements, nameOf(field, context), value, context)
  }
  return elements
}

function isNamed(field: string): boolean {
  return field[0] !== '@' && field !== 'rdfs:comment' && field !== 'comment'
}

/** The name with its namespace, of a prefixed name; a standard field's as it is. */
export function nameOf(field: string, context: Context): string {
  if (!field.includes(':')) return field
  const name = context.qualify(field)
  return name ? `{${name.namespace}}${name.local}` : field
}

const NONE: EventElement[] = []

/** Appends one element, or one per item of an array. */
function append(to: EventElement[], name: string, value: unknown, context: Context): void {
  if (typeof value !== 'object' || value === null) {
    to.push({ name, text: textOf(value), children: NONE })
  } else if (Array.isArray(value)) {
    for (const item of value) append(to, name, item, context)
  } else {
    const fields = value as Fields
    const children: EventElement[] = []
    for (const field of Object.keys(fields))
      if (isNamed(field)) append(children, nameOf(field, context), fields[field], context)
    to.push({ name, text: textOf(fields['@value']), children })
  }
}

function textOf(value: unknown): string {
  return value === null || value === undefined || typeof value === 'object' ? '' : String(value)
}
