import { type Check, makeCheck } from './checks.ts'
import { type Fault, REASONS } from './fault.ts'
import { type Layout, layoutsOf, match } from './layout.ts'
import { breaksOf } from './lines.ts'
import { type Normaliser, normaliserOf, type Words, wordsOf } from './normalise.ts'
import { oneOf } from './one-of.ts'
import { SchemeError } from './scheme-error.ts'
import type { Confidence, SchemeCheck, SchemeFile } from './scheme-file.ts'

/** A scheme file prepared for judging codes. */
export interface Scheme {
  file: SchemeFile
  id: string
  normaliser: Normaliser
  words: Words
  layouts: readonly Layout[]
  /** rules of each layout, in the order of their judgement */
  rules: readonly (readonly Rule[])[]
  /** whether the structure is certain: only then it refuses */
  certain: boolean
  /** what the canonical URI begins with; `null` for GS1 keys */
  uri: string | null
  /** of the file, at hand: files have many shapes, and looking into them is slow */
  level: SchemeFile['level']
  short: readonly number[] | null
  /** how many line breaks its codes have */
  breaks: number
  /** what stands behind its URIs, where that is less than the code: the same scheme with that layout alone */
  identity: Scheme | null
  /** its texts are codes as people write them, not what stands behind a URI only */
  whole: boolean
}

/** Something beyond structure that a code must be: a value of a list, the right check digit, a date. */
export interface Rule {
  reason: Fault['reason']
  /** whether a fault refuses the code; else it warns */
  refuses: boolean
  /** index of the fault in the value that was matched last, −1 for none */
  test(value: string): number
  /** where this is a check digit: the check, the part it stands in and the parts it is computed over, by index */
  digit: { check: Extract<Check, { kind: 'digit' }>; part: number; over: readonly number[] } | null
}

export const CLEAN = -1
export const WARNED = -2

/** What a layout's rules said besides, after `judge` answered WARNED. */
let warned: Fault[] = []
export const lastWarnings = (): Fault[] => warned

const isCertain = (confidence: Confidence) => confidence === 'verified' || confidence === 'computed'

/**
 * @param others finds a scheme by id, for `code-of`; asked when a code is judged, not before
 * @throws SchemeError where a check refers to a scheme that is not there
 */
export function prepareScheme(file: SchemeFile, others: (id: string) => Scheme | undefined, whole = true): Scheme {
  const layouts = layoutsOf(file)
  const { identity, ...forms } = file.forms
  return {
    file,
    id: file.id,
    normaliser: normaliserOf(file),
    words: wordsOf(file),
    layouts,
    rules: layouts.map(layout => rulesOf(file, layout, others)),
    certain: isCertain(file.confidence),
    uri: file.forms.digitalLink ? null : (file.forms.uri?.[0] ?? `urn:yuanliu:${file.id}:`),
    level: file.level,
    short: file.forms.digitalLink?.short ?? null,
    breaks: breaksOf(layouts[0]!),
    identity: identity === undefined ? null : prepareScheme({ ...file, layouts: [identity], forms }, others, false),
    whole,
  }
}

function rulesOf(file: SchemeFile, layout: Layout, others: (id: string) => Scheme | undefined): Rule[] {
  const rules: Rule[] = []
  layout.parts.forEach((part, i) => {
    const { constant, values } = part
    if (constant === undefined && values === undefined) return
    const at = layout.starts
    const end = layout.ends
    const known = oneOf(values ? Object.keys(values) : [constant!])
    rules.push({
      reason: 'component',
      refuses: isCertain(part.confidence ?? file.confidence),
      // a part that may be left out says nothing where it is
      test: value => (at[i] === end[i] || known(value, at[i]!, end[i]!) ? -1 : at[i]!),
      digit: null,
    })
  })
  const place = (name: string) => layout.parts.findIndex(part => part.name === name)
  for (const use of file.checks) {
    const part = place(use.part)
    const over = (use.over ?? [use.part]).map(place)
    // a layout without one of the parts is not what this check speaks of
    if (part < 0 || over.includes(-1)) continue
    const refuses = isCertain(use.confidence ?? file.confidence)
    rules.push(
      use.check === 'code-of'
        ? codeRule(use, layout, part, refuses, others)
        : checkRule(use, layout, part, over, refuses),
    )
  }
  // what refuses a code is looked at first: then warnings are not made in vain
  return [...rules.filter(rule => rule.refuses), ...rules.filter(rule => !rule.refuses)]
}

