import {
  misfit,
  noAttributes,
  notKept,
  otherAttributes,
  type Parts,
  partsOf,
  requiredAttribute,
  sequenceOf,
} from './content.ts'
import { isSpaceOnly, JSON_LD, qualifiedName, trimXml, XML, type XmlElement } from './element.ts'
import { fault, leaf, put, putAttributes, putExtension, standardName, type Walk } from './walk.ts'

type Fields = Record<string, unknown>

/** Master data as the schemas of 1.x and 2.0 have them, which are alike: `VocabularyListType` and what it holds. */

const MASTER_DATA = sequenceOf('VocabularyList extension?')
const LIST = sequenceOf('Vocabulary*')
const VOCABULARY = sequenceOf('VocabularyElementList? extension?')
const ELEMENTS = sequenceOf('VocabularyElement+')
const ELEMENT = sequenceOf('attribute* children? extension?')
const CHILDREN = sequenceOf('id*')

/** Reads an `EPCISMasterData` of a header into the head. */
export function readMasterData(walk: Walk, data: XmlElement, value: Fields): void {
  noAttributes(walk, data)
  const parts = partsOf(walk, data, MASTER_DATA, false, standardName)
  strangers(walk, data, parts)
  for (const extension of parts.of('extension')) notKept(walk, extension, `${data.local}/extension`)
  for (const list of parts.of('VocabularyList')) addVocabularies(walk, list, value)
}

/** Master data stand in the header, whatever kind of document brought them. */
export function addVocabularies(walk: Walk, list: XmlElement, value: Fields): void {
  value.epcisHeader ??= {}
  const header = value.epcisHeader as Fields
  const before = (header.epcisMasterData as { vocabularyList: Fields[] } | undefined)?.vocabularyList ?? []
  noAttributes(walk, list)
  const parts = partsOf(walk, list, LIST, false, standardName)
  strangers(walk, list, parts)
  const own = parts.of('Vocabulary').flatMap(v => vocabulary(walk, v))
  header.epcisMasterData = { vocabularyList: [...before, ...own] }
}

/** Names of extensions in full: nothing would keep the prefixes of a header. Those of JSON-LD are its keywords. */
export function fullNames(walk: Walk): Walk {
  function jsonName(namespace: string, _prefix: string, local: string): string {
    if (namespace === XML) return local === 'lang' ? '@language' : `xml:${local}`
    return namespace === JSON_LD ? `@${local}` : namespace + local
  }
  return { ...walk, names: { ...walk.names, jsonName } }
}

/** What the schema has no room for: a misspelt name is refused, what is somebody's own is overlooked, with a remark. */
function strangers(walk: Walk, element: XmlElement, parts: Parts): void {
  for (const child of parts.unknown) misfit(walk, child, element)
  for (const child of parts.foreign) misfit(walk, child, element, 'loose-form')
}

function vocabulary(walk: Walk, element: XmlElement): Fields[] {
  const type = requiredAttribute(walk, element, 'type')
  const parts = partsOf(walk, element, VOCABULARY, true, standardName)
  for (const child of parts.unknown) misfit(walk, child, element)
  for (const child of [...parts.of('extension'), ...parts.foreign]) notKept(walk, child, qualifiedName(child))
  for (const a of otherAttributes(element, ['type'])) notKept(walk, element, `${element.local}/@${qualifiedName(a)}`)
  const vocabularyElementList = parts.of('VocabularyElementList').flatMap(list => {
    noAttributes(walk, list)
    const own = partsOf(walk, list, ELEMENTS, false, standardName)
    strangers(walk, list, own)
    return own.of('VocabularyElement').flatMap(e => vocabularyElement(walk, e))
  })
  return type === undefined ? [] : [{ type, vocabularyElementList }]
}

/** Members that the form has itself: an extension without a namespace must not take their place. */
const OWN = new Set(['id', 'attributes', 'children'])

/** Extensions become members beside the attributes, as in JSON. */
function vocabularyElement(walk: Walk, element: XmlElement): Fields[] {
  const id = requiredAttribute(walk, element, 'id')
  const parts = partsOf(walk, element, ELEMENT, true, standardName)
  const attributes = parts.of('attribute').flatMap(a => {
    const name = requiredAttribute(walk, a, 'id')
    return name === undefined ? [] : [{ id: name, attribute: attributeValue(walk, a) }]
  })
  const value: Fields = { id, attributes }
  const children = parts.of('children').flatMap(c => childrenOf(walk, c))
  if (children.length) value.children = children
  for (const child of parts.unknown) misfit(walk, child, element, 'loose-form')
  const names = fullNames(walk)
  const more: Fields = {}
  putAttributes(names, more, { ...element, attributes: otherAttributes(element, ['id']) }, true)
  for (const child of [
    ...parts.of('extension').flatMap(e => insideExtension(walk, e)),
    ...parts.foreign,
    ...parts.unknown,
  ])
    putExtension(names, more, child)
  for (const [name, member] of Object.entries(more)) {
    if (OWN.has(name)) notKept(walk, element, `${element.local}/${name}`)
    else put(value, name, member)
  }
  return id === undefined ? [] : [value]
}

/** The schema wants something inside, in no namespace. */
function insideExtension(walk: Walk, extension: XmlElement): XmlElement[] {
  const { children } = extension
  if (!isSpaceOnly(extension.text))
    fault(walk, extension, 'stray-text', 'extension 中有多余文字', 'stray text in extension')
  if (!children.length) fault(walk, extension, 'loose-form', 'extension 为空', 'extension is empty')
  for (const child of children) if (child.namespace !== '') misfit(walk, child, extension, 'loose-form')
  for (const a of otherAttributes(extension, [])) notKept(walk, extension, `extension/@${qualifiedName(a)}`)
  return children
}

function childrenOf(walk: Walk, element: XmlElement): string[] {
  const parts = partsOf(walk, element, CHILDREN, false, standardName)
  strangers(walk, element, parts)
  for (const a of otherAttributes(element, [])) notKept(walk, element, `${element.local}/@${qualifiedName(a)}`)
  return parts.of('id').map(id => {
    noAttributes(walk, id)
    return leaf(walk, id)
  })
}

/** A text, or an object of the elements and attributes, as JSON-LD has it: `{"@language": "zh", "@value": "…"}`. */
function attributeValue(walk: Walk, element: XmlElement): unknown {
  const attributes = otherAttributes(element, ['id'])
  if (!element.children.length && !attributes.length) return trimXml(element.text)
  const names = fullNames(walk)
  const fields: Fields = {}
  putAttributes(names, fields, { ...element, attributes }, true)
  for (const child of element.children) putExtension(names, fields, child)
  if (!isSpaceOnly(element.text)) put(fields, '@value', trimXml(element.text))
  return fields
}
