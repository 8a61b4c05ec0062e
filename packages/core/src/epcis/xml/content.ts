import type { Leniency } from '../fault.ts'
import { qualifiedName, type XmlElement, XSI } from './element.ts'
import { fault, noText, trimmedAttribute, type Walk, type XmlFault } from './walk.ts'

/** A fault of what stands around the events. */
export interface HeadFault extends XmlFault {
  /** the attribute that it is about */
  attribute?: string
}

/** What a sequence of the schema says of one place in it. */
interface Place {
  at: number
  isMany: boolean
}

/** A sequence of elements of the schema. */
export interface Sequence {
  places: ReadonlyMap<string, Place>
  required: readonly string[]
}

/** A sequence as text, `a b? c+ d*`; names that may stand mixed are joined: `e|f*`. */
export function sequenceOf(text: string): Sequence {
  const places = new Map<string, Place>()
  const required: string[] = []
  text.split(' ').forEach((part, at) => {
    const [, names = '', count = ''] = /^([\w|]*)([?+*]?)$/.exec(part) ?? []
    for (const name of names.split('|')) places.set(name, { at, isMany: count === '*' || count === '+' })
    if (count === '' || count === '+') required.push(names)
  })
  return { places, required }
}

/** Children of an element, by what they are to its schema. */
export interface Parts {
  /** those of the sequence, by name */
  of(name: string): readonly XmlElement[]
  /** in a foreign namespace */
  foreign: XmlElement[]
  /** in none, and unknown */
  unknown: XmlElement[]
}

/**
 * Sorts the children of an element and says where they are not as its schema has them: stray text, another order, what
 * is missing and what stands twice. What to say of others is left to the caller.
 * @param isOpen elements of foreign namespaces may follow
 * @param nameIn the name of a child that belongs to the schema, null of a foreign one
 */
export function partsOf(
  walk: Walk,
  element: XmlElement,
  sequence: Sequence,
  isOpen: boolean,
  nameIn: (walk: Walk, child: XmlElement) => string | null,
): Parts {
  noText(walk, element)
  const found = new Map<string, XmlElement[]>()
  const parts: Parts = { of: name => found.get(name) ?? [], foreign: [], unknown: [] }
  let last = -1
  for (const child of element.children) {
    const name = nameIn(walk, child)
    const place = name === null ? undefined : sequence.places.get(name)
    if (place) {
      const same = found.get(name as string)
      if (same && !place.isMany) repeatedPart(walk, child, element)
      if (same) same.push(child)
      else found.set(name as string, [child])
    } else if (name === null) parts.foreign.push(child)
    else parts.unknown.push(child)
    const at = place?.at ?? (name === null && isOpen ? sequence.places.size : -1)
    if (at >= 0 && at < last) outOfOrder(walk, child, element)
    last = Math.max(last, at)
  }
  for (const name of sequence.required) {
    if (!found.has(name))
      fault(walk, element, 'loose-form', `${element.local} 缺少 ${name}`, `${element.local} lacks ${name}`)
  }
  return parts
}

function repeatedPart(walk: Walk, child: XmlElement, parent: XmlElement): void {
  const { local } = child
  const en = `${local} stands more than once in ${parent.local}`
  fault(walk, child, 'loose-form', `${parent.local} 中的 ${local} 重复`, en)
}

function outOfOrder(walk: Walk, child: XmlElement, parent: XmlElement): void {
  const name = qualifiedName(child)
  const en = `${name} stands in the wrong place in ${parent.local}`
  fault(walk, child, 'element-order', `${parent.local} 中 ${name} 的位置不对`, en)
}

/** Says that an element has no such child. @param leniency null: refused in any case */
export function misfit(walk: Walk, child: XmlElement, parent: XmlElement, leniency: Leniency | null = null): void {
  const name = qualifiedName(child)
  fault(walk, child, leniency, `${parent.local} 中没有元素 ${name}`, `${parent.local} has no element ${name}`)
}

/** Says that what the schema allows has no place in what is stored; it is taken in either mode. */
export function notKept(walk: Walk, element: XmlElement, what: string): void {
  fault(walk, element, 'not-kept', `${what} 不保存`, `${what} is not kept`)
}

/** Attributes other than these and those of XML Schema instances. */
export function otherAttributes(element: XmlElement, known: readonly string[]): XmlElement['attributes'] {
  return element.attributes.filter(a => a.namespace !== XSI && !(a.namespace === '' && known.includes(a.local)))
}

/** Says which attributes an element has that its schema has not. */
export function noAttributes(walk: Walk, element: XmlElement, known: readonly string[] = []): void {
  for (const attribute of otherAttributes(element, known)) {
    const name = qualifiedName(attribute)
    fault(walk, element, 'loose-form', `${element.local} 没有属性 ${name}`, `${element.local} has no attribute ${name}`)
  }
}

/** An attribute that has to be there; undefined, and said so, where it is not. */
export function requiredAttribute(walk: Walk, element: XmlElement, name: string): string | undefined {
  const text = trimmedAttribute(element, name)
  if (text !== undefined) return text
  const before = walk.faults.length
  fault(walk, element, null, `${element.local} 缺少属性 ${name}`, `${element.local} lacks the attribute ${name}`)
  const told: HeadFault | undefined = walk.faults[before]
  if (told) told.attribute = name
  return undefined
}
