import { isWholeUri } from '../context.ts'
import type { Leniency, Words } from '../fault.ts'
import { isStandardTerm } from '../schema/standard-terms.ts'
import { canonicalTerm, type TermKind } from '../terms.ts'
import {
  isEpcisNamespace,
  isSpaceOnly,
  isStructural,
  JSON_LD,
  qualifiedName,
  trimXml,
  XML,
  type XmlElement,
  XSI,
} from './element.ts'
import type { OwnNames, XmlNames } from './names.ts'

/** Something wrong with the form of an element. */
export interface XmlFault {
  element: XmlElement
  message: Words
  /** what lenient capture takes it for; null: refused in any case */
  leniency: Leniency | null
}

/** What reading one event needs, and what it finds on the way. */
export interface Walk {
  names: XmlNames
  /** namespaces declared inside the event that its extensions use */
  own: OwnNames
  faults: XmlFault[]
  /** how many of each kind there are */
  told: Map<Leniency | null, number>
  /** namespaces that the event element declares itself, which its terms may use, too */
  declared: XmlElement['declared']
  /** terms stay as they were sent */
  termsAsSent: boolean
}

/** Faults of one kind that are told of one element. */
const TOLD = 200

export function fault(walk: Walk, element: XmlElement, leniency: Leniency | null, zh: string, en: string): void {
  const told = walk.told.get(leniency) ?? 0
  if (told >= TOLD) return
  walk.told.set(leniency, told + 1)
  walk.faults.push({ element, leniency, message: { zh, en } })
}

/** The name of an element of the standard; null of one in a foreign namespace. */
export function standardName(walk: Walk, element: XmlElement): string | null {
  const { namespace, local } = element
  if (namespace === '') return local
  if (!isEpcisNamespace(namespace)) return null
  fault(walk, element, 'loose-form', `${local} 不应带命名空间`, `${local} bears no namespace here`)
  return local
}

export function unknownElement(walk: Walk, element: XmlElement, parent: string): void {
  const name = qualifiedName(element)
  fault(
    walk,
    element,
    null,
    `${parent} 中没有元素 ${name}；扩展元素须属其他命名空间`,
    `${parent} has no element ${name}; an extension is in a namespace of its own`,
  )
}

/** Says where text stands between elements. */
export function noText(walk: Walk, element: XmlElement): void {
  if (!isSpaceOnly(element.text))
    fault(walk, element, 'stray-text', `${element.local} 中有多余文字`, `stray text in ${element.local}`)
}

/** Says where stands what the XML schema takes and the JSON form has no place for. */
export function bytesOnly(walk: Walk, element: XmlElement, zh: string, en: string): void {
  fault(
    walk,
    element,
    'not-in-json',
    `${zh}在 JSON 中没有位置，仅保留在原文中`,
    `${en} has no place in JSON: it is in the kept bytes only`,
  )
}

/** The text of an element without children, white space around it left out. */
export function leaf(walk: Walk, element: XmlElement): string {
  for (const child of element.children) unknownElement(walk, child, element.local)
  return trimXml(element.text)
}

/** The same of an element that has no attributes but those of XML Schema instances. */
export function plainLeaf(walk: Walk, element: XmlElement): string {
  for (const attribute of element.attributes) {
    if (attribute.namespace === XSI) continue
    const name = qualifiedName(attribute)
    fault(walk, element, 'loose-form', `${element.local} 没有属性 ${name}`, `${element.local} has no attribute ${name}`)
  }
  return leaf(walk, element)
}

export function attributeOf(element: XmlElement, local: string, namespace = ''): string | undefined {
  for (const a of element.attributes) if (a.local === local && a.namespace === namespace) return a.value
  return undefined
}

/** The same without white space around it. */
export function trimmedAttribute(element: XmlElement, local: string): string | undefined {
  const value = attributeOf(element, local)
  return value === undefined ? undefined : trimXml(value)
}

const memo = new Map<string, string>()

