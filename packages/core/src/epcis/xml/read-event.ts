import { isEpcisNamespace, type XmlElement } from './element.ts'
import { ownNames, type XmlNames } from './names.ts'
import { asObjectEvent, QUANTITY_EVENT } from './quantity-event.ts'
import { fieldValue, misplaced, repeated } from './read-fields.ts'
import {
  type EventForm,
  eventForm,
  FIELD_KINDS,
  type FieldKind,
  isFieldOf,
  isWrappedRight,
  type Sequence,
} from './shape.ts'
import {
  fault,
  noText,
  put,
  putAttributes,
  putExtension,
  standardName,
  unknownElement,
  type Walk,
  type XmlFault,
} from './walk.ts'

export interface XmlReading {
  /** the event as JSON has it (EPCIS 2.0 §10), standard terms bare */
  value: Record<string, unknown>
  /** faults of form; what the fields hold is for `checkEvent` to judge */
  faults: XmlFault[]
}

export interface ReadOptions {
  /** version of the schema whose form is asked for; null: what stands in the wrong place is no fault */
  version: 1 | 2 | null
  /** terms as they were sent, not bare */
  termsAsSent?: boolean
  /** `extension` elements between the event list and the event; absent: nothing is around it */
  wrapped?: number
}

/**
 * Reads an event element of EPCIS 1.0 to 2.0 (EPCIS 2.0 §9.5) into the value that the JSON binding has for it. Never
 * throws; what a JSON schema would not see (order, text between elements, elements that no schema knows) is reported.
 * A QuantityEvent of 1.x is read as the ObjectEvent that says the same.
 * @param names names of extensions, from `xmlNames`
 */
export function readXmlEvent(given: XmlElement, names: XmlNames, options: ReadOptions): XmlReading {
  const walk: Walk = {
    names,
    own: ownNames(),
    faults: [],
    told: new Map(),
    declared: given.declared,
    termsAsSent: options.termsAsSent ?? false,
  }
  const isStandard = given.namespace === '' || isEpcisNamespace(given.namespace)
  const isQuantity = isStandard && given.local === QUANTITY_EVENT
  const element = isQuantity ? asObjectEvent(walk, given) : given
  const type = isStandard
    ? (standardName(walk, element) ?? '')
    : names.jsonName(element.namespace, element.prefix, element.local, walk.own)
  const value: Record<string, unknown> = { type }
  const { version, wrapped } = options
  if (isQuantity && version === 2) {
    const en = 'QuantityEvent is of EPCIS 1.x; in 2.0 an ObjectEvent has a quantityList'
    fault(walk, given, 'loose-form', 'QuantityEvent 属于 EPCIS 1.x；2.0 用带 quantityList 的 ObjectEvent', en)
  }
  if (version !== null && wrapped !== undefined && !isWrappedRight(isStandard ? type : '', version, wrapped)) {
    const en = `${type} is out of its place: ${wrapped ? 'it stands' : 'it does not stand'} in an extension of the list`
    fault(walk, element, 'loose-form', `${type} ${wrapped ? '不应' : '应'}放在 EventList 的 extension 中`, en)
  }
  const form = isStandard ? (eventForm(type, isQuantity ? 1 : (options.version ?? 2)) ?? ANY) : ANY
  putAttributes(walk, value, element, false)
  readMembers(walk, element, form.event, { value, type, form, isStandard })
  for (const name of form.required ?? []) {
    if (!Object.hasOwn(value, name))
      fault(walk, element, 'loose-form', `${type} 缺少 ${name}`, `${type} lacks ${name}, which may be empty`)
  }
  if (walk.own.prefixes.size)
    value['@context'] = Object.fromEntries([...walk.own.prefixes].map(([namespace, prefix]) => [prefix, namespace]))
  return { value, faults: options.version === null ? walk.faults.filter(f => f.leniency === null) : walk.faults }
}

const ANY: EventForm = { event: null, baseExtension: null, extension: null }

interface Target {
  value: Record<string, unknown>
  type: string
  form: EventForm
  isStandard: boolean
}

/** Reads the children of an event, or of a container in it, into the one event. */
function readMembers(walk: Walk, element: XmlElement, order: Sequence, target: Target): void {
  noText(walk, element)
  const { value, type, isStandard } = target
  let last = -1
  for (const child of element.children) {
    const name = child.namespace === '' ? child.local : standardName(walk, child)
    if (name === null) {
      putExtension(walk, value, child)
      last = Number.POSITIVE_INFINITY
      continue
    }
    const at = order === null ? 0 : order.get(name)
    if (name === 'extension' || name === 'baseExtension') {
      if (at !== undefined && at < last) misplaced(walk, child, element.local)
      readContainer(walk, child, name, target)
    } else {
      const kind = FIELD_KINDS.get(name)
      if (kind === undefined || (isStandard && !isFieldOf(type, name))) {
        if (isStandard) unknownElement(walk, child, type)
        else putExtension(walk, value, child)
        continue
      }
      if (order !== null && (at === undefined || at < last)) misplaced(walk, child, element.local)
      if (Object.hasOwn(value, name)) repeated(walk, child)
      else if (isStandard) put(value, name, fieldValue(walk, kind, child))
      else putOwn(walk, value, kind, child)
    }
    if (at !== undefined) last = Math.max(last, at)
  }
}

/** A field of a type of somebody's own: the standard's where it has its form, else whatever it is. */
function putOwn(walk: Walk, value: Record<string, unknown>, kind: FieldKind, element: XmlElement): void {
  const { length } = walk.faults
  const read = fieldValue(walk, kind, element)
  if (walk.faults.length === length) put(value, element.local, read)
  else {
    walk.faults.length = length
    putExtension(walk, value, element)
  }
}

/** What came after 1.0 stands in containers in 1.x; in 2.0 they hold only what is foreign. */
function readContainer(walk: Walk, element: XmlElement, name: 'extension' | 'baseExtension', target: Target): void {
  const inner = { ...target, form: { ...target.form, extension: null } }
  putAttributes(walk, target.value, element, false)
  readMembers(walk, element, target.form[name], inner)
}
