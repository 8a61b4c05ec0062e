import { STANDARD_PREFIXES } from '../context.ts'
import { isStructural, JSON_LD, XML } from './element.ts'

/** Prefixes and their namespaces; the empty prefix is the default namespace. */
export type XmlScope = ReadonlyMap<string, string>

/** Names of extensions in the JSON form of XML events. */
export interface XmlNames {
  /** `@context` of the JSON form */
  readonly context: unknown
  /**
   * The name in JSON. A namespace that was declared inside the event gets a prefix in `own`, which becomes the event's
   * own `@context`.
   */
  jsonName(namespace: string, prefix: string, local: string, own: OwnNames): string
}

/** Names that one event declares for itself. */
export interface OwnNames {
  /** namespace → prefix */
  prefixes: Map<string, string>
  taken: Set<string>
  /** number for the next prefix that has to be invented */
  next: number
}

export function ownNames(): OwnNames {
  return { prefixes: new Map(), taken: new Set(), next: 1 }
}

const STANDARD_CONTEXT = 'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'
/** What may stand before the colon of a name that the JSON schema takes for a URI. */
const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: what is ASCII
const ASCII = /^[\x00-\x7f]*$/

/**
 * Names for a document with these declarations in scope around its events. Prefixes are kept, but for those that the
 * EPCIS context defines otherwise and protects: those get a number.
 */
export function xmlNames(scope: XmlScope): XmlNames {
  const prefixOf = new Map<string, string>()
  const taken = new Map<string, string>()
  for (const [prefix, namespace] of Object.entries(STANDARD_PREFIXES)) {
    prefixOf.set(namespace, prefix)
    taken.set(prefix, namespace)
  }
  const defined: [string, string][] = []
  const counter = { next: 1 }
  for (const [prefix, namespace] of scope) {
    if (prefix === '' || namespace === XML || isStructural(namespace) || prefixOf.has(namespace)) continue
    // What `xmlPrefixes` declares for names that no JSON context defines, and for JSON-LD's own.
    if (namespace === JSON_LD || undefinedPrefix(namespace) !== undefined) continue
    const name = freePrefix(prefix, p => taken.has(p), counter)
    prefixOf.set(namespace, name)
    taken.set(name, namespace)
    defined.push([name, namespace])
  }
  const memo = new Map<string, string>()
  return {
    context: defined.length ? [STANDARD_CONTEXT, Object.fromEntries(defined)] : [STANDARD_CONTEXT],
    jsonName(namespace, prefix, local, own) {
      const key = `${namespace} ${local}`
      const known = memo.get(key)
      if (known !== undefined) return known
      const common = prefixOf.get(namespace) ?? undefinedPrefix(namespace)
      if (common !== undefined) {
        const name = `${common}:${localName(local)}`
        if (memo.size < 10_000) memo.set(key, name)
        return name
      }
      if (namespace === '') return local
      if (namespace === XML) return `xml:${local}`
      if (namespace === JSON_LD) return `@${local}`
      let mine = own.prefixes.get(namespace)
      if (mine === undefined) {
        mine = freePrefix(prefix || 'ns', p => taken.has(p) || own.taken.has(p), own)
        own.prefixes.set(namespace, mine)
        own.taken.add(mine)
      }
      return `${mine}:${localName(local)}`
    },
  }
}

/** The prefix of a name that no context defined, as `xmlPrefixes` writes it. */
export function undefinedPrefix(namespace: string): string | undefined {
  return namespace.endsWith(':') && SCHEME.test(namespace.slice(0, -1)) ? namespace.slice(0, -1) : undefined
}

function freePrefix(wanted: string, isTaken: (prefix: string) => boolean, counter: { next: number }): string {
  const base = SCHEME.test(wanted) ? wanted : 'ns'
  let name = base
  // Counted on, not from one: a sender may declare very many.
  while (isTaken(name)) name = `${base}${counter.next++}`
  return name
}

/** A name in JSON has to be a URI: what is not ASCII is percent-encoded. */
function localName(local: string): string {
  return ASCII.test(local) ? local : encodeURIComponent(local)
}