function checkRule(use: SchemeCheck, layout: Layout, part: number, over: number[], refuses: boolean): Rule {
  const check: Check = makeCheck(use.check as Exclude<SchemeCheck['check'], 'code-of'>, use)
  const { starts, ends } = layout
  const body = bodyOf(layout, over)
  if (check.kind === 'value') {
    const test = (value: string) => {
      const fault = check.fault(body(value))
      return fault < 0 ? -1 : starts[part]! + fault
    }
    return { reason: check.reason ?? 'component', refuses, test, digit: null }
  }
  const first = over[0]!
  const last = over[over.length - 1]!
  const whole = together(layout, over)
  const test = (value: string) => {
    const at = starts[part]!
    const digit = whole ? check.compute(value, starts[first], ends[last]) : check.compute(body(value))
    return digit.length === ends[part]! - at && value.startsWith(digit, at) ? -1 : at
  }
  return { reason: 'checksum', refuses, test, digit: { check, part, over } }
}

/** The parts at these places as one text; a single slice where they stand side by side. */
function bodyOf(layout: Layout, over: number[]): (value: string) => string {
  const { starts, ends } = layout
  const first = over[0]!
  const last = over[over.length - 1]!
  if (together(layout, over)) return value => value.slice(starts[first], ends[last])
  return value => {
    let body = ''
    for (const part of over) body += value.slice(starts[part], ends[part])
    return body
  }
}

/** Whether parts stand side by side in this order. */
function together({ steps }: Layout, parts: readonly number[]): boolean {
  const from = steps.findIndex(step => step.part === parts[0])
  return parts.every((part, i) => steps[from + i]?.part === part)
}

function codeRule(
  use: SchemeCheck,
  layout: Layout,
  part: number,
  refuses: boolean,
  others: (id: string) => Scheme | undefined,
): Rule {
  const { starts, ends } = layout
  const id = use.scheme ?? ''
  let scheme: Scheme | undefined
  let asked = false
  const test = (value: string) => {
    if (!asked) scheme = others(id)
    asked = true
    if (!scheme) return -1
    // kept aside: the inner code's warnings are not this one's
    const before = warned
    const code = judge(scheme, value.slice(starts[part], ends[part]))
    warned = before
    return code.verdict === CLEAN || code.verdict === WARNED ? -1 : starts[part]! + (code.verdict >> 2)
  }
  return { reason: 'component', refuses, test, digit: null }
}

/** What `judge` answers; one object, written over by the next call. */
export interface Judgement {
  /** CLEAN, WARNED, or the fault: place times four plus the index of its reason in REASONS */
  verdict: number
  /** index of the layout that it fits or, where it fits none, came furthest in */
  layout: number
}
const judgement: Judgement = { verdict: CLEAN, layout: 0 }

/** The whole judgement on a cleaned value. Warnings are in `lastWarnings`. */
export function judge(scheme: Scheme, value: string): Judgement {
  const { layouts } = scheme
  let worst = -1
  let furthest = 0
  for (let i = 0; i < layouts.length; i++) {
    const fault = match(layouts[i]!, value)
    if (fault < 0) {
      const verdict = ruled(scheme.rules[i]!, value)
      judgement.verdict = verdict
      judgement.layout = i
      return judgement
    }
    if (fault >> 2 > worst >> 2 || worst < 0) {
      worst = fault
      furthest = i
    }
  }
  judgement.verdict = worst
  judgement.layout = furthest
  return judgement
}

/** `judge` for those who do not ask where a value goes astray: a value that fits no layout is told as a wrong character at its start. */
export function judgeWhole(scheme: Scheme, value: string): Judgement {
  const { layouts } = scheme
  const { length } = value
  for (let i = 0; i < layouts.length; i++) {
    const layout = layouts[i]!
    if (length < layout.min || length > layout.max || match(layout, value) >= 0) continue
    judgement.verdict = ruled(scheme.rules[i]!, value)
    judgement.layout = i
    return judgement
  }
  judgement.verdict = ASTRAY
  return judgement
}
const ASTRAY = 0

/** `judge` of a value that is known to fit the only layout there is. */
export function judgeFitting(scheme: Scheme, value: string): Judgement {
  judgement.verdict = ruled(scheme.rules[0]!, value)
  judgement.layout = 0
  return judgement
}

function ruled(rules: readonly Rule[], value: string): number {
  let faults: Fault[] | null = null
  for (let i = 0; i < rules.length; i++) {
    const rule = rules[i]!
    const at = rule.test(value)
    if (at < 0) continue
    if (rule.refuses) return at * 4 + REASONS.indexOf(rule.reason)
    faults ??= []
    faults.push({ reason: rule.reason, at })
  }
  if (!faults) return CLEAN
  warned = faults
  return WARNED
}

/** Refuses references between schemes that lead nowhere or in a circle. @throws SchemeError */
export function checkReferences(schemes: ReadonlyMap<string, SchemeFile>): void {
  const visit = (id: string, way: string[]) => {
    const file = schemes.get(id)
    if (!file) throw new SchemeError(`${way.at(-1)}: code-of ${id}: there is no such scheme`)
    if (way.includes(id)) throw new SchemeError(`${id}: code-of leads back to itself: ${[...way, id].join(' → ')}`)
    for (const use of file.checks) if (use.check === 'code-of') visit(use.scheme ?? '', [...way, id])
  }
  for (const id of schemes.keys()) visit(id, [])
}
