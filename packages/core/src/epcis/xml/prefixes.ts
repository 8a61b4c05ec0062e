import { type Context, isWholeUri, prefixedName, STANDARD_PREFIXES } from '../context.ts'
import { EPCIS_2, EPCIS_QUERY_2, isStructural, JSON_LD, XML, XSI } from './element.ts'
import { undefinedPrefix } from './names.ts'
import { escapeXml, ncName } from './write-text.ts'

/** Prefixes of one XML document that is being written. */
export interface XmlPrefixes {
  /** the qualified name in XML of a prefixed name in JSON */
  qualified(field: string, context: Context): string
  /** a value, its prefix that of XML where its context declares it, so that it is a name; any other as it is */
  value(text: string, context: Context): string
  /** prefix of a namespace */
  prefix(namespace: string, wanted: string): string
  /** declarations of all prefixes that were asked for, each with a space before it */
  declarations(): string
  /**
   * What stands before the colon of values that are no names, as `geo` in `geo:1,2`, and of names that no context defines,
   * if it is declared here for the names of another event, whose namespace these would be read into; else null. To be
   * kept free by a new set.
   */
  clashing(): ReadonlySet<string> | null
}

const STANDARD = new Map(Object.entries(STANDARD_PREFIXES).map(([prefix, namespace]) => [namespace, prefix]))
/** Namespaces that no declaration of a prefix can have, or that readers pass over. */
const NEVER = new Set(['', XML, 'http://www.w3.org/2000/xmlns/'])
/** A value with any other prefix is no URI, and readers of XML cannot keep it in JSON. */
const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*$/

/**
 * An empty set of prefixes. Those of the EPCIS schemas are reserved, and those of the EPCIS context for what they mean
 * there: values are read as that.
 * @param free prefixes that are not to be declared
 */
export function xmlPrefixes(free: ReadonlySet<string> = new Set()): XmlPrefixes {
  const byNamespace = new Map<string, string>()
  const loose = new Set<string>()
  const taken = new Map<string, string>([
    ...[...free].map(prefix => [prefix, `${prefix}:`] as const),
    ...Object.entries(STANDARD_PREFIXES),
    ['epcis', EPCIS_2],
    ['epcisq', EPCIS_QUERY_2],
    ['xsi', XSI],
    ['xml', XML],
    ['xmlns', ''],
  ])
  let next = 1
  function prefix(asked: string, wanted: string): string {
    if (asked === XML) return 'xml'
    // No declaration may bind it: the name becomes one that nobody defined.
    const namespace = NEVER.has(asked) ? `${wanted || 'ns'}:` : asked
    const known = byNamespace.get(namespace)
    if (known !== undefined) return known
    const base = ncName(STANDARD.get(namespace) ?? (wanted || 'ns')).replace(/^xml/i, 'x')
    let name = base
    while (taken.has(name) && taken.get(name) !== namespace) name = `${base}${next++}`
    taken.set(name, namespace)
    byNamespace.set(namespace, name)
    return name
  }
  /** What is to be read as it stands: a value, or a name that no context defines. */
  function kept(text: string): string {
    if (text.indexOf(':') > 0 && !isWholeUri(text)) loose.add(text.slice(0, text.indexOf(':')))
    return text
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
      const defined = context.qualify(field)
      if (!defined) kept(field)
      const name = defined ?? { namespace: `${wanted}:`, local: field.slice(colon + 1) }
      return `${prefix(name.namespace, isWholeUri(field) ? 'ns' : wanted)}:${ncName(name.local)}`
    },
    value(text, context) {
      const name = prefixedName(text, context)
      if (!name) return kept(text)
      const { namespace, local } = name
      const isOwn = !isStructural(namespace) && !NEVER.has(namespace) && undefinedPrefix(namespace) === undefined
      const own = isOwn ? prefix(namespace, text.slice(0, text.indexOf(':'))) : ''
      // What a reader does not take for a prefix of this namespace is written in full.
      const isRead = SCHEME.test(own) && own === (STANDARD.get(namespace) ?? own)
      return isRead ? `${own}:${local}` : kept(namespace + local)
    },
    clashing() {
      const isTaken = ([namespace, name]: [string, string]) => loose.has(name) && namespace !== `${name}:`
      return [...byNamespace].some(isTaken) ? loose : null
    },
    declarations() {
      return [...byNamespace].map(([namespace, name]) => ` xmlns:${name}="${escapeXml(namespace)}"`).join('')
    },
  }
}
