import type { Fault } from '../fault.ts'
import type { Ai } from './ai-table.ts'
import type { PrefixSource } from './lint/lint.ts'

/**
 * What is wrong with the value of an application identifier, null for nothing: characters, lengths, then the linters of
 * each component in turn. Positions are indexes in the value.
 * @param prefixes asked for company prefixes, if given
 */
export function valueFault({ components }: Ai, value: string, prefixes?: PrefixSource): Fault | null {
  let from = 0
  for (let c = 0; c < components.length; c++) {
    const { table, min, max, optional, lints } = components[c]!
    if (optional && from === value.length) break
    const until = Math.min(from + max, value.length)
    for (let i = from; i < until; i++) {
      if (table[value.charCodeAt(i)] !== 1) return { reason: 'format', at: i }
    }
    if (until - from < min) return { reason: 'length', at: value.length }
    if (lints.length > 0) {
      const text = from === 0 && until === value.length ? value : value.slice(from, until)
      for (let i = 0; i < lints.length; i++) {
        const fault = lints[i]!(text, prefixes)
        if (fault) return { reason: fault.reason, at: from + fault.at }
      }
    }
    from = until
  }
  return from < value.length ? { reason: 'length', at: from } : null
}
