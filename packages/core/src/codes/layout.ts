import { type Charset, charset, outside } from './charset.ts'
import { type Fault, REASONS } from './fault.ts'
import type { SchemeFile, SchemePart } from './scheme-file.ts'
import { templateSteps } from './template.ts'

/** One way in which the parts of a scheme make its code, prepared for matching in one pass without going back. */
export interface Layout {
  steps: readonly Step[]
  /** parts in the order of the code */
  parts: readonly SchemePart[]
  /** where the parts began and ended in the value matched last; fixed for good where no part varies */
  starts: Int32Array
  ends: Int32Array
  fixed: boolean
  /** where no part varies and all is ASCII: 1 at place times 128 plus code of every character allowed there; else null */
  places: Uint8Array | null
  /** its codes stand in a URI as they are */
  safe: boolean
  min: number
  max: number
  /** literal text that people may leave out, put back before the code */
  head: string
  /** whether the code is `head` and the value as it was matched: no separators are left out between parts */
  plain: boolean
}

interface Step {
  /** null for a part */
  literal: string | null
  /** separators that cleaning has dropped: written, not looked for */
  hidden: boolean
  set: Charset
  min: number
  max: number
  /** number of characters that all later steps have together, −1 where that varies */
  rest: number
  /** index in `parts`, −1 for a literal */
  part: number
}

const ANY = charset('printable')

/** @param file a consistent scheme file */
export function layoutsOf(file: SchemeFile): Layout[] {
  const all = file.parts.map(part => `{${part.name}}`).join('')
  return (file.layouts ?? [all]).map(template => prepare(file, template))
}

function prepare(file: SchemeFile, template: string): Layout {
  const { strip = '', prefixes = [] } = file.normalise ?? {}
  const parts: SchemePart[] = []
  const steps: Step[] = []
  let head = ''
  for (const step of templateSteps(template)!) {
    if ('part' in step) {
      const part = file.parts.find(p => p.name === step.part)!
      const set = charset(part.charset, part.chars)
      steps.push({ literal: null, hidden: false, set, min: part.min, max: part.max, rest: 0, part: parts.length })
      parts.push(part)
    } else if (steps.length === 0 && prefixes.includes(step.literal)) head = step.literal
    else {
      const hidden = [...step.literal].every(char => strip.includes(char))
      const size = hidden ? 0 : step.literal.length
      steps.push({ literal: step.literal, hidden, set: ANY, min: size, max: size, rest: 0, part: -1 })
    }
  }
  for (let i = steps.length - 2; i >= 0; i--) {
    const next = steps[i + 1]!
    steps[i]!.rest = next.rest < 0 || next.min !== next.max ? -1 : next.rest + next.max
  }
  const fixed = steps.every(step => step.min === step.max)
  const layout: Layout = {
    steps,
    parts,
    starts: new Int32Array(parts.length),
    ends: new Int32Array(parts.length),
    fixed,
    places: fixed ? placesOf(steps) : null,
    safe: /^[A-Za-z0-9]*$/.test(head) && steps.every(isSafe),
    min: steps.reduce((sum, step) => sum + step.min, 0),
    max: steps.reduce((sum, step) => sum + step.max, 0),
    head,
    plain: !steps.some(step => step.hidden),
  }
  let at = 0
  for (const step of steps) {
    if (step.part >= 0) {
      layout.starts[step.part] = at
      layout.ends[step.part] = at + step.max
    }
    at += step.max
  }
  return layout
}

function isSafe({ literal, set }: Step): boolean {
  if (literal !== null) return /^[A-Za-z0-9._-]*$/.test(literal)
  return set.beyond === 'none' && /^[A-Za-z0-9.]*$/.test(set.chars)
}

function placesOf(steps: readonly Step[]): Uint8Array | null {
  const places: Uint8Array[] = []
  for (const step of steps) {
    if (step.hidden) continue
    if (step.literal === null) {
      if (step.set.beyond !== 'none' && step.set.beyond !== 'listed') return null
      for (let i = 0; i < step.max; i++) places.push(step.set.table)
    } else for (const char of step.literal) places.push(charset('listed', char).table)
  }
  const flat = new Uint8Array(places.length * 128)
  places.forEach((table, i) => {
    flat.set(table, i * 128)
  })
  return flat
}

/**
 * Lays a value over a layout; `starts` and `ends` then say where its parts are.
 * @returns −1 where it fits, else the place of the fault times four plus the index of its reason in REASONS
 */
export function match(layout: Layout, value: string): number {
  const { places } = layout
  const { length } = value
  if (places !== null && length * 128 === places.length) {
    let i = 0
    while (i < length) {
      const c = value.charCodeAt(i)
      if (c > 127 || places[(i << 7) | c] === 0) break
      i++
    }
    if (i === length) return -1
  }
  return lay(layout, value)
}

function lay(layout: Layout, value: string): number {
  const { steps, starts, ends, fixed } = layout
  const length = value.length
  let at = 0
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i]!
    if (step.literal !== null) {
      if (step.hidden) continue
      if (!value.startsWith(step.literal, at)) return literalFault(step.literal, value, at)
      at += step.literal.length
      continue
    }
    let until = at + step.max
    if (step.min !== step.max) {
      const left = step.rest >= 0 ? length - step.rest : runEnd(value, step.set, at, until)
      until = Math.min(until, Math.max(left, at))
    }
    const limit = Math.min(until, length)
    const stray = outside(value, step.set, at, limit)
    if (stray >= 0) return stray * 4
    // what comes after it may be longer than the whole text: then it is the text that is too short
    if (limit - at < step.min) return (step.rest > 0 && step.min !== step.max ? length : limit) * 4 + 1
    if (!fixed) {
      starts[step.part] = at
      ends[step.part] = until
    }
    at = until
  }
  return at < length ? at * 4 + 1 : -1
}

function literalFault(literal: string, value: string, at: number): number {
  let i = 0
  while (i < literal.length && literal[i] === value[at + i]) i++
  return at + i >= value.length ? value.length * 4 + 1 : (at + i) * 4
}

function runEnd(value: string, set: Charset, from: number, until: number): number {
  const stop = outside(value, set, from, Math.min(until, value.length))
  return stop < 0 ? Math.min(until, value.length) : stop
}

/** What `match` returned, as a fault. */
export function faultOf(code: number): Fault {
  return { reason: REASONS[code & 3]!, at: code >> 2 }
}

/** The parts of a value that fits, by name. */
export function partsIn(layout: Layout, value: string): Record<string, string> {
  if (!layout.fixed) match(layout, value)
  const parts: Record<string, string> = {}
  for (let i = 0; i < layout.parts.length; i++) {
    parts[layout.parts[i]!.name] = value.slice(layout.starts[i], layout.ends[i])
  }
  return parts
}

/** The code of a value that fits, with all its separators. */
export function codeIn(layout: Layout, value: string): string {
  if (layout.plain) return layout.head === '' ? value : layout.head + value
  if (!layout.fixed) match(layout, value)
  let code = layout.head
  for (const step of layout.steps) {
    code += step.literal ?? value.slice(layout.starts[step.part], layout.ends[step.part])
  }
  return code
}
