import { charset, outside } from './charset.ts'
import type { Fault } from './fault.ts'
import type { Primary } from './gs1/primary.ts'
import type { Layout } from './layout.ts'
import { clean } from './normalise.ts'
import type { Rule, Scheme } from './scheme.ts'

/** Making codes from parts: constants put in, check digits computed. */

/** A code that was put together but not yet judged. */
export interface Drafted {
  /** cleaned, without a head that may be left out */
  value: string
  layout: Layout | null
  /** of a GS1 key, by application identifier */
  qualifiers: ReadonlyMap<string, string>
}

type Parts = Readonly<Record<string, string>>

/**
 * The code of these parts; the layout is the first that has a place for each of them.
 * @param primary the GS1 key that the scheme is, if it is one; its whole value may be given under the scheme's id
 */
export function draft(scheme: Scheme, given: Parts, primary: Primary | null): Drafted | Fault {
  const parts = own(given)
  const qualifiers = new Map<string, string>()
  if (primary) {
    for (const q of primary.qualifiers) {
      const text = parts.get(q.name)
      if (text === undefined) continue
      qualifiers.set(q.ai, text)
      parts.delete(q.name)
    }
    const whole = parts.get(scheme.id)
    if (whole !== undefined) return { value: clean(scheme.normaliser, whole), layout: null, qualifiers }
  }
  const index = scheme.layouts.findIndex((layout, i) => serves(layout, scheme.rules[i]!, parts))
  const layout = scheme.layouts[index]
  const rules = scheme.rules[index]
  if (!layout || !rules) return { reason: 'component', at: 0 }
  for (const part of layout.parts) {
    const text = parts.get(part.name)
    if (text !== undefined) {
      // a hyphen that the part may hold is no ornament
      const fits = outside(text, charset(part.charset, part.chars)) < 0
      parts.set(part.name, fits ? text : clean(scheme.normaliser, text))
    } else if (part.constant !== undefined) parts.set(part.name, part.constant)
  }
  fillDigits(layout, rules, parts)
  const value = joined(layout, parts)
  return value === null ? { reason: 'length', at: 0 } : { value, layout, qualifiers }
}

function own(given: Parts): Map<string, string> {
  return new Map(Object.entries(given).filter(([, text]) => typeof text === 'string'))
}

function serves(layout: Layout, rules: readonly Rule[], parts: ReadonlyMap<string, string>): boolean {
  const digits = new Set(rules.flatMap(({ digit }) => (digit ? [layout.parts[digit.part]!.name] : [])))
  const names = new Set(layout.parts.map(part => part.name))
  if ([...parts.keys()].some(name => !names.has(name))) return false
  return layout.parts.every(p => parts.has(p.name) || p.constant !== undefined || p.min === 0 || digits.has(p.name))
}

/** Computes the check digits that are not there, each after those it reads. */
function fillDigits(layout: Layout, rules: readonly Rule[], parts: Map<string, string>): void {
  for (const { digit } of rules) {
    if (!digit) continue
    const name = layout.parts[digit.part]!.name
    if (parts.has(name)) continue
    let body = ''
    for (const part of digit.over) {
      const text = parts.get(layout.parts[part]!.name)
      // a check that reads its own place gives it no weight
      if (text === undefined && part !== digit.part) return
      body += text ?? '0'.repeat(layout.parts[part]!.max)
    }
    parts.set(name, digit.check.compute(body))
  }
}

function joined(layout: Layout, parts: ReadonlyMap<string, string>): string | null {
  let value = ''
  for (const step of layout.steps) {
    if (step.hidden) continue
    if (step.literal !== null) value += step.literal
    else {
      const { name, min } = layout.parts[step.part]!
      const text = parts.get(name)
      if (text === undefined && min > 0) return null
      value += text ?? ''
    }
  }
  return value
}

/**
 * The check digits of a code.
 * @param body its parts, or its other characters in order
 */
export function computeDigits(
  scheme: Scheme,
  body: string | Parts,
  primary: Primary | null,
): { check: string; drafted: Drafted } | Fault {
  for (const [i, layout] of scheme.layouts.entries()) {
    const digits = scheme.rules[i]!.flatMap(({ digit }) => (digit ? [layout.parts[digit.part]!.name] : []))
    if (digits.length === 0) continue
    const parts = typeof body === 'string' ? cut(scheme, layout, body, digits, primary) : own(body)
    if (!parts) continue
    for (const name of digits) parts.delete(name)
    const drafted = draft(scheme, Object.fromEntries(parts), primary)
    if ('reason' in drafted) return drafted
    const done = drafted.layout ?? layout
    return { check: digits.map(name => stretch(done, name, drafted.value)).join(''), drafted }
  }
  const any = scheme.rules.some(rules => rules.some(rule => rule.digit))
  return any ? { reason: 'length', at: typeof body === 'string' ? body.length : 0 } : { reason: 'component', at: 0 }
}

/** Where a part of fixed place stands, counted from the end where one before it varies. */
function stretch(layout: Layout, name: string, value: string): string {
  const index = layout.parts.findIndex(part => part.name === name)
  let at = 0
  for (const step of layout.steps) {
    if (step.part === index) {
      const start = step.rest >= 0 ? value.length - step.rest - step.max : at
      return value.slice(start, start + step.max)
    }
    at += step.max
  }
  return ''
}

/** The parts in a text that lacks the check digits. */
function cut(
  scheme: Scheme,
  layout: Layout,
  text: string,
  digits: readonly string[],
  primary: Primary | null,
): Map<string, string> | null {
  let value = clean(scheme.normaliser, text)
  if (layout.head !== '' && value.toUpperCase().startsWith(layout.head)) value = value.slice(layout.head.length)
  const steps = layout.steps.filter(
    step => !step.hidden && !(step.part >= 0 && digits.includes(layout.parts[step.part]!.name)),
  )
  const least = steps.reduce((sum, step) => sum + step.min, 0)
  const most = steps.reduce((sum, step) => sum + step.max, 0)
  // a GTIN in use may be shorter
  if (primary?.short.includes(value.length + 1)) value = value.padStart(most, '0')
  if (value.length < least || value.length > most) return null
  let spare = value.length - least
  let at = 0
  const parts = new Map<string, string>()
  for (const step of steps) {
    const extra = Math.min(spare, step.max - step.min)
    spare -= extra
    const until = at + step.min + extra
    if (step.part >= 0) parts.set(layout.parts[step.part]!.name, value.slice(at, until))
    at = until
  }
  return parts
}
