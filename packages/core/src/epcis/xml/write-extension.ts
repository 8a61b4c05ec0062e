import type { Context } from '../context.ts'
import { JSON_LD } from './element.ts'
import type { XmlPrefixes } from './prefixes.ts'
import { type CbvXmlFormat, escapeXml, ncName } from './write-text.ts'

/** What writing one event needs. */
export interface Writing {
  /** names of the event's extensions */
  context: Context
  prefixes: XmlPrefixes
  terms: CbvXmlFormat
}

type Fields = Record<string, unknown>

/** An element with text. */
export function textElement(name: string, text: unknown): string {
  const written = text === null || text === undefined ? '' : escapeXml(String(text))
  return written === '' ? `<${name}/>` : `<${name}>${written}</${name}>`
}

/** An extension: an element, or one for each item of a list. */
export function extension(w: Writing, field: string, value: unknown): string {
  if (Array.isArray(value)) return value.map(item => extension(w, field, item)).join('')
  const name = w.prefixes.qualified(field, w.context)
  if (typeof value !== 'object' || value === null) return textElement(name, value)
  const attributes: Attribute[] = []
  let content = ''
  for (const [member, inner] of Object.entries(value)) {
    if (member === '@value' && !isObject(inner)) content += escapeXml(String(inner ?? ''))
    else if (member[0] !== '@') content += extension(w, member, inner)
    else if (member !== '@context' && !isObject(inner)) attributes.push(keyword(w, member, String(inner ?? '')))
  }
  const start = name + attributesText(attributes)
  return content === '' ? `<${start}/>` : `<${start}>${content}</${name}>`
}

/** An attribute: its qualified name, and what it says. */
export type Attribute = readonly [name: string, value: string]

/** Attributes of an element, each with a space before it; of several that XML cannot tell apart, the values are one JSON list. */
export function attributesText(attributes: readonly Attribute[]): string {
  const values = new Map<string, string[]>()
  for (const [name, value] of attributes) {
    const same = values.get(name)
    if (same) same.push(value)
    else values.set(name, [value])
  }
  return [...values]
    .map(([name, list]) => ` ${name}="${escapeXml(list.length > 1 ? JSON.stringify(list) : (list[0] as string))}"`)
    .join('')
}

/** A keyword of JSON-LD as attribute; `@id` and `@type` are names. */
function keyword(w: Writing, member: string, text: string): Attribute {
  const isName = member === '@id' || member === '@type'
  const value = isName ? w.prefixes.value(text, w.context) : text
  return [`${w.prefixes.prefix(JSON_LD, 'jsonld')}:${ncName(member.slice(1))}`, value]
}

/** The extensions among the members of an object, which are those with a prefix. */
export function extensions(w: Writing, fields: Fields): string {
  let text = ''
  for (const [field, value] of Object.entries(fields))
    if (field[0] !== '@' && field.includes(':')) text += extension(w, field, value)
  return text
}

/** An extension where XML has only room for an attribute; what is no plain value is written as JSON. */
export function extensionAttribute(w: Writing, field: string, value: unknown): Attribute {
  return [w.prefixes.qualified(field, w.context), isObject(value) ? JSON.stringify(value) : String(value ?? '')]
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}
