import type { EventTypeName } from '../facts.ts'
import { plainDecimal } from '../facts-of.ts'
import { standardFields } from '../standard-fields.ts'
import type { TermKind } from '../terms.ts'
import { FIELD_KINDS, FIELD_ORDER, type FieldKind, SENSOR_ATTRIBUTES } from './shape.ts'
import {
  type Attribute,
  attributesText,
  extension,
  extensionAttribute,
  extensions,
  textElement,
  type Writing,
} from './write-extension.ts'
import { termText } from './write-term.ts'
import { escapeXml } from './write-text.ts'
import { xmlTime } from './write-time.ts'

type Fields = Record<string, unknown>

/**
 * Writes an event of the JSON binding as an element of EPCIS 2.0 XML (§9.5): fields in the order of the schema, then
 * extensions. The event has to be valid but for what lenient capture takes.
 */
export function writeXmlEvent(event: Fields, w: Writing): string {
  const type = String(event.type)
  if (!Object.hasOwn(FIELD_ORDER, type)) return ownEvent(event, type, w)
  return `<${type}>${fieldsOf(event, FIELD_ORDER[type as EventTypeName], w)}${extensions(w, event)}</${type}>`
}

function fieldsOf(event: Fields, order: Iterable<string>, w: Writing): string {
  let text = ''
  for (const name of order) {
    const value = event[name]
    if (value !== undefined && Object.hasOwn(event, name)) text += field(name, value, w)
  }
  return text
}

/** An event of somebody's own type stands in an extension of the list (EPCIS 2.0 §9.1); its fields keep their names. */
function ownEvent(event: Fields, type: string, w: Writing): string {
  const name = w.prefixes.qualified(type, w.context)
  const legible = standardFields(event)
  let text = fieldsOf(legible, FIELD_KINDS.keys(), w)
  for (const [member, value] of Object.entries(event)) {
    if (member === 'type' || member[0] === '@' || (FIELD_KINDS.has(member) && Object.hasOwn(legible, member))) continue
    text += extension(w, member, value)
  }
  return `<extension><${name}>${text}</${name}></extension>`
}

function field(name: string, value: unknown, w: Writing): string {
  const own = TIMES.has(name) ? xmlTime(String(value)) : value
  const content = contentOf(FIELD_KINDS.get(name) as FieldKind, own, w)
  if (content === null) return ''
  return content === '' ? `<${name}/>` : `<${name}>${content}</${name}>`
}

const TIMES: ReadonlySet<string> = new Set(['eventTime', 'recordTime'])

/** What stands in a field; null where the schema has no room for an empty one. */
function contentOf(kind: FieldKind, value: unknown, w: Writing): string | null {
  switch (kind) {
    case 'text':
      return escapeXml(String(value))
    case 'bizStep':
    case 'disposition':
      return escapeXml(termText(w, kind, String(value)))
    case 'certification':
      return listOf(value).length ? escapeXml(listOf(value).join(' ')) : null
    case 'epcs':
      return texts('epc', value)
    case 'quantities':
      return objectsOf(value).map(quantity).join('')
    case 'bizTransaction':
      return filled(value, item => typed(kind, 'bizTransactionType', item, w))
    case 'source':
    case 'destination':
      return filled(value, item => typed(kind, 'srcDest', item, w))
    case 'sensors':
      return filled(value, item => sensor(item, w))
    case 'place':
      return place(objectsOf(value)[0] ?? {}, w)
    case 'persistent':
      return persistent(objectsOf(value)[0] ?? {}, w)
    case 'ilmd':
      return allExtensions(objectsOf(value)[0] ?? {}, [], w)
    case 'error':
      return declaration(objectsOf(value)[0] ?? {}, w)
  }
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value]
}

function objectsOf(value: unknown): Fields[] {
  return listOf(value).filter((item): item is Fields => typeof item === 'object' && item !== null)
}