/** A term as JSON has it: bare where it is a standard one. */
export function termOf(walk: Walk, kind: TermKind, sent: string): string {
  const text = walk.declared ? ownTerm(walk, walk.declared, sent) : sent
  if (walk.termsAsSent) return text
  const key = `${kind} ${text}`
  let bare = memo.get(key)
  if (bare === undefined) {
    const canonical = canonicalTerm(kind, text)
    // What only looks like one stays a URI, which the JSON schema takes and a word of nobody's it does not.
    bare = isStandardTerm(kind, canonical) ? canonical : text
    // What senders invent is not kept for ever.
    if (memo.size > 2_000) memo.clear()
    if (text.length < 200) memo.set(key, bare)
  }
  return bare
}

/** A term whose prefix the event itself declares: the prefix is noted as those of its extensions are. */
function ownTerm(walk: Walk, declared: Readonly<Record<string, string>>, text: string): string {
  const prefix = text.slice(0, Math.max(0, text.indexOf(':')))
  if (prefix === '' || isWholeUri(text) || !Object.hasOwn(declared, prefix)) return text
  const namespace = declared[prefix] ?? ''
  const isName = namespace !== '' && namespace !== XML && namespace !== JSON_LD && !isStructural(namespace)
  return isName ? walk.names.jsonName(namespace, prefix, text.slice(prefix.length + 1), walk.own) : text
}

const DOUBLE = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

/** A number (xsd:double), or the text itself where it is none, which the schema then refuses in words. */
export function numberOf(text: string): number | string {
  return DOUBLE.test(text) ? Number(text) : text
}

/** The same of an element whose number has no exponent (xsd:decimal). */
export function decimalOf(walk: Walk, element: XmlElement, text: string): number | string {
  const number = numberOf(text)
  if (typeof number === 'number' && /e/i.test(text))
    fault(walk, element, 'loose-form', `${element.local} 不应带指数`, `${element.local} bears no exponent in XML`)
  return number
}

type Fields = Record<string, unknown>

/** Sets a member; several of one name become a list. */
export function put(fields: Fields, name: string, value: unknown): void {
  if (!Object.hasOwn(fields, name)) {
    // A member of this name must not become the prototype.
    if (name === '__proto__')
      Object.defineProperty(fields, name, { value, enumerable: true, writable: true, configurable: true })
    else fields[name] = value
    return
  }
  const before = fields[name]
  if (Array.isArray(before)) before.push(value)
  else fields[name] = [before, value]
}

/** Puts an extension element under its name in JSON. */
export function putExtension(walk: Walk, fields: Fields, element: XmlElement): void {
  put(fields, walk.names.jsonName(element.namespace, element.prefix, element.local, walk.own), anyValue(walk, element))
}

/** Puts the attributes in foreign namespaces, and all where `unqualified`, as members. */
export function putAttributes(walk: Walk, fields: Fields, element: XmlElement, unqualified: boolean): void {
  for (const { namespace, prefix, local, value } of element.attributes) {
    if (namespace === XSI || (namespace === '' && !unqualified)) continue
    put(fields, walk.names.jsonName(namespace, prefix, local, walk.own), value)
  }
}

/**
 * What 1.x and 2.0 leave room for: elements without a namespace (EPCIS 2.0 §9.1).
 * @param own the names that the standard has in this place
 */
export function readLocal(walk: Walk, extension: XmlElement, fields: Fields, own: readonly string[]): void {
  noText(walk, extension)
  putAttributes(walk, fields, extension, false)
  for (const child of extension.children) {
    if (child.namespace !== '' || !own.includes(child.local)) putExtension(walk, fields, child)
    else {
      const { local } = child
      const en = `${local} in an extension has no place in JSON, where it is the standard's field`
      fault(walk, child, null, `扩展中的 ${local} 与标准字段同名，JSON 中无法表示`, en)
    }
  }
}

/**
 * An extension's content: its text, or an object where it has elements or attributes. Types of XML Schema instances
 * are not kept: JSON twins have texts.
 */
function anyValue(walk: Walk, element: XmlElement): unknown {
  const isPlain = element.attributes.every(a => a.namespace === XSI)
  if (element.children.length === 0 && isPlain) return trimXml(element.text)
  const fields: Fields = {}
  putAttributes(walk, fields, element, true)
  for (const child of element.children) putExtension(walk, fields, child)
  if (!isSpaceOnly(element.text)) fields['@value'] = trimXml(element.text)
  return fields
}
