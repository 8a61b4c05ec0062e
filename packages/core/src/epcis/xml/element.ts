/** A parsed XML element, plain enough to be made by any parser: the server's, or the browser's. */
export interface XmlElement {
  /** empty where it has none */
  namespace: string
  /** as written; empty where it has none */
  prefix: string
  local: string
  /** all but declarations of namespaces */
  attributes: readonly XmlAttribute[]
  /** namespaces that it declares, by prefix; absent where it declares none */
  declared?: Readonly<Record<string, string>>
  children: XmlElement[]
  /** character data of its own, not of its children */
  text: string
  /** of its start tag, from 1 */
  line: number
  column: number
}

export interface XmlAttribute {
  namespace: string
  prefix: string
  local: string
  value: string
}

export const XSI = 'http://www.w3.org/2001/XMLSchema-instance'
export const XML = 'http://www.w3.org/XML/1998/namespace'
export const SBDH = 'http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader'
/** Namespace of attributes that stand for JSON-LD keywords (`@id`, `@type`) inside extensions. */
export const JSON_LD = 'https://www.w3.org/ns/json-ld#'
/** Namespaces of the EPCIS 2.0 schemas (EPCIS 2.0 §9.5). */
export const EPCIS_2 = 'urn:epcglobal:epcis:xsd:2'
export const EPCIS_QUERY_2 = 'urn:epcglobal:epcis-query:xsd:2'

const STANDARD = /^urn:epcglobal:(?:epcis(?:-query|-masterdata)?:xsd:[12]|xsd:[12])$/

/** Whether a namespace belongs to the EPCIS schemas, 1.x or 2.0. */
export function isEpcisNamespace(namespace: string): boolean {
  return STANDARD.test(namespace)
}

/** Whether a namespace is part of the form and never of an extension's name. */
export function isStructural(namespace: string): boolean {
  return (
    namespace === XSI ||
    namespace === SBDH ||
    namespace === 'http://www.w3.org/2001/XMLSchema' ||
    isEpcisNamespace(namespace)
  )
}

/** Qualified name as it was written. */
export function qualifiedName({ prefix, local }: { prefix: string; local: string }): string {
  return prefix ? `${prefix}:${local}` : local
}

/** Steps from `root` down to `target`, like `/epcList/epc[2]`; empty for the root itself, null where it is not inside. */
export function pathWithin(root: XmlElement, target: XmlElement): string | null {
  if (root === target) return ''
  for (const child of root.children) {
    const rest = pathWithin(child, target)
    if (rest !== null) return `/${stepTo(root, child)}${rest}`
  }
  return null
}

/** The child's name, numbered from 1 where several siblings bear it. */
export function stepTo(parent: XmlElement, child: XmlElement): string {
  const name = qualifiedName(child)
  const same = parent.children.filter(c => qualifiedName(c) === name)
  return same.length > 1 ? `${name}[${same.indexOf(child) + 1}]` : name
}

const SPACE_ONLY = /^[ \t\r\n]*$/
/** Whether a text is nothing but XML white space. */
export function isSpaceOnly(text: string): boolean {
  return text === '' || SPACE_ONLY.test(text)
}

/** A text without the XML white space around it (XML 1.0 §2.3). `trim` would take other characters, too. */
export function trimXml(text: string): string {
  let from = 0
  let to = text.length
  while (from < to && isXmlSpace(text.charCodeAt(from))) from++
  while (to > from && isXmlSpace(text.charCodeAt(to - 1))) to--
  return text.slice(from, to)
}

function isXmlSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x09 || code === 0x0d
}
