import type { Context } from '../context.ts'
import { JSON_LD } from './element.ts'
import type { XmlPrefixes } from './prefixes.ts'
import { type CbvXmlFormat, escapeXml } from './write-text.ts'

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
  let attributes = ''
  let content = ''
  for (const [member, inner] of Object.entries(value)) {
    if (member === '@value' && !isObject(inner)) content += escapeXml(String(inner ?? ''))
    else if (member[0] !== '@') content += extension(w, member, inner)
    else if (member !== '@context' && !isObject(inner)) attributes += keyword(w, member, String(inner ?? ''))
  }
  return content === '' ? `<${name}${attributes}/>` : `<${name}${attributes}>${content}</${name}>`
}

/** A keyword of JSON-LD as attribute; `@id` and `@type` are names. */
function keyword(w: Writing, member: string, text: string): string {
  const isName = member === '@id' || member === '@type'
  const value = isName ? w.prefixes.value(text, w.context) : text
  return ` ${w.prefixes.prefix(JSON_LD, 'jsonld')}:${member.slice(1)}="${escapeXml(value)}"`
}

/** The extensions among the members of an object, which are those with a prefix. */
export function extensions(w: Writing, fields: Fields): string {
  let text = ''
  for (const [field, value] of Object.entries(fields))
    if (field[0] !== '@' && field.includes(':')) text += extension(w, field, value)
  return text
}

/** An extension where XML has only room for an attribute; what is no plain value is written as JSON. */
export function extensionAttribute(w: Writing, field: string, value: unknown): string {
  const text = isObject(value) ? JSON.stringify(value) : String(value ?? '')
  return ` ${w.prefixes.qualified(field, w.context)}="${escapeXml(text)}"`
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}