function texts(name: string, value: unknown): string {
  return listOf(value)
    .map(text => textElement(name, text))
    .join('')
}

function filled(value: unknown, write: (item: Fields) => string): string | null {
  const items = objectsOf(value)
  return items.length ? items.map(write).join('') : null
}

function quantity({ epcClass, quantity: amount, uom }: Fields): string {
  let text = textElement('epcClass', epcClass)
  if (typeof amount === 'number') text += textElement('quantity', plainDecimal(amount))
  else if (uom !== undefined) text += '<quantity xsi:nil="true"/>'
  if (uom !== undefined) text += textElement('uom', uom)
  return `<quantityElement>${text}</quantityElement>`
}

function typed(name: string, kind: TermKind, item: Fields, w: Writing): string {
  const type = item.type === undefined ? '' : ` type="${escapeXml(termText(w, kind, String(item.type)))}"`
  return `<${name}${type}>${escapeXml(String(item[name]))}</${name}>`
}

function place(value: Fields, w: Writing): string {
  return textElement('id', value.id) + allExtensions(value, ['id'], w)
}

/** Extensions without a prefix, which places may have and what came as XML, stand in `extension`. */
function allExtensions(value: Fields, own: readonly string[], w: Writing): string {
  let bare = ''
  for (const [name, member] of Object.entries(value))
    if (!own.includes(name) && name[0] !== '@' && !name.includes(':')) bare += extension(w, name, member)
  return (bare && `<extension>${bare}</extension>`) + extensions(w, value)
}

function persistent({ set, unset }: Fields, w: Writing): string {
  const terms = (name: string, list: unknown) =>
    texts(
      name,
      listOf(list).map(term => termText(w, 'disposition', String(term))),
    )
  return terms('unset', unset) + terms('set', set)
}

function declaration(value: Fields, w: Writing): string {
  let text = textElement('declarationTime', value.declarationTime && xmlTime(String(value.declarationTime)))
  if (value.reason !== undefined) text += textElement('reason', termText(w, 'errorReason', String(value.reason)))
  if (value.correctiveEventIDs !== undefined) {
    const ids = texts('correctiveEventID', value.correctiveEventIDs)
    text += ids === '' ? '<correctiveEventIDs/>' : `<correctiveEventIDs>${ids}</correctiveEventIDs>`
  }
  return text + allExtensions(value, ['declarationTime', 'reason', 'correctiveEventIDs'], w)
}

function sensor(value: Fields, w: Writing): string {
  let text = ''
  for (const metadata of objectsOf(value.sensorMetadata)) text += `<sensorMetadata${attributes(metadata, w)}/>`
  for (const report of objectsOf(value.sensorReport)) text += `<sensorReport${attributes(report, w)}/>`
  return `<sensorElement>${text}${allExtensions(value, ['sensorMetadata', 'sensorReport'], w)}</sensorElement>`
}

function attributes(fields: Fields, w: Writing): string {
  const written: Attribute[] = []
  for (const [name, value] of Object.entries(fields)) {
    if (name[0] === '@') continue
    written.push(name.includes(':') ? extensionAttribute(w, name, value) : [name, attributeOf(name, String(value), w)])
  }
  return attributesText(written)
}

/** What a sensor's attribute says, in the form that the schema has for it. */
function attributeOf(name: string, text: string, w: Writing): string {
  if (SENSOR_TIMES.has(name)) return xmlTime(text)
  // Whole bytes: a digit more before an odd number of them.
  if (name === 'hexBinaryValue') return text.length % 2 ? `0${text}` : text
  const kind = SENSOR_ATTRIBUTES.get(name)
  const isTerm = kind === 'sensorType' || kind === 'sensorAlert' || kind === 'component'
  return isTerm ? termText(w, kind, text) : text
}

const SENSOR_TIMES: ReadonlySet<string> = new Set(['time', 'startTime', 'endTime'])
