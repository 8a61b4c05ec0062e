import { firstOutside } from './charset.ts'
import { CHECKS, type Check } from './checks.ts'
import type { Fault } from './fault.ts'
import type { SchemeFile, SchemeQualifier } from './scheme-file.ts'

/** The whole judgement on a value, check digits included: what `read` says and the fast path leaves out. */

/** A value in full length and its parts by name. */
export interface Verified {
  value: string
  parts: Record<string, string>
}

/** @param value plain text, no escapes. Positions in a fault are indexes in it. */
export function verifyValue(file: SchemeFile, value: string): Verified | Fault {
  const full = file.parts.reduce((sum, part) => sum + part.max, 0)
  const short = file.forms.digitalLink?.short?.includes(value.length) ?? false
  const pad = short && firstOutside(value, 'digits') < 0 ? full - value.length : 0
  const verdict = verifyFull(file, pad > 0 ? value.padStart(full, '0') : value)
  return 'reason' in verdict ? { reason: verdict.reason, at: verdict.at - pad } : verdict
}

function verifyFull(file: SchemeFile, value: string): Verified | Fault {
  const parts: Record<string, string> = {}
  const starts: Record<string, number> = {}
  let at = 0
  for (const [i, part] of file.parts.entries()) {
    const text = i === file.parts.length - 1 ? value.slice(at) : value.slice(at, at + part.max)
    const outside = firstOutside(text, part.charset)
    if (outside >= 0) return { reason: 'format', at: at + outside }
    if (text.length < part.min) return { reason: 'length', at: value.length }
    if (text.length > part.max) return { reason: 'length', at: at + part.max }
    parts[part.name] = text
    starts[part.name] = at
    at += text.length
  }
  for (const part of file.parts) {
    if (part.constant !== undefined && parts[part.name] !== part.constant) {
      return { reason: 'component', at: starts[part.name]! }
    }
  }
  for (const use of file.checks) {
    const check: Check = CHECKS[use.check]
    const over = (use.over ?? [use.part]).map(name => parts[name]).join('')
    if (check.kind === 'digit') {
      if (check.compute(over) !== parts[use.part]) return { reason: 'checksum', at: starts[use.part]! }
    } else {
      const fault = check.fault(over)
      if (fault >= 0) return { reason: 'component', at: starts[use.part]! + fault }
    }
  }
  return { value, parts }
}

/** What is wrong with a qualifier's value (plain text), or null. */
export function qualifierFault(q: SchemeQualifier, value: string): Fault | null {
  const outside = firstOutside(value, q.charset)
  if (outside >= 0) return { reason: 'format', at: outside }
  if (value.length < q.min) return { reason: 'length', at: value.length }
  if (value.length > q.max) return { reason: 'length', at: q.max }
  const check: Check | undefined = q.check && CHECKS[q.check]
  const fault = check?.kind === 'value' ? check.fault(value) : -1
  return fault >= 0 ? { reason: 'component', at: fault } : null
}
