import { stepTo, type XmlElement } from './element.ts'
import { QUANTITY_EVENT, quantityPointer } from './quantity-event.ts'
import { FIELD_KINDS } from './shape.ts'

/** Where a fault of the JSON form stands in the element it was read from. */
export interface XmlPlace {
  /** the element, or the one that lacks what is missing */
  element: XmlElement
  /** steps from the event, like `/epcList/epc[2]` or `/sourceList/source[1]/@type` */
  path: string
}

const LISTS = new Set(['epcs', 'quantities', 'bizTransaction', 'source', 'destination', 'sensors'])

/**
 * The place of a JSON pointer (RFC 6901) into the value that `readXmlEvent` made of `event`. Of what is missing, the
 * path says where it should stand.
 */
export function xmlPlace(event: XmlElement, pointer: string): XmlPlace {
  const steps = (event.local === QUANTITY_EVENT ? quantityPointer(pointer) : pointer)
    .split('/')
    .slice(1)
    .map(step => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  let element = event
  let path = ''
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i] as string
    const next = Number(steps[i + 1])
    const found = named(element, step)
    const parent = found?.parent ?? element
    if (!found) {
      // The member may be the element's own text, or an attribute.
      if (element.local === step && element !== event) continue
      const isAttribute = element.attributes.some(a => a.local === step) || element.local === 'sensorReport'
      return { element, path: `${path}/${isAttribute || step === 'type' ? '@' : ''}${step}` }
    }
    if (found.via) path += `/${found.via}`
    let target = found.elements[0] as XmlElement
    path += `/${stepTo(parent, target)}`
    if (Number.isInteger(next)) {
      i++
      const isList = LISTS.has(FIELD_KINDS.get(target.local) ?? '') || target.local === 'correctiveEventIDs'
      const item = isList ? target.children[next] : found.elements[next]
      if (item && isList) path += `/${stepNumbered(target, item)}`
      else if (item && item !== target) path = `${path.slice(0, path.lastIndexOf('/'))}/${stepTo(parent, item)}`
      target = item ?? target
    }
    element = target
  }
  return { element, path }
}

/** Items of lists are numbered even where there is one. */
function stepNumbered(parent: XmlElement, child: XmlElement): string {
  const step = stepTo(parent, child)
  return step.endsWith(']') ? step : `${step}[1]`
}

interface Found {
  elements: XmlElement[]
  parent: XmlElement
  /** containers on the way */
  via: string
}

function named(element: XmlElement, name: string): Found | null {
  const local = name.slice(name.lastIndexOf(':') + 1)
  const elements = element.children.filter(c => c.local === name || (name.includes(':') && c.local === local))
  if (elements.length) return { elements, parent: element, via: '' }
  for (const container of element.children) {
    if (container.local !== 'extension' && container.local !== 'baseExtension') continue
    const inside = named(container, name)
    if (inside) return { ...inside, via: inside.via ? `${container.local}/${inside.via}` : container.local }
  }
  return null
}

const HEAD_NAMES: Record<string, string> = {
  creationDate: '@creationDate',
  schemaVersion: '@schemaVersion',
  type: '@type',
  id: '@id',
  epcisHeader: 'EPCISHeader/extension',
  epcisMasterData: 'EPCISMasterData',
  vocabularyList: 'VocabularyList/Vocabulary',
  vocabularyElementList: 'VocabularyElementList/VocabularyElement',
  attributes: 'attribute',
  epcisBody: 'EPCISBody',
  queryResults: 'QueryResults',
  eventList: 'EventList',
}

/** The place of a JSON pointer into the value that `readXmlHead` made of a document. */
export function xmlHeadPath(root: XmlElement, pointer: string): string {
  const name = root.prefix ? `${root.prefix}:${root.local}` : root.local
  // Of the document, the type is the name of its root.
  if (pointer === '/type') return `/${name}`
  // A document of master data alone has them in its body.
  const isMaster = root.local === 'EPCISMasterDataDocument'
  const at = isMaster ? pointer.replace(/^\/epcisHeader\/epcisMasterData(?=\/|$)/, '/epcisBody') : pointer
  const steps = at.split('/').slice(1)
  return `/${name}${steps.map(s => (/^\d+$/.test(s) ? `[${Number(s) + 1}]` : `/${HEAD_NAMES[s] ?? s}`)).join('')}`
}
