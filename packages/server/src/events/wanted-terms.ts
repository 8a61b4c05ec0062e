import { canonicalTerm, type TermKind } from '@yuanliu/core'
import type { EventView } from './fields.ts'
import { isFullName, type Names } from './names.ts'

/** Terms that a query asks for. */
export interface WantedTerms {
  /** as events may have written them */
  spelled: string[]
  /** whether a spelling alone decides: no prefix is among them, which would mean another name in another document */
  isPlain: boolean
  /** whether a text of an event is one of them */
  has(text: unknown, event: Pick<EventView, 'nameOf'>): boolean
}

/**
 * Standard terms are compared in one spelling, others by their full names, whatever prefix a document gave the namespace
 * (docs/adr/0015).
 * @param values in the spelling of `canonicalTerm`
 */
export function wantedTerms(kind: TermKind, values: readonly string[], names: Names): WantedTerms {
  const prefixed = values.filter(value => value.includes(':'))
  const spelled = new Set(values)
  const full = new Set(values.filter(value => !value.includes(':')))
  for (const value of prefixed) {
    for (const one of names.full(value)) {
      full.add(one)
      for (const text of [one, ...names.prefixed(one)]) spelled.add(text)
    }
  }
  return {
    spelled: [...spelled],
    isPlain: spelled.size === values.length && prefixed.every(isFullName),
    has: (text, { nameOf }) =>
      typeof text === 'string' && (full.has(canonicalTerm(kind, text)) || full.has(nameOf(text))),
  }
}
