import { type Fault, spoken } from './fault.ts'
import { decodeSegment, encodeSegment } from './percent.ts'
import { type Code, type Primary, pathOfCode } from './primary.ts'
import type { Reading, UnitOf } from './read.ts'
import { qualifierFault, verifyValue } from './verify.ts'

/** A stretch of the text that was read: its plain value, and where a character of it stands in the text. */
export interface Field {
  value: string
  place(index: number): number
  /** as a canonical path segment, where the text was one: escapes that are no UTF-8 survive only so */
  segment?: string
}

export interface Found {
  primary: Primary
  value: Field
  /** by application identifier */
  qualifiers: ReadonlyMap<string, Field>
  /** further data by application identifier */
  others: Record<string, string>
  /** forms known from the text itself */
  forms: Record<string, string>
  /** whether a qualifier that breaks a rule is a fault (bare scan data: it was cut wrongly) or a warning */
  strict: boolean
}

type Failed = Extract<Reading, { ok: false }>

export function failed(primary: Primary, fault: Fault): Failed {
  return { ok: false, scheme: primary.file.id, ...spoken(fault, primary.file.title) }
}

/** Judges what was found and says it in every form. */
export function readingOf(found: Found, unit: UnitOf): Reading {
  const { primary } = found
  const verdict = verifyValue(primary.file, found.value.value)
  if ('reason' in verdict) return failed(primary, { ...verdict, at: found.value.place(verdict.at) })

  const code: Code = { primary, value: encodeSegment(verdict.value), qualifiers: [] }
  const parts: Record<string, string> = { [primary.file.id]: verdict.value, ...verdict.parts }
  const warnings: Failed[] = []
  for (const [i, q] of primary.qualifiers.entries()) {
    const field = found.qualifiers.get(q.ai)
    if (!field) continue
    const fault = qualifierFault(q, field.value)
    const clash = q.excludes?.some(ai => found.qualifiers.has(ai))
    if (fault || clash) {
      const spokenFault = failed(
        primary,
        fault ? { ...fault, at: field.place(fault.at) } : { reason: 'component', at: field.place(0) },
      )
      if (found.strict || field.value === '' || q.charset === 'digits') return spokenFault
      warnings.push(spokenFault)
    }
    code.qualifiers[i] = field.segment ?? encodeSegment(field.value)
    parts[q.name] = field.value
  }

  const path = pathOfCode(code)
  const digitalLink = `https://id.gs1.org/${path}`
  const { key, level, lot } = unit(digitalLink)
  return {
    ok: true,
    scheme: primary.file.id,
    key,
    level,
    parts: { ...parts, ...found.others },
    canonical: `https://id.gs1.org/${key}`,
    forms: { digitalLink, ...elementForm(path, found.others, warnings.length === 0), ...found.forms },
    lot,
    ...(warnings.length > 0 ? { warnings } : {}),
  }
}

/** With identifiers in brackets; not for values that hold such brackets themselves or break the standard's rules. */
function elementForm(path: string, others: Record<string, string>, clean: boolean): { element?: string } {
  const segments = path.split('/')
  const elements: [string, string][] = []
  for (let i = 0; i + 1 < segments.length; i += 2) elements.push([segments[i]!, decodeSegment(segments[i + 1]!)])
  elements.push(...Object.entries(others))
  if (!clean || elements.some(([, value]) => /\(\d{2,4}\)/.test(value))) return {}
  return { element: elements.map(([ai, value]) => `(${ai})${value}`).join('') }
}
