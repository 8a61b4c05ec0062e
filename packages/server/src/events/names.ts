import { contextOf } from '@yuanliu/core'

/** What names of extension fields in a query stand for. */
export interface Names {
  /**
   * The full names that a name may mean: `ns#local` of a namespace (EPCIS 2.0 §8.2.7.1), a full name itself, or
   * `prefix:local` by the prefixes that the query declares, else by those that documents declared. A prefix that nobody
   * declared stands for itself.
   */
  full(name: string): ReadonlySet<string>
  /** How documents may have written a full name: with the prefixes that they gave its namespace. */
  prefixed(full: string): string[]
}

/** Prefixes that documents declared. */
export interface Prefixes {
  /** namespaces that some document gave a prefix */
  spaces(prefix: string): Iterable<string>
  /** a full name with each prefix that some document gave its namespace */
  spellings(full: string): string[]
}
export const NO_PREFIXES: Prefixes = { spaces: () => [], spellings: () => [] }

const ABSOLUTE = /^(?:[a-z][a-z0-9+.-]*:\/\/|urn:)/i

/** Whether a name has a namespace of its own and needs no prefix. */
export function isFullName(name: string): boolean {
  return ABSOLUTE.test(name)
}

/**
 * @param extensions namespaces by prefix, as the header `GS1-Extensions` gives them
 * @param context `@context` of a query in JSON
 * @param stored prefixes that the documents received gave namespaces
 */
export function namesOf(extensions: Readonly<Record<string, string>>, context: unknown, stored: Prefixes): Names {
  const declared = contextOf(extensions, context)
  return {
    full(name) {
      const hash = name.lastIndexOf('#')
      // A namespace may itself end in "#", and a name may be written without one: both stand for the same text.
      if (isFullName(name)) return new Set(hash < 0 ? [name] : [name, name.slice(0, hash) + name.slice(hash + 1)])
      const expanded = declared.expand(name)
      if (expanded !== null) return new Set([expanded])
      const colon = name.indexOf(':')
      const found =
        colon < 0 ? [] : [...stored.spaces(name.slice(0, colon))].map(space => space + name.slice(colon + 1))
      return new Set(found.length ? found : [name])
    },
    prefixed: full => stored.spellings(full),
  }
}
