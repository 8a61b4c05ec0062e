import { canonicalTerm, EVENT_TYPE } from '@yuanliu/core'
import { isFullName, type Names, NO_PREFIXES, namesOf } from '../events/events.ts'

/** Lists whose members are names: words of the standard, others by their namespace (docs/adr/0015). */
export type NamedKind = 'eventTypes' | 'bizSteps' | 'dispositions'

/** Types of the standard. */
export const STANDARD_TYPES: readonly string[] = Object.keys(EVENT_TYPE).filter(name => name !== 'extended')

/** A name in the spelling in which it is listed: what the standard has, by its word. */
export function listedName(kind: NamedKind, name: string): string {
  if (kind === 'eventTypes') return name
  return canonicalTerm(kind === 'bizSteps' ? 'bizStep' : 'disposition', name)
}

/** Whether a name says its namespace by a prefix, if by anything. */
export function hasPrefix(name: string): boolean {
  return name.includes(':') && !isFullName(name)
}

/** The listed names that a name in an address may mean. */
export function meantBy(kind: NamedKind, value: string, names: Names): Set<string> {
  const name = listedName(kind, value)
  if (!name.includes(':')) return new Set([name])
  return new Set([...names.full(name)].map(full => listedName(kind, full)))
}

/**
 * A listed name with the prefix that the client gave its namespace (`GS1-Extensions`), where an address with the same
 * header means this name by it; else the name.
 */
export function abbreviated(kind: NamedKind, name: string, extensions: Readonly<Record<string, string>>): string {
  if (!isFullName(name)) return name
  const names = namesOf(extensions, undefined, NO_PREFIXES)
  for (const [prefix, namespace] of Object.entries(extensions)) {
    const short = `${prefix}:${name.slice(namespace.length)}`
    if (name.length === namespace.length || !name.startsWith(namespace) || isFullName(short)) continue
    const meant = meantBy(kind, short, names)
    if (meant.size === 1 && meant.has(name)) return short
  }
  return name
}
