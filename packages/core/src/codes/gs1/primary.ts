import type { UnitLevel } from '../../api/trace.ts'
import { allDigits, firstOutside } from '../charset.ts'
import { SHORTEST_PREFIX } from '../checks.ts'
import type { SchemeFile, SchemePart, SchemeQualifier } from '../scheme-file.ts'
import { canonicalSegment, decodeSegment } from './percent.ts'

/** A scheme whose codes are Digital Link paths, prepared for fast reading. */
export interface Primary {
  file: SchemeFile
  ai: string
  /** text that every value starts with (GRAI's filler) */
  lead: string
  /** how many digits a value starts with, `lead` included; 0: the value starts freely */
  digits: number
  /** lengths in use that are filled up with zeros to `digits` */
  short: readonly number[]
  /** how many digits a value that starts freely has at its front: those of the shortest company prefix */
  company: number
  /** what may follow the digits; for `digits` = 0 the whole value */
  tail: SchemePart | null
  qualifiers: readonly SchemeQualifier[]
  qualifierIndex: ReadonlyMap<string, number>
  level: UnitLevel
  tailLevel: UnitLevel
}

/** @returns null for a scheme without a Digital Link form */
export function preparePrimary(file: SchemeFile): Primary | null {
  const link = file.forms.digitalLink
  if (!link) return null
  let digits = 0
  let lead = ''
  let tail: SchemePart | null = null
  for (const part of file.parts) {
    if (part.charset === 'digits' && part.min === part.max && tail === null) {
      if (part.constant !== undefined && digits === lead.length) lead += part.constant
      digits += part.max
    } else tail = part
  }
  return {
    file,
    ai: link.ai,
    lead,
    digits,
    short: link.short ?? [],
    company: file.checks.some(use => use.check === 'company-prefix') ? SHORTEST_PREFIX : 0,
    tail,
    qualifiers: file.qualifiers,
    qualifierIndex: new Map(file.qualifiers.map((q, i) => [q.ai, i])),
    level: file.level,
    tailLevel: tail?.level ?? file.level,
  }
}

/**
 * The canonical spelling of a primary value in text[from…until), which may be percent-encoded, or null where it cannot
 * be one: digits, lengths and character sets are looked at, the check digit is not.
 */
export function primaryValue(p: Primary, text: string, from: number, until: number): string | null {
  const length = until - from
  if (p.tail === null) {
    if (!allDigits(text, from, until)) return null
    if (length === p.digits) {
      const value = text.slice(from, until)
      return p.lead === '' || value.startsWith(p.lead) ? value : null
    }
    return p.short.includes(length) ? text.slice(from, until).padStart(p.digits, '0') : null
  }
  if (length < p.digits || !allDigits(text, from, from + p.digits)) return null
  if (p.lead !== '' && !text.startsWith(p.lead, from)) return null
  // else every address that ends in …/401/unauthorized would be a consignment
  if (p.company > 0 && (length < p.company || !allDigits(text, from, from + p.company))) return null
  const tail = canonicalSegment(text, from + p.digits, until)
  return fits(p.tail, tail) ? text.slice(from, from + p.digits) + tail : null
}

/** Whether a canonical segment holds a value of the part's length and characters. */
export function fits(part: { charset: SchemePart['charset']; min: number; max: number }, segment: string): boolean {
  const value = decodeSegment(segment)
  return value.length >= part.min && value.length <= part.max && firstOutside(value, part.charset) < 0
}

/** One code: a primary value and its qualifiers, each by its index in the scheme; canonical segments. */
export interface Code {
  primary: Primary
  value: string
  qualifiers: (string | undefined)[]
}

/** What an event names: a unit and, where the code carries both lot and serial, the lot it belongs to. */
export interface UnitRef {
  key: string
  level: UnitLevel
  lot: string | null
}

/** The unit that a code names (key not yet bounded in length). Lot beside a serial is no part of the key. */
export function unitOfCode({ primary, value, qualifiers }: Code): UnitRef {
  const base = `${primary.ai}/${value}`
  let level = value.length > primary.digits ? primary.tailLevel : primary.level
  let key = base
  let lot: string | null = null
  for (let i = 0; i < qualifiers.length; i++) {
    const segment = qualifiers[i]
    const q = primary.qualifiers[i]!
    if (segment === undefined || !q.inKey || segment === q.none) continue
    const next = `${base}/${q.ai}/${segment}`
    if (level === 'lot' && q.level === 'item') {
      lot = key
      key = next
    } else key += `/${q.ai}/${segment}`
    level = q.level ?? level
  }
  return { key, level, lot }
}

/** The whole Digital Link path of a code, lot beside serial included, without leading slash. */
export function pathOfCode({ primary, value, qualifiers }: Code): string {
  let path = `${primary.ai}/${value}`
  qualifiers.forEach((segment, i) => {
    const q = primary.qualifiers[i]!
    if (segment !== undefined && segment !== q.none) path += `/${q.ai}/${segment}`
  })
  return path
}
