import { allDigits, firstOutside } from '../charset.ts'
import { mod10 } from '../checks.ts'
import type { SchemePart, SchemeUrn } from '../scheme-file.ts'
import { canonicalSegment, decodeSegment } from './percent.ts'
import { type Code, fits, type Primary } from './primary.ts'

/** EPC URNs (GS1 EPC Tag Data Standard §6.3, §8): pure identity, class, and patterns that stand for a class. */

/** One URN layout of a scheme, prepared. */
export interface UrnForm {
  primary: Primary
  /** `urn:epc:id:sgtin:` */
  prefix: string
  body: SchemePart
  indicator: boolean
  /** a check digit follows the body */
  check: boolean
  /** in order: part, index of a qualifier, or null for `*` */
  fields: readonly (SchemePart | number | null)[]
}

/** TDS §7: GS1 company prefixes in URNs have six to twelve digits. */
const SHORTEST_PREFIX = 6
const LONGEST_PREFIX = 12

export function prepareUrn(primary: Primary, urn: SchemeUrn): UrnForm {
  const parts = new Map(primary.file.parts.map(part => [part.name, part]))
  return {
    primary,
    prefix: `urn:epc:${urn.type}:`,
    body: parts.get(urn.body)!,
    indicator: urn.indicator,
    check: primary.file.checks.some(use => use.check === 'gs1-mod10' && use.over?.includes(urn.body)),
    fields: urn.fields.map(field =>
      field === '*' ? null : (parts.get(field) ?? primary.qualifierIndex.get(field) ?? null),
    ),
  }
}

/** Index in `uri` after `urn:epc:<kind>:<name>:`, 0 where it does not begin so. */
export function urnPrefixEnd(uri: string): number {
  if (uri.charCodeAt(3) !== 58 || uri.charCodeAt(7) !== 58) return 0
  const kind = uri.indexOf(':', 8)
  return kind < 0 ? 0 : uri.indexOf(':', kind + 1) + 1
}

export interface UrnFault {
  reason: 'format' | 'length'
  at: number
}

/** The code that a URN of this form names; the check digit is computed. A fault says where it does not fit. */
export function codeOfUrn(form: UrnForm, uri: string): Code | UrnFault {
  const { fields, primary } = form
  const from = form.prefix.length
  const dot = uri.indexOf('.', from)
  if (dot < 0) return { reason: 'format', at: uri.length }
  const prefixLength = dot - from
  if (!allDigits(uri, from, dot)) return { reason: 'format', at: firstOutside(uri, 'digits', from, dot) }
  if (prefixLength < SHORTEST_PREFIX || prefixLength > LONGEST_PREFIX) return { reason: 'length', at: dot }
  let until = fields.length > 0 ? uri.indexOf('.', dot + 1) : uri.length
  if (until < 0) return { reason: 'format', at: uri.length }
  const value = bodyValue(form, uri, from, dot, until)
  if (typeof value !== 'string') return value

  let tail = ''
  const qualifiers: (string | undefined)[] = []
  for (let i = 0; i < fields.length; i++) {
    const start = until + 1
    until = i === fields.length - 1 ? uri.length : uri.indexOf('.', start)
    if (until < 0) return { reason: 'format', at: uri.length }
    const field = fields[i]!
    if (field === null) {
      if (until - start !== 1 || uri[start] !== '*') return { reason: 'format', at: start }
      continue
    }
    if (until === start) return { reason: 'length', at: start }
    const segment = canonicalSegment(uri, start, until)
    if (typeof field === 'number') {
      if (primary.qualifiers[field]!.charset === 'digits' && !fits(primary.qualifiers[field]!, segment)) {
        return { reason: 'format', at: start }
      }
      qualifiers[field] = segment
    } else {
      if (!fits(field, segment)) return { reason: fieldReason(field, segment), at: start }
      tail += segment
    }
  }
  return { primary, value: value + tail, qualifiers }
}

function fieldReason(field: SchemePart, segment: string): UrnFault['reason'] {
  return firstOutside(decodeSegment(segment), field.charset) < 0 ? 'length' : 'format'
}

/** Company prefix text[from…dot) and reference text(dot…until) as the start of a primary value. */
function bodyValue(form: UrnForm, uri: string, from: number, dot: number, until: number): string | UrnFault {
  const { body, primary } = form
  if (primary.digits === 0) {
    const whole = uri.slice(from, dot) + canonicalSegment(uri, dot + 1, until)
    if (fits(body, whole)) return whole
    return { reason: fieldReason(body, whole), at: Math.min(until, from + 1 + body.max) }
  }
  if (!allDigits(uri, dot + 1, until)) return { reason: 'format', at: firstOutside(uri, 'digits', dot + 1, until) }
  if (until - from - 1 !== body.max || (form.indicator && until === dot + 1)) {
    return { reason: 'length', at: Math.min(until, from + 1 + body.max) }
  }
  const digits = form.indicator
    ? uri[dot + 1]! + uri.slice(from, dot) + uri.slice(dot + 2, until)
    : uri.slice(from, dot) + uri.slice(dot + 1, until)
  return primary.lead + digits + (form.check ? mod10(digits, 0, digits.length) : '')
}
