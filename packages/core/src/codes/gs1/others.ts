import { type FailedReading, failedText } from '../reading.ts'
import { aiOf } from './ai-table.ts'
import { excluded, lacking } from './associations.ts'
import { decodeSegment } from './percent.ts'
import { valueFault } from './value.ts'

/** Further data beside a key: what readings show of them, and what is wrong with them. */

/** Under their identifiers and, where these have one, under their names: `17` and `expiryDate`. */
export function namedOthers(others: Readonly<Record<string, string>>): Record<string, string> {
  const parts: Record<string, string> = {}
  for (const [ai, value] of Object.entries(others)) {
    const name = aiOf(ai)?.name
    if (name) parts[name] = value
    parts[ai] = value
  }
  return parts
}

/**
 * A key's path and the others as an element string in brackets: those of predefined length first behind the key, a
 * bracket within a value as `\\(`.
 */
export function elementForm(path: string, others: Readonly<Record<string, string>>): string {
  const segments = path.split('/')
  const list: [string, string][] = []
  for (let i = 0; i + 1 < segments.length; i += 2) list.push([segments[i]!, decodeSegment(segments[i + 1]!)])
  const [key, ...rest] = [...list, ...Object.entries(others)]
  const fixed = ([ai]: readonly [string, string]) => aiOf(ai)?.fixed === true
  const sorted = [key!, ...rest.filter(fixed), ...rest.filter(element => !fixed(element))]
  return sorted.map(([ai, value]) => `(${ai})${value.replaceAll('(', '\\(')}`).join('')
}

/** An identifier, its value, and where a character of the value stands in the text. */
export interface Other {
  ai: string
  value: string
  place(index: number): number
}

const UNKNOWN = { zh: '没有这个应用标识符', en: 'No such application identifier' }

/**
 * What is wrong with data that stand beside a key: unknown identifiers, values that break their format, rules between
 * identifiers. None of it changes what the key names, so readings list it as warnings.
 * @param scheme id of the key's scheme
 * @param all key and qualifiers included
 */
export function otherFaults(scheme: string, others: readonly Other[], all: readonly Other[]): FailedReading[] {
  const faults: FailedReading[] = []
  for (const { ai, value, place } of others) {
    const entry = aiOf(ai)
    const fault = entry ? valueFault(entry, value) : { reason: 'component' as const, at: 0 }
    if (!fault) continue
    const { zh, en } = entry?.title ?? UNKNOWN
    const title = { zh: `(${ai})${zh}`, en: `(${ai}) ${en}` }
    faults.push(failedText(scheme, title, { reason: fault.reason, at: place(fault.at) }))
  }
  for (const broken of [excluded(all)?.[0], lacking(all)?.[0]]) {
    if (!broken) continue
    const { zh, en } = aiOf(broken.ai)!.title
    const title = { zh: `(${broken.ai})${zh}，与其他标识符的搭配`, en: `(${broken.ai}) ${en} beside the others` }
    faults.push(failedText(scheme, title, { reason: 'component', at: broken.place(0) }))
  }
  return faults
}
