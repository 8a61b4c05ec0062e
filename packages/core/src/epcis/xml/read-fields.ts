import { isEpcisNamespace, isSpaceOnly, trimXml, type XmlElement, XSI } from './element.ts'
import { type FieldKind, SENSOR_ATTRIBUTES } from './shape.ts'
import {
  attributeOf,
  bytesOnly,
  decimalOf,
  fault,
  leaf,
  noText,
  numberOf,
  plainLeaf,
  put,
  putAttributes,
  putExtension,
  readLocal,
  standardName,
  termOf,
  trimmedAttribute,
  unknownElement,
  type Walk,
} from './walk.ts'

type Fields = Record<string, unknown>

/** The value of a standard field, as JSON has it. */
export function fieldValue(walk: Walk, kind: FieldKind, element: XmlElement): unknown {
  switch (kind) {
    case 'text':
      return element.local === 'action' ? actionOf(walk, element) : plainLeaf(walk, element)
    case 'bizStep':
    case 'disposition':
      return termOf(walk, kind, plainLeaf(walk, element))
    case 'certification': {
      const all = plainLeaf(walk, element).split(/[ \t\r\n]+/)
      return all.length === 1 ? all[0] : all
    }
    case 'epcs':
      return items(walk, element, 'epc', item => plainLeaf(walk, item))
    case 'quantities':
      return items(walk, element, 'quantityElement', item => quantityOf(walk, item))
    case 'bizTransaction':
    case 'source':
    case 'destination':
      return filled(walk, element, kind, item => typedOf(walk, item, kind))
    case 'sensors':
      return sensorsOf(walk, element)
    case 'place':
      return placeOf(walk, element)
    case 'persistent':
      return persistentOf(walk, element)
    case 'ilmd':
      return ilmdOf(walk, element)
    case 'error':
      return declarationOf(walk, element)
  }
}

/** An enumeration of texts, whose white space the schema does not take away. */
function actionOf(walk: Walk, element: XmlElement): string {
  const text = plainLeaf(walk, element)
  if (text !== element.text)
    fault(
      walk,
      element,
      'loose-form',
      `${element.local} 的值前后有空白`,
      `white space around the value of ${element.local}`,
    )
  return text
}

function items<T>(
  walk: Walk,
  element: XmlElement,
  name: string,
  read: (item: XmlElement) => T,
  children = element.children,
): T[] {
  noText(walk, element)
  const list: T[] = []
  for (const child of children) {
    if (standardName(walk, child) === name) list.push(read(child))
    else unknownElement(walk, child, element.local)
  }
  return list
}

/** Lists that the schema wants to have an item. */
function filled<T>(
  walk: Walk,
  element: XmlElement,
  name: string,
  read: (item: XmlElement) => T,
  children = element.children,
): T[] {
  const list = items(walk, element, name, read, children)
  if (!list.length)
    fault(walk, element, 'loose-form', `${element.local} 不应为空`, `${element.local} has at least one item`)
  return list
}

/** Children in order, each once; `read` gets the standard ones, the others are extensions where they may stand. */
function members(
  walk: Walk,
  element: XmlElement,
  order: readonly string[],
  read: (name: string, child: XmlElement) => void,
  fields: Fields | null,
  repeats?: string,
): void {
  noText(walk, element)
  let last = -1
  for (const child of element.children) {
    const name = standardName(walk, child)
    if (name === null) {
      if (fields) putExtension(walk, fields, child)
      else unknownElement(walk, child, element.local)
      last = order.length
      continue
    }
    if (name === 'extension' && fields) {
      readLocal(walk, child, fields, order)
      continue
    }
    const at = order.indexOf(name)
    if (at < 0) unknownElement(walk, child, element.local)
    else {
      if (at < last) misplaced(walk, child, element.local)
      if (at === last && name !== repeats) repeated(walk, child)
      read(name, child)
      last = Math.max(last, at)
    }
  }
}

export function misplaced(walk: Walk, element: XmlElement, parent: string): void {
  const { local } = element
  fault(walk, element, 'element-order', `${parent} 中 ${local} 的位置不对`, `${local} is out of its place in ${parent}`)
}

export function repeated(walk: Walk, element: XmlElement): void {
  fault(walk, element, null, `${element.local} 重复`, `${element.local} stands twice`)
}

function quantityOf(walk: Walk, element: XmlElement): Fields {
  const value: Fields = {}
  members(
    walk,
    element,
    ['epcClass', 'quantity', 'uom'],
    (name, child) => {
      const text = plainLeaf(walk, child)
      const nil = attributeOf(child, 'nil', XSI)
      if (name !== 'quantity') value[name] = text
      else if (nil !== 'true' && nil !== '1') value[name] = decimalOf(walk, child, text)
    },
    null,
  )
  return value
}

const TYPE_TERM = { bizTransaction: 'bizTransactionType', source: 'srcDest', destination: 'srcDest' } as const

