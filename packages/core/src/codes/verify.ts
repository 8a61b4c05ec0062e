import { firstOutside } from './charset.ts'
import { type Check, makeCheck } from './checks.ts'
import type { Fault } from './fault.ts'
import { faultOf, type Layout } from './layout.ts'
import { CLEAN, judge, judgeWhole, prepareScheme, type Scheme, WARNED } from './scheme.ts'
import type { SchemeFile, SchemeQualifier } from './scheme-file.ts'

/** The whole judgement on the value of a GS1 key, check digits included: what reading says and the fast path leaves out. */

/** A value in full length, and how it lies. */
export interface Verified {
  value: string
  layout: Layout
}

const prepared = new WeakMap<SchemeFile, Scheme>()

function schemeOf(file: SchemeFile): Scheme {
  let scheme = prepared.get(file)
  if (!scheme) {
    scheme = prepareScheme(file, () => undefined)
    prepared.set(file, scheme)
  }
  return scheme
}

/** @param value plain text, no escapes. Positions in a fault are indexes in it. */
export function verifyValue(file: SchemeFile, value: string): Verified | Fault {
  const scheme = schemeOf(file)
  const pad = padding(scheme, value)
  const full = pad > 0 ? '0'.repeat(pad) + value : value
  const { verdict, layout } = judge(scheme, full)
  if (verdict === CLEAN || verdict === WARNED) return { value: full, layout: scheme.layouts[layout]! }
  const fault = faultOf(verdict)
  return { reason: fault.reason, at: fault.at - pad }
}

/** `verifyValue` for those who only want to know whether it fits. */
export function verdictOf(file: SchemeFile, value: string): Verified | null {
  const scheme = schemeOf(file)
  const pad = padding(scheme, value)
  const full = pad > 0 ? '0'.repeat(pad) + value : value
  const { verdict, layout } = judgeWhole(scheme, full)
  return verdict < 0 ? { value: full, layout: scheme.layouts[layout]! } : null
}

/** How many zeros a shorter number in use lacks (GTIN-8, -12, -13). */
export function padding({ short, layouts }: Scheme, value: string): number {
  if (short === null) return 0
  const { max } = layouts[0]!
  if (value.length === max) return 0
  return short.includes(value.length) && firstOutside(value, 'digits') < 0 ? max - value.length : 0
}

const qualifierChecks = new WeakMap<SchemeQualifier, Check | null>()

/** What is wrong with a qualifier's value (plain text), or null. */
export function qualifierFault(q: SchemeQualifier, value: string): Fault | null {
  const outside = firstOutside(value, q.charset)
  if (outside >= 0) return { reason: 'format', at: outside }
  if (value.length < q.min) return { reason: 'length', at: value.length }
  if (value.length > q.max) return { reason: 'length', at: q.max }
  if (q.check === undefined) return null
  let check = qualifierChecks.get(q)
  if (check === undefined) {
    check = q.check === 'code-of' ? null : makeCheck(q.check)
    qualifierChecks.set(q, check)
  }
  const fault = check?.kind === 'value' ? check.fault(value) : -1
  return fault >= 0 ? { reason: 'component', at: fault } : null
}
