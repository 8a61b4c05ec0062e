import type { XmlElement } from './element.ts'
import { fault, type Walk } from './walk.ts'

/** The event type of EPCIS 1.0 that 1.1 deprecated and 2.0 no longer has (EPCIS 1.2 §7.4.4). */
export const QUANTITY_EVENT = 'QuantityEvent'

const OWN = ['epcClass', 'quantity'] as const
/** What stands before its own two in the schema of 1.x. */
const BEFORE = new Set(['eventTime', 'recordTime', 'eventTimeZoneOffset', 'baseExtension'])

/**
 * The element that says the same in the form of 1.2: an ObjectEvent that observes a quantity of a class, with an empty
 * list of EPCs. What is not its own stays the same element, so that faults in it have a place.
 */
export function asObjectEvent(walk: Walk, element: XmlElement): XmlElement {
  const { children } = element
  const own = OWN.map(name => standard(children, name))
  for (const [i, name] of OWN.entries()) checkOwn(walk, element, name, own[i] as XmlElement[])
  checkOrder(walk, children)
  const make = (local: string, inner: XmlElement[], text = ''): XmlElement => {
    const { line, column } = element
    return { namespace: '', prefix: '', local, attributes: [], children: inner, text, line, column }
  }
  const items = [
    make(
      'quantityElement',
      own.flatMap(list => list.slice(0, 1)),
    ),
  ]
  const rest = children.filter(c => !own.some(list => list.includes(c)))
  const foreign = rest.filter(c => c.namespace !== '' || c.local === 'extension')
  const fields = rest.filter(c => !foreign.includes(c))
  const base = fields.filter(c => BEFORE.has(c.local))
  // In the extension of 1.2 its own extension would stand last.
  const extensions = foreign.filter(c => c.namespace === '')
  return {
    ...element,
    local: 'ObjectEvent',
    children: [
      ...base,
      make('epcList', []),
      make('action', [], 'OBSERVE'),
      ...fields.filter(c => !base.includes(c)),
      make('extension', [make('quantityList', items), ...extensions]),
      ...foreign.filter(c => c.namespace !== ''),
    ],
  }
}

function standard(children: readonly XmlElement[], name: string): XmlElement[] {
  return children.filter(c => c.local === name && c.namespace === '')
}

function checkOwn(walk: Walk, element: XmlElement, name: string, found: readonly XmlElement[]): void {
  if (!found.length) fault(walk, element, null, `${QUANTITY_EVENT} 缺少 ${name}`, `${QUANTITY_EVENT} lacks ${name}`)
  for (const again of found.slice(1)) fault(walk, again, null, `${name} 重复`, `${name} stands twice`)
  if (name === 'quantity' && found[0] && !/^[ \t\r\n]*[+-]?\d+[ \t\r\n]*$/.test(found[0].text)) {
    const en = 'the quantity of a QuantityEvent is a whole number'
    fault(walk, found[0], 'loose-form', `${QUANTITY_EVENT} 的 quantity 应为整数`, en)
  }
}

/** Its own two stand behind the times, before all else, in this order. */
function checkOrder(walk: Walk, children: readonly XmlElement[]): void {
  let last = 0
  for (const child of children) {
    const own = child.namespace === '' ? OWN.indexOf(child.local as (typeof OWN)[number]) : -1
    const at = own >= 0 ? own + 1 : child.namespace === '' && BEFORE.has(child.local) ? 0 : OWN.length + 1
    if (at < last && (own >= 0 || at === 0)) {
      const en = `${child.local} is out of its place in ${QUANTITY_EVENT}`
      fault(walk, child, 'element-order', `${QUANTITY_EVENT} 中 ${child.local} 的位置不对`, en)
    }
    last = Math.max(last, at)
  }
}

/** A JSON pointer into the ObjectEvent, as one into the QuantityEvent that it was read from. */
export function quantityPointer(pointer: string): string {
  return pointer.replace(/^\/quantityList(?:\/0)?(?=\/|$)/, '')
}