function typedOf(walk: Walk, element: XmlElement, kind: keyof typeof TYPE_TERM): Fields {
  const type = trimmedAttribute(element, 'type')
  const value = leaf(walk, element)
  return type === undefined ? { [kind]: value } : { type: termOf(walk, TYPE_TERM[kind], type), [kind]: value }
}

function placeOf(walk: Walk, element: XmlElement): Fields {
  const value: Fields = {}
  const read = (_name: string, child: XmlElement) => {
    value.id = plainLeaf(walk, child)
  }
  members(walk, element, ['id'], read, value)
  return value
}

function persistentOf(walk: Walk, element: XmlElement): Fields {
  const value: { set?: string[]; unset?: string[] } = {}
  noText(walk, element)
  for (const child of element.children) {
    const name = standardName(walk, child)
    if (name !== 'set' && name !== 'unset') {
      unknownElement(walk, child, element.local)
      continue
    }
    if (name === 'unset' && value.set) misplaced(walk, child, element.local)
    value[name] ??= []
    value[name].push(termOf(walk, 'disposition', plainLeaf(walk, child)))
  }
  return value
}

function ilmdOf(walk: Walk, element: XmlElement): Fields {
  const value: Fields = {}
  putAttributes(walk, value, element, false)
  members(walk, element, [], () => {}, value)
  return value
}

const DECLARED = ['declarationTime', 'reason', 'correctiveEventIDs']

/** The schema takes its parts in any order (EPCIS 2.0 §9.5). */
function declarationOf(walk: Walk, element: XmlElement): Fields {
  const value: Fields = {}
  noText(walk, element)
  putAttributes(walk, value, element, false)
  for (const child of element.children) {
    const name = standardName(walk, child)
    if (name === null) putExtension(walk, value, child)
    else if (name === 'extension') readLocal(walk, child, value, DECLARED)
    else if (name !== 'declarationTime' && name !== 'reason' && name !== 'correctiveEventIDs')
      unknownElement(walk, child, element.local)
    else if (Object.hasOwn(value, name)) repeated(walk, child)
    else if (name === 'declarationTime') value[name] = plainLeaf(walk, child)
    else if (name === 'reason') value[name] = termOf(walk, 'errorReason', plainLeaf(walk, child))
    else value[name] = items(walk, child, 'correctiveEventID', item => plainLeaf(walk, item))
  }
  return value
}

/** In JSON this is a list, which has no members besides. */
function sensorsOf(walk: Walk, element: XmlElement): Fields[] {
  const isExtension = (c: XmlElement) => c.local === 'extension' && c.namespace === ''
  const at = element.children.findIndex(isExtension)
  if (at < 0) return filled(walk, element, 'sensorElement', item => sensorOf(walk, item))
  const [extension, ...others] = element.children.filter(isExtension) as [XmlElement, ...XmlElement[]]
  const children = element.children.filter(c => !isExtension(c))
  bytesOnly(walk, extension, '传感器列表的扩展', 'an extension of the list')
  if (at < children.length) misplaced(walk, extension, element.local)
  for (const other of others) repeated(walk, other)
  return filled(walk, element, 'sensorElement', item => sensorOf(walk, item), children)
}

function sensorOf(walk: Walk, element: XmlElement): Fields {
  const value: Fields = {}
  const reports: Fields[] = []
  members(
    walk,
    element,
    ['sensorMetadata', 'sensorReport'],
    (name, child) => {
      if (name === 'sensorMetadata') value[name] = attributesOf(walk, child)
      else {
        value.sensorReport = reports
        reports.push(attributesOf(walk, child))
      }
    },
    value,
    'sensorReport',
  )
  return value
}

/** What xsd:double has besides numbers. */
const NO_NUMBER = /^(?:NaN|[+-]?INF)$/

function attributesOf(walk: Walk, element: XmlElement): Fields {
  for (const child of element.children) unknownElement(walk, child, element.local)
  // Simple content of the XML schema (EPCIS 2.0 §9.5).
  if (!isSpaceOnly(element.text)) bytesOnly(walk, element, `${element.local} 的文字`, `the text of ${element.local}`)
  const fields: Fields = {}
  for (const { namespace, prefix, local, value } of element.attributes) {
    if (namespace === XSI) continue
    if (namespace !== '' && !isEpcisNamespace(namespace)) {
      put(fields, walk.names.jsonName(namespace, prefix, local, walk.own), value)
      continue
    }
    const text = trimXml(value)
    const kind = SENSOR_ATTRIBUTES.get(local)
    if (kind === 'number' && NO_NUMBER.test(text)) {
      const en = `${local} is ${text}, and JSON has no such number`
      fault(walk, element, null, `${local} 为 ${text}，JSON 没有这样的数`, en)
    } else if (kind === 'number') fields[local] = numberOf(text)
    else if (kind === 'boolean') fields[local] = booleanOf(text)
    else if (kind === undefined || kind === 'text') put(fields, local, local === 'stringValue' ? value : text)
    else fields[local] = termOf(walk, kind, text)
  }
  return fields
}

function booleanOf(text: string): boolean | string {
  return text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : text
}
