import { prefixedName, STANDARD_PREFIXES } from '../context.ts'
import { canonicalTerm, type TermKind, termUri, urnTerm } from '../terms.ts'
import type { Writing } from './write-extension.ts'

/**
 * A term as XML has it. A bare one becomes a URI in any case: what XML has there is a URI. Without preference standard
 * terms are web URIs; names of others keep their namespace under the prefix that it has in XML, and what is a URI
 * already stays as it is.
 */
export function termText(w: Writing, kind: TermKind, text: string): string {
  const { context, terms, prefixes } = w
  if (terms === 'Never_Translates') return text.includes(':') ? prefixes.value(text, context) : termUri(kind, text)
  const name = prefixedName(text, context)
  const full = name ? name.namespace + name.local : text
  const term = canonicalTerm(kind, full)
  if (!term.includes(':')) return terms === 'Always_URN' ? urnTerm(kind, term) : termUri(kind, term)
  const { cbv, gs1 } = STANDARD_PREFIXES
  return name && (name.namespace === cbv || name.namespace === gs1) ? full : prefixes.value(text, context)
}
