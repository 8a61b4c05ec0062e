/**
 * Names of extensions by their namespace: the part of JSON-LD 1.1 `@context` that gives a prefixed name its full URI.
 * A context URL is never fetched; the standard EPCIS context is built in, of other URLs nothing is known.
 */

/** Prefixes of the standard EPCIS 2.0 context. */
export const STANDARD_PREFIXES: Readonly<Record<string, string>> = {
  epcis: 'https://ref.gs1.org/epcis/',
  cbv: 'https://ref.gs1.org/cbv/',
  cbvmda: 'urn:epcglobal:cbv:mda:',
  gs1: 'https://gs1.org/voc/',
  rdfs: 'http://www.w3.org/2000/01/rdf-schema#',
  owl: 'http://www.w3.org/2002/07/owl#',
  xsd: 'http://www.w3.org/2001/XMLSchema#',
  dcterms: 'http://purl.org/dc/terms/',
}

export interface QualifiedName {
  namespace: string
  local: string
}

export interface Context {
  /** Full URI of an extension name (prefixed, a URI itself, or a term of the context), or null if nothing defines it. */
  expand(name: string): string | null
  /** The same, cut into namespace and local name as XML needs it; null if nothing defines it. */
  qualify(name: string): QualifiedName | null
}

/** Definitions by name; null takes an earlier definition away. */
type Definitions = Map<string, string | null>

/**
 * The names that an event may use: the standard prefixes, then those of its document's `@context`, then those of its
 * own; later definitions win. Both may be a URL, an object, an array of both, or undefined. Never throws.
 */
export function contextOf(documentContext?: unknown, eventContext?: unknown): Context {
  const definitions: Definitions = new Map(Object.entries(STANDARD_PREFIXES))
  collect(documentContext, definitions)
  collect(eventContext, definitions)
  const known = new Map<string, QualifiedName | null>()
  const qualify = (name: string): QualifiedName | null => {
    let found = known.get(name)
    if (found === undefined) {
      found = qualified(name, definitions, 0)
      known.set(name, found)
    }
    return found
  }
  return {
    qualify,
    expand(name) {
      const found = qualify(name)
      return found && found.namespace + found.local
    },
  }
}

/** Whether a text is a URI whatever a context says: a URN, or what has `//` behind its first colon. */
export function isWholeUri(text: string): boolean {
  return text.startsWith('urn:') || text.startsWith('//', text.indexOf(':') + 1)
}

/** The name that a value with a prefix is in its context; null of a URI and of what nothing defines. */
export function prefixedName(text: string, context: Context): QualifiedName | null {
  return text.indexOf(':') > 0 && !isWholeUri(text) ? context.qualify(text) : null
}

function collect(context: unknown, definitions: Definitions): void {
  if (Array.isArray(context)) for (const part of context) collect(part, definitions)
  if (typeof context !== 'object' || context === null || Array.isArray(context)) return
  for (const [name, definition] of Object.entries(context)) {
    const id = typeof definition === 'object' && definition !== null ? definition['@id'] : definition
    if (typeof id === 'string') definitions.set(name, id)
    else if (definition === null) definitions.set(name, null)
  }
}

/** A definition may itself be a prefixed name; more steps than this are taken for a circle. */
const DEEPEST = 8

function qualified(name: string, definitions: Definitions, depth: number): QualifiedName | null {
  if (depth > DEEPEST) return null
  const term = definitions.get(name)
  if (term) return split(namespaceOf(term, definitions, depth))
  const colon = name.indexOf(':')
  if (colon < 0) {
    const vocabulary = definitions.get('@vocab')
    return vocabulary && term !== null && !name.startsWith('@') ? { namespace: vocabulary, local: name } : null
  }
  if (name.startsWith('//', colon + 1)) return split(name)
  const namespace = definitions.get(name.slice(0, colon))
  if (namespace) return { namespace: namespaceOf(namespace, definitions, depth), local: name.slice(colon + 1) }
  return name.startsWith('urn:') ? split(name) : null
}

function namespaceOf(definition: string, definitions: Definitions, depth: number): string {
  if (/^[a-z][a-z0-9+.-]*:\/\/|^urn:/i.test(definition)) return definition
  const found = qualified(definition, definitions, depth + 1)
  return found ? found.namespace + found.local : definition
}

/** A full URI as namespace and local name: cut after its last `#`, `/` or `:`. */
function split(uri: string): QualifiedName {
  const cut = Math.max(uri.lastIndexOf('#'), uri.lastIndexOf('/'), uri.lastIndexOf(':')) + 1
  return { namespace: uri.slice(0, cut), local: uri.slice(cut) }
}

/**
 * Namespaces by prefix of a `GS1-Extensions` header (EPCIS 2.0 §12.8): `example=https://ns.example.com/epcis/, …`. What
 * is no such pair is passed over. Never throws.
 */
export function extensionsOf(header: string | readonly string[] | undefined): Record<string, string> {
  const found: Record<string, string> = {}
  for (const part of String(header ?? '').split(',')) {
    const [, prefix, namespace] = /^\s*([A-Za-z][\w.-]*)\s*=\s*"?([^\s"]+)"?\s*$/.exec(part) ?? []
    if (prefix && namespace) found[prefix] = namespace
  }
  return found
}
