import type { Context } from '../context.ts'
import { EPCIS_2, EPCIS_QUERY_2, JSON_LD, XML, XSI } from './element.ts'
import { escapeXml, ncName } from './write-text.ts'

/** Prefixes of one XML document that is being written. */
export interface XmlPrefixes {
  /** the qualified name in XML of a prefixed name in JSON */
  qualified(field: string, context: Context): string
  /** prefix of a namespace */
  prefix(namespace: string, wanted: string): string
  /** declarations of all prefixes that were asked for, each with a space before it */
  declarations(): string
}

/** An empty set of prefixes; those of the EPCIS schemas are reserved. */
export function xmlPrefixes(): XmlPrefixes {
  const byNamespace = new Map<string, string>()
  const taken = new Map<string, string>([
    ['epcis', EPCIS_2],
    ['epcisq', EPCIS_QUERY_2],
    ['xsi', XSI],
    ['xml', XML],
    ['xmlns', ''],
  ])
  let next = 1
  function prefix(namespace: string, wanted: string): string {
    if (namespace === XML) return 'xml'
    const known = byNamespace.get(namespace)
    if (known !== undefined) return known
    const base = ncName(wanted || 'ns').replace(/^xml/i, 'x')
    let name = base
    while (taken.has(name) && taken.get(name) !== namespace) name = `${base}${next++}`
    taken.set(name, namespace)
    byNamespace.set(namespace, name)
    return name
  }
  return {
    prefix,
    qualified(field, context) {
      const colon = field.indexOf(':')
      if (colon < 0) return ncName(field)
      if (field[0] === '@') return `${prefix(JSON_LD, 'jsonld')}:${ncName(field.slice(1))}`
      const wanted = field.slice(0, colon)
      if (wanted === 'xml') return `xml:${ncName(field.slice(4))}`
      // What no context defines is a URI of its own scheme.
      const name = context.qualify(field) ?? { namespace: `${wanted}:`, local: field.slice(colon + 1) }
      const isWhole = field.startsWith('//', colon + 1) || wanted === 'urn'
      return `${prefix(name.namespace || `${wanted}:`, isWhole ? 'ns' : wanted)}:${ncName(name.local)}`
    },
    declarations() {
      return [...byNamespace].map(([namespace, name]) => ` xmlns:${name}="${escapeXml(namespace)}"`).join('')
    },
  }
}
