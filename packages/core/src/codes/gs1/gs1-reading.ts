import type { Fault } from '../fault.ts'
import { type Layout, partsIn } from '../layout.ts'
import { boundedKey } from '../plain-uri.ts'
import { type FailedReading, Fitting, failedReading, type Reading, type Source } from '../reading.ts'
import { qualifierFault, type Verified, verdictOf, verifyValue } from '../verify.ts'
import { elementForm, namedOthers } from './others.ts'
import { decodeSegment, encodeSegment } from './percent.ts'
import { type Code, type Primary, pathOfCode, unitOfCode } from './primary.ts'

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
  /** what else is wrong with the text, but not with the code */
  warnings?: FailedReading[]
}

const CANONICAL = 'https://id.gs1.org/'
/** Longer keys may have to be bounded. */
const SURELY_SHORT = 170

export function failed(primary: Primary, fault: Fault): FailedReading {
  return failedReading(primary.file, fault)
}

/** Judges what was found; says it in every form when asked. */
export function readingOf(found: Found): Reading {
  const { primary } = found
  const verdict = verifyValue(primary.file, found.value.value)
  if ('reason' in verdict) return failed(primary, { ...verdict, at: found.value.place(verdict.at) })

  const code: Code = { primary, value: encodeSegment(verdict.value), qualifiers: [] }
  const warnings: FailedReading[] = []
  for (const [i, q] of primary.qualifiers.entries()) {
    const field = found.qualifiers.get(q.ai)
    if (!field) continue
    const fault = qualifierFault(q, field.value)
    const clash = q.excludes?.some(ai => found.qualifiers.has(ai))
    if (fault || clash) {
      const said = failed(
        primary,
        fault ? { ...fault, at: field.place(fault.at) } : { reason: 'component', at: field.place(0) },
      )
      if (found.strict || field.value === '' || q.charset === 'digits') return said
      warnings.push(said)
    }
    code.qualifiers[i] = field.segment ?? encodeSegment(field.value)
  }
  const reading = fittingCode(code, verdict, found.others, found.forms, warnings.length === 0)
  warnings.push(...(found.warnings ?? []))
  if (warnings.length > 0) reading.warnings = warnings
  return reading
}

const NOTHING: Record<string, string> = {}

/** The reading of a code whose value was verified. */
export function fittingCode(
  code: Code,
  verified: Verified,
  others: Record<string, string> = NOTHING,
  forms: Record<string, string> = NOTHING,
  clean = true,
): Fitting {
  let { key, level, lot } = unitOfCode(code)
  if (key.length > SURELY_SHORT) key = boundedKey(key)
  if (lot !== null && lot.length > SURELY_SHORT) lot = boundedKey(lot)
  const source = new CodeSource(code, verified, others, forms, clean)
  return new Fitting(code.primary.file.id, key, level, lot, CANONICAL + key, source)
}

/** The reading of a bare value of a GS1 key: plain text in full length, judged already. */
export function fittingValue(id: string, primary: Primary, value: string, layout: Layout): Fitting {
  const segment = primary.tail === null ? value : encodeSegment(value)
  const code: Code = { primary, value: segment, qualifiers: NO_QUALIFIERS }
  let key = `${primary.ai}/${segment}`
  if (key.length > SURELY_SHORT) key = boundedKey(key)
  const level = value.length > primary.digits ? primary.tailLevel : primary.level
  const source = new CodeSource(code, { value, layout }, NOTHING, NOTHING, true)
  return new Fitting(id, key, level, null, CANONICAL + key, source)
}
const NO_QUALIFIERS: (string | undefined)[] = []

/** A code that was read by its structure as a reading; null where anything in it breaks a rule. */
export function faultlessCode(code: Code, others: Record<string, string> = NOTHING): Fitting | null {
  const { primary, qualifiers } = code
  const verified = verdictOf(primary.file, primary.tail === null ? code.value : decodeSegment(code.value))
  // A shorter number in use, such as a GTIN-13 behind (01), is completed where faults are looked for.
  if (!verified || (primary.tail === null && verified.value !== code.value)) return null
  for (let i = 0; i < qualifiers.length; i++) {
    const segment = qualifiers[i]
    if (segment === undefined) continue
    const q = primary.qualifiers[i]!
    if (q.excludes && excludedBy(q.excludes, primary, qualifiers)) return null
    if (qualifierFault(q, decodeSegment(segment))) return null
  }
  return fittingCode(code, verified, others)
}

function excludedBy(
  ais: readonly string[],
  { qualifierIndex }: Primary,
  qualifiers: readonly (string | undefined)[],
): boolean {
  for (const ai of ais) {
    const index = qualifierIndex.get(ai)
    if (index !== undefined && qualifiers[index] !== undefined) return true
  }
  return false
}

class CodeSource implements Source {
  readonly #code: Code
  readonly #verified: Verified
  readonly #others: Record<string, string>
  readonly #forms: Record<string, string>
  readonly #clean: boolean

  constructor(
    code: Code,
    verified: Verified,
    others: Record<string, string>,
    forms: Record<string, string>,
    clean: boolean,
  ) {
    this.#code = code
    this.#verified = verified
    this.#others = others
    this.#forms = forms
    this.#clean = clean
  }

  parts(): Record<string, string> {
    const { primary, qualifiers } = this.#code
    const { value, layout } = this.#verified
    const parts: Record<string, string> = { [primary.file.id]: value, ...partsIn(layout, value) }
    primary.qualifiers.forEach((q, i) => {
      if (qualifiers[i] !== undefined) parts[q.name] = decodeSegment(qualifiers[i])
    })
    return this.#others === NOTHING ? parts : { ...parts, ...namedOthers(this.#others) }
  }

  forms(): Record<string, string> {
    const path = pathOfCode(this.#code)
    return {
      digitalLink: CANONICAL + path,
      ...(this.#clean && { element: elementForm(path, this.#others) }),
      ...this.#forms,
    }
  }
}
