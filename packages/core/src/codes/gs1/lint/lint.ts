import type { Fault } from '../../fault.ts'

/**
 * Linters: what GS1's Barcode Syntax Dictionary demands of a component beyond its length and characters. Each takes the
 * component's text and answers its first fault, null for none; positions are indexes in that text.
 */
export type Lint = (text: string, prefixes?: PrefixSource) => Fault | null

/**
 * Who knows the company prefixes that GS1 has issued. Nobody has to: without a source only the form of a prefix is
 * looked at. `offline`: the source cannot answer now, and the caller wants that to count as a fault.
 */
export type PrefixSource = (digits: string) => 'known' | 'unknown' | 'offline'

export const at = (reason: Fault['reason'], index: number): Fault => ({ reason, at: index })

/** Index of the first character that is no ASCII digit, −1 for none. */
export function nonDigit(text: string, from = 0, until = text.length): number {
  for (let i = from; i < until; i++) {
    const c = text.charCodeAt(i)
    if (c < 48 || c > 57) return i
  }
  return -1
}

/** A linter for text that is nothing but `length` digits: the fault if it is not. */
export function digitsFault(text: string, length: number): Fault | null {
  const bad = nonDigit(text)
  if (text.length !== length) return at('length', Math.min(text.length, length))
  return bad < 0 ? null : at('format', bad)
}
